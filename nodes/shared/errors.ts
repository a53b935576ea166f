import { NodeApiError, NodeOperationError, type Failure, type INode, type JsonObject } from 'n8n-workflow';
import { ZodError } from 'zod';
import { ProviderError, TransportError, type ErrorClass, type Refused } from '../../providers';
import { VerificationError } from '../../verification';

/** What one item ran into, as n8n shows it: one sentence that says what, one that says how to fix it. */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	const at = itemIndex === undefined ? {} : { itemIndex };
	const place = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
	if (error instanceof ProviderError) {
		const { what, fix, title, details, httpStatus, providerCode } = error.refused;
		const words = [title, details].filter((text) => text !== undefined && text !== '').join(': ');
		const said: JsonObject = { message: what, code: String(providerCode), httpCode: String(httpStatus), title: words };
		return new NodeApiError(node, said, {
			...at,
			message: `${what}${place}`,
			description: words === '' ? `${fix}.` : `${fix}. The provider said: ${words} (${providerCode})`,
			httpCode: String(httpStatus),
			failure: failureOf(error.refused),
		});
	}
	if (error instanceof TransportError) {
		return new NodeApiError(
			node,
			{ message: error.message },
			{
				...at,
				message: `${error.message}${place}`,
				description: `${error.fix}.`,
				failure: { cause: 'temporarily-unavailable' },
			},
		);
	}
	if (error instanceof VerificationError) {
		return new NodeOperationError(node, `${error.message}${place}`, { ...at, description: `${error.fix}.` });
	}
	if (error instanceof ZodError) {
		const [first] = error.issues;
		return new NodeOperationError(node, `${first?.message ?? 'A parameter has an unexpected value'}${place}`, {
			...at,
			description:
				error.issues
					.slice(1)
					.map(({ message }) => `${message}.`)
					.join(' ') || 'Change the parameter.',
		});
	}
	const message = error instanceof Error ? error.message : 'Something unexpected happened';
	return new NodeOperationError(node, `${message}${place}`, at);
}

const causes = {
	credential: 'credential-invalid',
	account: 'configuration-invalid',
	template: 'configuration-invalid',
	permanent: 'configuration-invalid',
	recipient: 'configuration-invalid',
	throttle: 'rate-limited',
	transient: 'temporarily-unavailable',
} as const satisfies Record<ErrorClass, Failure['cause']>;

/** What n8n's own retries and messages go by; older versions pass over it. */
function failureOf({ class: errorClass, retryAfterSeconds }: Refused): Failure {
	const cause = causes[errorClass];
	const isTimed = cause === 'rate-limited' || cause === 'temporarily-unavailable';
	if (!isTimed) return { cause };
	return { cause, ...(retryAfterSeconds === undefined ? {} : { retryAfterMs: retryAfterSeconds * 1000 }) };
}

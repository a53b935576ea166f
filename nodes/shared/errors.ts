import {
	NodeApiError,
	NodeOperationError,
	type Failure,
	type FunctionsBase,
	type INode,
	type JsonObject,
} from 'n8n-workflow';
import { ZodError } from 'zod';
import { ProviderError, TransportError, type ErrorClass, type Refused } from '../../providers';
import { VerificationError } from '../../verification';

/** An error as n8n shows it: the message says what happened, the description says how to fix it. */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (error instanceof ProviderError) return fromProvider(node, error, itemIndex);
	if (error instanceof TransportError) return fromTransport(node, error, itemIndex);
	if (error instanceof VerificationError) {
		return operationError(node, error.message, itemIndex, `${error.fix}.`);
	}
	if (error instanceof ZodError) {
		const [first, ...others] = error.issues.map(({ message }) => message);
		const description = others.map((message) => `${message}.`).join(' ') || 'Change the parameter.';
		return operationError(node, first ?? 'A parameter has an unexpected value', itemIndex, description);
	}
	return operationError(node, error instanceof Error ? error.message : 'An unexpected error occurred', itemIndex);
}

/**
 * For what n8n calls to publish and unpublish a workflow, and to listen for test events. There n8n shows only the
 * message of an error. So the message also says how to fix it (docs/reference/n8n-host.md, 'Webhooks').
 */
export async function whilePublishing<Result>(
	host: Pick<FunctionsBase, 'getNode'>,
	work: () => Promise<Result>,
): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		throw inOneMessage(toNodeError(host.getNode(), error));
	}
}

function inOneMessage<Shown extends NodeApiError | NodeOperationError>(shown: Shown): Shown {
	const { message, description } = shown;
	if (typeof description !== 'string' || description === '') return shown;
	shown.message = `${message.replace(/\.$/, '')}. ${description}`;
	shown.description = undefined;
	return shown;
}

function fromProvider(node: INode, { refused }: ProviderError, itemIndex?: number): NodeApiError {
	const { what, fix, httpStatus, providerCode } = refused;
	const words = providerWords(refused);
	const response: JsonObject = {
		message: what,
		code: String(providerCode),
		httpCode: String(httpStatus),
		title: words,
	};
	return new NodeApiError(node, response, {
		itemIndex,
		message: `${what}${itemSuffix(itemIndex)}`,
		description: words === '' ? `${fix}.` : `${fix}. The provider said: ${words} (${providerCode})`,
		httpCode: String(httpStatus),
		failure: failureOf(refused),
	});
}

function fromTransport(node: INode, { message, fix }: TransportError, itemIndex?: number): NodeApiError {
	const options = {
		itemIndex,
		message: `${message}${itemSuffix(itemIndex)}`,
		description: `${fix}.`,
		failure: { cause: 'temporarily-unavailable' as const },
	};
	return new NodeApiError(node, { message }, options);
}

function operationError(node: INode, message: string, itemIndex?: number, description?: string): NodeOperationError {
	return new NodeOperationError(node, `${message}${itemSuffix(itemIndex)}`, { itemIndex, description });
}

const itemSuffix = (itemIndex?: number) => (itemIndex === undefined ? '' : ` [item ${itemIndex}]`);

/** The provider's own words about an error; empty if it gave no words. */
export function providerWords({ title, details }: Refused): string {
	return [title, details].filter((text) => text !== undefined && text !== '').join(': ');
}

/** What happened, in the provider's words too, and how to fix it. */
export function refusalSentence(refused: Refused): string {
	const { what, fix } = refused;
	const words = providerWords(refused).replace(/\.$/, '');
	return words === '' ? `${what}. ${fix}.` : `${what} (${words}). ${fix}.`;
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

/** n8n's retries and messages use it. Older versions of n8n ignore it. */
function failureOf({ class: errorClass, retryAfterSeconds }: Refused): Failure {
	const cause = causes[errorClass];
	const canRetry = cause === 'rate-limited' || cause === 'temporarily-unavailable';
	if (!canRetry || retryAfterSeconds === undefined) return { cause };
	return { cause, retryAfterMs: retryAfterSeconds * 1000 };
}

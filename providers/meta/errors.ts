import { z } from 'zod';
import { explainStatus, findEntry, ProviderError, type ErrorEntry, type Refused } from '../errors';
import type { HttpResponse } from '../http';
import { metaErrors, metaSubcodes } from './error-codes';

export function explainCode(code: number | string): Pick<ErrorEntry, 'class' | 'what' | 'fix'> {
	return (
		findEntry(metaErrors, code) ?? {
			class: 'permanent',
			what: `WhatsApp answered with code ${code}`,
			fix: "Look the code up in Meta's list of error codes",
		}
	);
}

const envelope = z.object({
	error: z.object({
		code: z.union([z.number(), z.string()]),
		message: z.string().optional().catch(undefined),
		error_subcode: z.number().optional().catch(undefined),
		error_user_msg: z.string().optional().catch(undefined),
		error_data: z.object({ details: z.string() }).optional().catch(undefined),
		is_transient: z.boolean().optional().catch(undefined),
	}),
});
type MetaError = z.output<typeof envelope>['error'];

/** Reads `{"error": {...}}`; the code decides, never the HTTP status (docs/reference/providers.md 1.7, 6.13). */
export function readMetaError({ status, body }: HttpResponse): Refused | undefined {
	const error = envelope.safeParse(body).data?.error;
	if (error === undefined) return undefined;
	const { code, message, error_data: data, error_user_msg: userMessage } = error;
	const details = data?.details ?? userMessage;
	return {
		...meaning(error, status),
		providerCode: code,
		httpStatus: status,
		...(message === undefined ? {} : { title: message }),
		...(details === undefined ? {} : { details }),
	};
}

function meaning(
	{ code, error_subcode: subcode, is_transient: isTransient }: MetaError,
	status: number,
): Omit<Refused, 'providerCode' | 'httpStatus'> {
	const known = (subcode === undefined ? undefined : findEntry(metaSubcodes, subcode)) ?? findEntry(metaErrors, code);
	if (known !== undefined) return { class: known.class, what: known.what, fix: known.fix };
	// A code nobody has heard of may come after the message went out.
	const { class: guessed, mayHaveArrived = false } = explainStatus(status);
	return { ...explainCode(code), class: isTransient ? 'transient' : guessed, mayHaveArrived };
}

/** Any answer of the Graph API that is no success, the unreadable ones, too. */
export function toProviderError(response: HttpResponse): ProviderError {
	const { status, body, headers } = response;
	const refused = readMetaError(response) ?? {
		...explainStatus(status),
		providerCode: status,
		httpStatus: status,
		...(typeof body === 'string' && body !== '' ? { details: body.slice(0, 500) } : {}),
	};
	const retryAfterSeconds = refused.class === 'throttle' ? retryAfter(headers) : undefined;
	return new ProviderError({ ...refused, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
}

const usage = z.record(z.array(z.object({ estimated_time_to_regain_access: z.number().optional() })));

/** Meta has a header of its own for it, in minutes (docs/reference/providers.md 1.8); gateways before it have the usual one. */
function retryAfter(headers: HttpResponse['headers']): number | undefined {
	const seconds = Number(headers['retry-after']);
	if (seconds > 0) return seconds;
	const minutes = Object.values(usage.safeParse(json(headers['x-business-use-case-usage'])).data ?? {})
		.flat()
		.map(({ estimated_time_to_regain_access: wait }) => wait ?? 0);
	const longest = Math.max(0, ...minutes);
	return longest > 0 ? longest * 60 : undefined;
}

function json(text: string | undefined): unknown {
	try {
		return text === undefined ? undefined : JSON.parse(text);
	} catch {
		return undefined;
	}
}

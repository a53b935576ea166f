import type { z } from 'zod';
import { shortened, type ErrorMeaning, type ProviderError, type Refused } from './errors';
import type { HttpResponse } from './http';

/** Some providers refuse with such a status, too: each provider's `request` says what a refusal is. */
export function isHttpSuccess({ status }: HttpResponse): boolean {
	return status >= 200 && status < 300;
}

/** @returns the seconds of the `retry-after` header; undefined if it is missing or holds a date */
export function retryAfterSeconds({ headers }: HttpResponse): number | undefined {
	const seconds = Number(headers['retry-after']);
	return seconds > 0 ? seconds : undefined;
}

/** How a provider refuses. */
export interface RefusalRules {
	/** Whether the provider refused, for any HTTP status. */
	isRefusal: (response: HttpResponse) => boolean;
	/** Called for refusals, and for successes with an unexpected body. */
	toProviderError: (response: HttpResponse) => ProviderError;
}

/** The two ways in which a provider's files read an answer. */
export function answerReader({ isRefusal, toProviderError }: RefusalRules) {
	/**
	 * @returns the body
	 * @throws ProviderError if the provider refused
	 */
	function okOrThrow(response: HttpResponse): unknown {
		if (isRefusal(response)) throw toProviderError(response);
		return response.body;
	}

	/**
	 * @returns the body as the schema reads it
	 * @throws ProviderError if the provider refused, or if the body has another shape
	 */
	function parseOrThrow<Answer>(schema: z.ZodType<Answer, z.ZodTypeDef, unknown>, response: HttpResponse): Answer {
		const answer = schema.safeParse(okOrThrow(response));
		if (!answer.success) throw toProviderError(response);
		return answer.data;
	}

	return { okOrThrow, parseOrThrow };
}

/** What an HTTP status means if the body does not explain it. */
const meanings = {
	401: {
		class: 'credential',
		what: 'The provider rejected the credential',
		fix: 'Check the key in the credential',
	},
	403: {
		class: 'credential',
		what: 'The credential does not have permission to do this',
		fix: "Check the key's permissions at the provider",
	},
	404: {
		class: 'permanent',
		what: 'The provider does not know this address',
		fix: "Check 'Base URL' in the credential",
	},
	429: {
		class: 'throttle',
		what: 'Too many requests to the provider',
		fix: 'Send more slowly, or try again later',
	},
	success: {
		class: 'transient',
		what: 'The provider gave an unexpected answer',
		fix: "Check 'Base URL' in the credential; the message may have been sent",
		mayHaveArrived: true,
	},
	serverError: {
		class: 'transient',
		what: 'The provider had an internal error',
		fix: "Look at the provider's status page and try again later",
		mayHaveArrived: true,
	},
	other: {
		class: 'permanent',
		what: 'The provider rejected the request',
		fix: 'Check the fields of this node',
	},
} as const satisfies Record<string | number, ErrorMeaning>;

/** What the HTTP status alone means. */
export function meaningOfStatus(response: HttpResponse): ErrorMeaning {
	const { status } = response;
	if (status === 401 || status === 403 || status === 404 || status === 429) return meanings[status];
	if (isHttpSuccess(response)) return meanings.success;
	return status >= 500 ? meanings.serverError : meanings.other;
}

/** The refusal of an answer that only its HTTP status explains. A body that is text becomes the details. */
export function refusedByStatus(response: HttpResponse): Refused {
	const { status, body } = response;
	return {
		...meaningOfStatus(response),
		providerCode: status,
		httpStatus: status,
		details: typeof body === 'string' && body !== '' ? shortened(body) : undefined,
	};
}

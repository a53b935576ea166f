import type { z } from 'zod';
import { ProviderError, shortened, type ErrorMeaning, type Refused } from './errors';
import type { HttpResponse } from './http';

/** Some providers refuse with such a status, too: each provider's `request` says what a refusal is. */
export function isHttpSuccess({ status }: HttpResponse): boolean {
	return status >= 200 && status < 300;
}

/** Longer waits do not come from a rate limit, but from a wrong clock. */
const maxRetryAfterSeconds = 30 * 24 * 3600;

/**
 * The `retry-after` header holds seconds or a date (docs/reference/providers.md 1.8).
 * @returns whole seconds from now; undefined if the header is missing, unreadable or past
 */
export function retryAfterSeconds({ headers }: HttpResponse): number | undefined {
	const value = headers['retry-after']?.trim() ?? '';
	const isNumber = /^\d+(?:\.\d+)?$/.test(value);
	// A text that is no date gives NaN. The time of the answer is on the provider's clock, if the answer has it.
	const answeredAt = Date.parse(headers.date ?? '') || Date.now();
	const seconds = Math.ceil(isNumber ? Number(value) : (Date.parse(value) - answeredAt) / 1000);
	return seconds > 0 && seconds <= maxRetryAfterSeconds ? seconds : undefined;
}

/** A web page in place of an answer: of a proxy, of a firewall, or of a website behind a wrong base URL. */
function isWebPage({ body }: HttpResponse): boolean {
	return typeof body === 'string' && body.trimStart().startsWith('<');
}

/**
 * The error of an answer that is not the expected success.
 * @param read how the provider refuses
 */
export function refusalOf(response: HttpResponse, read: (response: HttpResponse) => Refused): ProviderError {
	const refused = isWebPage(response) ? refusedByStatus(response) : read(response);
	return new ProviderError({
		...refused,
		retryAfterSeconds: refused.retryAfterSeconds ?? retryAfterSeconds(response),
	});
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
		fix: "Check 'Base URL' in the credential",
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

/**
 * The refusal of an answer that only its HTTP status explains. A body that is text becomes the details. A web page is
 * named, and not quoted.
 */
export function refusedByStatus(response: HttpResponse): Refused {
	const { status, body, host = 'The address' } = response;
	const meaning = meaningOfStatus(response);
	const byStatus = { ...meaning, providerCode: status, httpStatus: status };
	if (isWebPage(response)) {
		return { ...byStatus, what: `${meaning.what}: ${host} answered with an HTML page and HTTP status ${status}` };
	}
	return { ...byStatus, details: typeof body === 'string' && body !== '' ? shortened(body) : undefined };
}

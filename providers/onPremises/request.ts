import { z } from 'zod';
import type { Connection } from '../connection';
import { findEntry, findInRange, meaningOf, ProviderError, type ErrorMeaning, type Refused } from '../errors';
import type { ApiRequest, HttpResponse } from '../http';
import { explainCode } from '../meta/errors';
import { answerReader, isHttpSuccess, meaningOfStatus, refusalOf, refusedByStatus } from '../response';
import type { Account } from './account';
import { onPremisesErrors, onPremisesRanges } from './error-codes';

/** Calls the server, which needs a login (docs/reference/providers.md 2.1). */
export async function request(
	{ http, account }: Connection<Account>,
	{ path, ...rest }: ApiRequest,
): Promise<HttpResponse> {
	const { baseUrl, allowUnauthorizedCerts } = account;
	return await http({ ...rest, url: `${baseUrl}${path}`, renewsLogin: true, allowUnauthorizedCerts });
}

/** The server also refuses with the status 200 (docs/reference/providers.md 2.4). */
export function isRefusal(response: HttpResponse): boolean {
	return !isHttpSuccess(response) || readErrors(response) !== undefined;
}

/** The error of any answer that is not the expected success. */
export function toProviderError(response: HttpResponse): ProviderError {
	return refusalOf(response, (answer) => {
		return readErrors(answer) ?? readNothingSent(answer) ?? { ...refusedByStatus(answer), ...explainStatus(answer) };
	});
}

export const { okOrThrow, parseOrThrow } = answerReader({ isRefusal, toProviderError });

const envelope = z.object({
	errors: z
		.array(
			z.object({
				code: z.union([z.number(), z.string()]).optional().catch(undefined),
				title: z.string().optional().catch(undefined),
				details: z.string().optional().catch(undefined),
			}),
		)
		.min(1),
});

/**
 * Reads `{"errors": [...]}` for any HTTP status (docs/reference/providers.md 2.4).
 * @returns undefined if the answer has no such errors
 */
export function readErrors(response: HttpResponse): Refused | undefined {
	const first = envelope.safeParse(response.body).data?.errors[0];
	if (first === undefined) return undefined;
	const { code, title, details } = first;
	return {
		...explain(code, response),
		providerCode: code ?? response.status,
		httpStatus: response.status,
		title,
		details,
	};
}

function explain(errorCode: number | string | undefined, response: HttpResponse): ErrorMeaning {
	const known = errorCode === undefined ? undefined : explainErrorCode(errorCode);
	if (known !== undefined) return known;
	if (!isHttpSuccess(response)) return explainStatus(response);
	return { class: 'permanent', what: 'The server rejected the message', fix: 'The details say more' };
}

/** Codes from here on are of Meta's cloud. Newer servers pass them on. */
const minCloudCode = 100_000;

/** What an error code of a server means. @returns undefined if only the HTTP status tells it */
export function explainErrorCode(errorCode: number | string): ErrorMeaning | undefined {
	const known = findEntry(onPremisesErrors, errorCode);
	if (known !== undefined) return meaningOf(known);
	return Number(errorCode) >= minCloudCode ? explainCode(errorCode) : findInRange(onPremisesRanges, errorCode);
}

/** A 401 may come without an error code (docs/reference/providers.md 2.4). It means the same as 1005. */
function explainStatus(response: HttpResponse): ErrorMeaning {
	const loginRejected = findEntry(onPremisesErrors, 1005);
	return response.status === 401 && loginRejected !== undefined ? meaningOf(loginRejected) : meaningOfStatus(response);
}

const nothingSent = z.object({ messages: z.array(z.unknown()).length(0) });

/**
 * Reads an empty list of messages, which is a refusal even with the status 200 (docs/reference/providers.md 2.4).
 * @returns undefined if the answer has no such list
 */
export function readNothingSent({ status, body }: HttpResponse): Refused | undefined {
	if (!nothingSent.safeParse(body).success) return undefined;
	return {
		class: 'transient',
		what: 'The server accepted no message',
		fix: "Look at the server's health status and try again later",
		providerCode: status,
		httpStatus: status,
	};
}

import { z } from 'zod';
import type { Connection } from '../connection';
import { findEntryByWords, meaningOf, ProviderError, shortened, type ErrorMeaning, type Refused } from '../errors';
import type { ApiRequest, HttpResponse } from '../http';
import { explainSentence, readMetaError } from '../meta/errors';
import { readErrors, readNothingSent } from '../onPremises/request';
import { answerReader, isHttpSuccess, refusalOf, refusedByStatus } from '../response';
import type { Account } from './account';
import { dialog360Errors } from './error-codes';

/** Calls the API of the account's hosting. */
export async function request(
	{ http, account }: Connection<Account>,
	{ path, ...rest }: ApiRequest,
): Promise<HttpResponse> {
	return await http({ ...rest, url: `${account.baseUrl}${path}` });
}

export function isRefusal(response: HttpResponse): boolean {
	return !isHttpSuccess(response);
}

/**
 * 360dialog, Meta behind it and the servers that 360dialog hosts refuse in different shapes. They are read in the order
 * of docs/reference/providers.md 3.6.
 */
export function toProviderError(response: HttpResponse): ProviderError {
	return refusalOf(
		response,
		(answer) => readMetaError(answer) ?? readHosted(answer) ?? readNothingSent(answer) ?? readGateway(answer),
	);
}

export const { okOrThrow, parseOrThrow } = answerReader({ isRefusal, toProviderError });

/** A refusal of a hosted server. Builders have only a key, so that its advice about a login does not help them. */
function readHosted(response: HttpResponse): Refused | undefined {
	const refused = readErrors(response);
	if (refused?.class !== 'credential') return refused;
	return { ...refused, fix: "Check 'API Key' in the credential, and ask 360dialog about the server behind it" };
}

const gateway = z.object({
	meta: z.object({
		developer_message: z.string().optional(),
		developerMessage: z.string().optional(),
		details: z.array(z.unknown()).optional().catch(undefined),
	}),
});
const bare = z.object({ error: z.string() });

function readGateway(response: HttpResponse): Refused {
	const byStatus = refusedByStatus(response);
	const meta = gateway.safeParse(response.body).data?.meta;
	const title = meta?.developer_message ?? meta?.developerMessage ?? bare.safeParse(response.body).data?.error;
	if (title === undefined) return byStatus;
	const details = meta?.details?.map((detail) => (typeof detail === 'string' ? detail : JSON.stringify(detail)));
	const joined = details?.join('; ') ?? '';
	return {
		...byStatus,
		...explainWords(`${title} ${joined}`),
		title,
		details: shortened(joined) || undefined,
	};
}

/** What the gateway's words mean. An error code of Meta in them says most. @returns undefined for unknown words */
function explainWords(words: string): (ErrorMeaning & Partial<Pick<Refused, 'providerCode'>>) | undefined {
	const known = findEntryByWords(dialog360Errors, words);
	return explainSentence(words) ?? (known && { ...meaningOf(known), mayHaveArrived: false });
}

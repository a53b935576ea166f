import { z } from 'zod';
import type { Connection } from '../connection';
import {
	findEntry,
	findEntryByWords,
	meaningOf,
	type ProviderError,
	shortened,
	type ErrorMeaning,
	type Refused,
} from '../errors';
import type { ApiRequest, HttpResponse } from '../http';
import { explainSentence, readMetaError } from '../meta/errors';
import { answerReader, isHttpSuccess, meaningOfStatus, refusalOf } from '../response';
import { flag } from '../webhook';
import type { Account } from './account';
import { oneMsgErrors, oneMsgWords } from './error-codes';

/** Calls the API of the channel. */
export async function request(
	{ http, account }: Connection<Account>,
	{ path, ...rest }: ApiRequest,
): Promise<HttpResponse> {
	return await http({ ...rest, url: `${account.channel}${path}` });
}

const text = z.string().optional().catch(undefined);
/** The fields in which 1MSG refuses. */
const schema = z.object({
	sent: flag,
	result: z.unknown(),
	message: text,
	description: text,
	error: z.unknown(),
	response: z.object({ error: z.unknown() }).optional().catch(undefined),
});
type Answer = Partial<z.output<typeof schema>>;

/** 1MSG also refuses with the status 200 (docs/reference/providers.md 4.2). */
export function isRefusal(response: HttpResponse): boolean {
	// A list refuses nothing: templates also come in a bare one.
	const answer = schema.safeParse(Array.isArray(response.body) ? {} : response.body).data;
	if (!isHttpSuccess(response) || answer === undefined) return true;
	const { sent, result = 'success', error, response: upstream } = answer;
	return sent === false || result !== 'success' || isPresent(error) || isPresent(upstream?.error);
}

/** The error of any answer that is not the expected success. */
export function toProviderError(response: HttpResponse): ProviderError {
	const { body } = response;
	const answer: Answer = schema.safeParse(body).data ?? { message: typeof body === 'string' ? body : undefined };
	return refusalOf(response, () => readPassedOn(answer, response) ?? readRefusal(answer, response));
}

/** Meta's own error inside. With any HTTP status it is a refusal: Meta has answered, and sent nothing. */
function readPassedOn(answer: Answer, response: HttpResponse): Refused | undefined {
	const errors = [answer.response?.error, answer.error];
	const [found] = errors.flatMap((error) => readMetaError({ ...response, status: 400, body: { error } }) ?? []);
	return found && { ...found, httpStatus: response.status, title: found.title && withoutToken(found.title) };
}

export const { okOrThrow, parseOrThrow } = answerReader({ isRefusal, toProviderError });

function readRefusal(answer: Answer, response: HttpResponse): Refused {
	const errorCode = errorCodeOf(answer, response);
	const known = findEntry(oneMsgErrors, errorCode);
	const words = [answer.message, answer.description, wordsOf(answer.error), wordsOf(answer.response?.error)]
		.filter((part) => part !== undefined && part !== '')
		.join(': ');
	// Only a general row needs a guess from the words.
	const isGeneral = typeof errorCode === 'string' || errorCode === 400;
	return {
		...(known === undefined ? meaningOfStatus(response) : meaningOf(known)),
		providerCode: errorCode,
		httpStatus: response.status,
		...(isGeneral ? explainWords(words) : undefined),
		title: words === '' ? undefined : shortened(withoutToken(words)),
	};
}

/** The error code of the row in `oneMsgErrors`. */
function errorCodeOf({ sent, result, error, response: upstream }: Answer, response: HttpResponse): string | number {
	if (!isHttpSuccess(response)) return response.status;
	if (isPresent(upstream?.error) || isPresent(error)) return 'response.error';
	if (sent === false) return 'sent:false';
	return result === undefined || result === 'success' ? response.status : 'result';
}

/** What 1MSG's words mean. @returns undefined if the words are unknown */
function explainWords(words: string): (ErrorMeaning & Partial<Pick<Refused, 'providerCode'>>) | undefined {
	const passedOn = explainSentence(words);
	if (passedOn !== undefined) return passedOn;
	const known = findEntryByWords(oneMsgWords, words);
	return known && { ...meaningOf(known), mayHaveArrived: false };
}

const isPresent = (error: unknown) => error !== undefined && error !== null && error !== '' && error !== false;

const worded = z.object({ message: z.string() });

function wordsOf(error: unknown): string | undefined {
	if (typeof error === 'string') return error;
	if (!isPresent(error)) return undefined;
	return worded.safeParse(error).data?.message ?? JSON.stringify(error);
}

/** 1MSG quotes a token that it refuses (docs/reference/providers.md 4.3). */
function withoutToken(words: string): string {
	return words.replace(/(token\s*["'])[^"']*/gi, '$1*****');
}

import { z } from 'zod';
import { explainStatus, findEntry, ProviderError, type Refused } from '../errors';
import type { HttpResponse } from '../http';
import { explainCode, readMetaError } from '../meta/errors';
import { oneMsgErrors, oneMsgWords } from './error-codes';

const text = z.string().optional().catch(undefined);
const answer = z.object({
	sent: z.unknown(),
	result: z.unknown(),
	message: text,
	description: text,
	error: z.unknown(),
	response: z.object({ error: z.unknown() }).optional().catch(undefined),
});
const worded = z.object({ message: z.string() });

/** Whether an answer says no, under whatever HTTP status: here 200 is no success (docs/reference/providers.md 4.2). */
export function isRefusal({ status, body }: HttpResponse): boolean {
	if (status < 200 || status > 299) return true;
	const said = answer.safeParse(body).data;
	if (said === undefined) return true;
	const { sent, result = 'success', error, response } = said;
	return sent === false || result !== 'success' || isSaid(error) || isSaid(response?.error);
}

export function toProviderError(response: HttpResponse): ProviderError {
	const { status, body, headers } = response;
	const said = answer.safeParse(body).data ?? { message: typeof body === 'string' ? body : undefined };
	const upstream = 'response' in said ? said.response?.error : undefined;
	const passedOn = readMetaError({
		...response,
		body: { error: upstream ?? ('error' in said ? said.error : undefined) },
	});
	const retryAfter = Number(headers['retry-after']);
	return new ProviderError({
		...(passedOn ?? inOwnWords(said, status)),
		...(retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}),
	});
}

type Said = Partial<z.output<typeof answer>>;

function inOwnWords(said: Said, status: number): Refused {
	const code = caseOf(said, status);
	const known = findEntry(oneMsgErrors, code);
	const words = [said.message, said.description, wordsOf(said.error), wordsOf(said.response?.error)]
		.filter((part) => part !== undefined && part !== '')
		.join(': ');
	const { class: errorClass, what, fix, mayHaveArrived } = known ?? explainStatus(status);
	return {
		...{ class: errorClass, what, fix, providerCode: code, httpStatus: status },
		...(mayHaveArrived ? { mayHaveArrived } : {}),
		// A status that has a meaning of its own needs no guess at the words.
		...(typeof code === 'string' || code === 400 ? meaningOf(words) : {}),
		...(words === '' ? {} : { title: withoutToken(words).slice(0, 500) }),
	};
}

/** The row of the table. */
function caseOf({ sent, result, error, response }: Said, status: number): string | number {
	if (status < 200 || status > 299) return status;
	if (isSaid(response?.error) || isSaid(error)) return 'response.error';
	if (sent === false) return 'sent:false';
	return result === undefined || result === 'success' ? status : 'result';
}

/** Meta's own code in brackets, as in `(#131026)`, says more than any word; 100 alone says next to nothing. */
function meaningOf(words: string): Partial<Refused> {
	const [, code] = /\(#(\d+)\)/.exec(words) ?? [];
	if (code !== undefined && code !== '100')
		return { ...explainCode(code), providerCode: Number(code), mayHaveArrived: false };
	const said = words.toLowerCase();
	const known = oneMsgWords.find(({ codes }) => codes.some((word) => said.includes(String(word))));
	return known === undefined ? {} : { class: known.class, what: known.what, fix: known.fix, mayHaveArrived: false };
}

const isSaid = (error: unknown) => error !== undefined && error !== null && error !== '' && error !== false;

function wordsOf(error: unknown): string | undefined {
	if (typeof error === 'string') return error;
	if (!isSaid(error)) return undefined;
	return worded.safeParse(error).data?.message ?? JSON.stringify(error);
}

/** 1MSG quotes a token that it refuses (docs/reference/providers.md 4.3). */
function withoutToken(words: string): string {
	return words.replace(/(token\s*["'])[^"']*/gi, '$1*****');
}

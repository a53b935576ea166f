import { z } from 'zod';
import {
	findEntry,
	findEntryByWords,
	findInRange,
	meaningOf,
	type ErrorEntry,
	type ErrorMeaning,
	type Refused,
} from '../errors';
import type { HttpResponse } from '../http';
import { meaningOfStatus } from '../response';
import { lookUp, metaErrors, metaRanges, metaSubcodeRanges, metaSubcodes, metaSentences } from './error-codes';

/** What one of Meta's error codes means. Without an answer, nothing but the code tells it: so it is in webhooks. */
export function explainCode(errorCode: number | string): ErrorMeaning {
	return meaningIn(metaErrors, errorCode) ?? findInRange(metaRanges, errorCode) ?? unlisted(errorCode);
}

function unlisted(errorCode: number | string): ErrorMeaning {
	return {
		class: 'permanent',
		what: `WhatsApp answered with error code ${errorCode}`,
		fix: lookUp,
	};
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

/**
 * Reads `{"error": {...}}`. The error code decides, never the HTTP status (docs/reference/providers.md 1.7, 6.13).
 * @returns undefined if the answer has no such error
 */
export function readMetaError(response: HttpResponse): Refused | undefined {
	const error = envelope.safeParse(response.body).data?.error;
	if (error === undefined) return undefined;
	return {
		...explain(error, response),
		providerCode: error.code,
		httpStatus: response.status,
		title: error.message,
		details: error.error_data?.details ?? error.error_user_msg,
	};
}

/** Says less than a subcode, the words, or a range. */
const general = 100;

/** In the order of docs/reference/providers.md 1.7.1. */
function explain(error: MetaError, response: HttpResponse): ErrorMeaning {
	const { code, error_subcode: subcode = NaN, message = '', error_data: data } = error;
	const isGeneral = String(code) === String(general);
	const known =
		meaningIn(metaSubcodes, subcode) ??
		(isGeneral ? byWords(`${message} ${data?.details ?? ''}`) : meaningIn(metaErrors, code)) ??
		findInRange(metaSubcodeRanges, subcode) ??
		meaningIn(metaErrors, code);
	return known ?? explainUnlisted(error, response);
}

function explainUnlisted({ code, is_transient: isTransient }: MetaError, response: HttpResponse): ErrorMeaning {
	const isThrottled = response.status === 429;
	const ofRange = findInRange(metaRanges, code);
	if (ofRange !== undefined && !isThrottled && isTransient !== true) return ofRange;
	const { class: errorClass, mayHaveArrived = false } = meaningOfStatus(response);
	const meaning = ofRange ?? unlisted(code);
	if (isTransient) return { ...meaning, class: 'transient' };
	// An internal error can come after Meta sent the message. With any other status, an error code is a refusal.
	if (response.status >= 500) return { ...meaning, class: errorClass, mayHaveArrived };
	return { ...meaning, class: response.status < 400 ? meaning.class : errorClass };
}

const byWords = (sentence: string) => withMeaning(findEntryByWords(metaSentences, sentence));
const meaningIn = (table: readonly ErrorEntry[], code: number | string) => withMeaning(findEntry(table, code));
const withMeaning = (entry: ErrorEntry | undefined) => entry && meaningOf(entry);

/**
 * Providers that pass on Meta's refusals as a sentence keep the error code in brackets, such as `(#131026)`.
 * @returns undefined if there is no code, or only 100, which says less than the sentence
 */
export function explainSentence(sentence: string): (ErrorMeaning & Pick<Refused, 'providerCode'>) | undefined {
	const [, code] = /\(#(\d+)\)/.exec(sentence) ?? [];
	if (code === undefined) return undefined;
	const meaning = Number(code) === general ? byWords(sentence) : explainCode(code);
	return meaning && { ...meaning, providerCode: Number(code), mayHaveArrived: false };
}

import { z } from 'zod';
import { findEntry, findEntryByWords, meaningOf, type ErrorMeaning, type Refused } from '../errors';
import type { HttpResponse } from '../http';
import { meaningOfStatus } from '../response';
import { metaErrors, metaSentences, metaSubcodes } from './error-codes';

/** What one of Meta's error codes means. */
export function explainCode(errorCode: number | string): ErrorMeaning {
	const known = findEntry(metaErrors, errorCode);
	if (known !== undefined) return meaningOf(known);
	return {
		class: 'permanent',
		what: `WhatsApp answered with error code ${errorCode}`,
		fix: "Look up the code in Meta's list of error codes",
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

function explain(error: MetaError, response: HttpResponse) {
	const { code, message = '', error_subcode: subcode, is_transient: isTransient } = error;
	const known =
		findEntryByWords(metaSentences, message) ??
		(subcode === undefined ? undefined : findEntry(metaSubcodes, subcode)) ??
		findEntry(metaErrors, code);
	if (known !== undefined) return meaningOf(known);
	// Meta may answer with an unknown code after it sent the message.
	const { class: errorClass, mayHaveArrived = false } = meaningOfStatus(response);
	return { ...explainCode(code), class: isTransient ? ('transient' as const) : errorClass, mayHaveArrived };
}

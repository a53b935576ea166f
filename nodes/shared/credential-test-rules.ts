import type { ErrorEntry } from '../../providers/errors';

/** What a row of an error table says: the Test button of a credential shows one text. */
export const sentenceOf = ({ what, fix }: Pick<ErrorEntry, 'what' | 'fix'>) => `${what}. ${fix}.`;

/**
 * n8n shows the message of the first rule whose key has the value. In a successful response, none has. n8n checks these
 * rules only for responses that it takes for a success: see `ignoreHttpStatusErrors`.
 */
export const bodyRule = (key: string, value: unknown, message: string) =>
	({ type: 'responseSuccessBody', properties: { key, value, message } }) as const;

/** One rule for each error code of a table. @param end follows each of them, for codes that are sentences */
export const bodyRules = (key: string, table: readonly ErrorEntry[], end = '') =>
	table.flatMap((entry) =>
		entry.errorCodes.map((errorCode) =>
			bodyRule(key, end === '' ? errorCode : `${errorCode}${end}`, sentenceOf(entry)),
		),
	);

/** For an HTTP status that is thrown. */
export const statusRule = (value: number, message: string) =>
	({ type: 'responseCode', properties: { value, message } }) as const;

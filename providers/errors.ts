/**
 * What a refusal means for the person who builds the workflow (docs/reference/providers.md 1.7):
 * `recipient`: this number cannot be reached, use another channel. `template`, `credential`, `account`: the builder has
 * to change something. `throttle`, `transient`: try again later. `permanent`: trying again does not help.
 */
export const errorClasses = [
	'recipient',
	'template',
	'credential',
	'account',
	'throttle',
	'transient',
	'permanent',
] as const;
export type ErrorClass = (typeof errorClasses)[number];

/** One row of a provider's error table. */
export interface ErrorEntry {
	/**
	 * As the provider writes them. A provider without error codes has words here that its sentences contain. The test of
	 * a credential can only compare whole sentences, so that known ones are here, too.
	 */
	errorCodes: ReadonlyArray<number | string>;
	class: ErrorClass;
	/** What happened, as a sentence without a full stop. */
	what: string;
	/** What to do about it, as a sentence without a full stop. */
	fix: string;
	/** True: the provider may have sent the message before it answered this. Sending again could send it twice. */
	mayHaveArrived?: true;
}

/** The meaning of all error codes in a range. A row of an error table says more. */
export interface ErrorRange extends Pick<ErrorEntry, 'class' | 'what' | 'fix'> {
	from: number;
	/** Included. */
	to: number;
}

/** What a provider's refusal says, with our words for it. */
export interface Refused {
	class: ErrorClass;
	/** The provider's own error code, or the HTTP status if the provider gave none. */
	providerCode: number | string;
	/** What happened, as a sentence without a full stop. */
	what: string;
	/** What to do about it, as a sentence without a full stop. */
	fix: string;
	/** The provider's own words. They may quote what was sent. */
	title?: string;
	details?: string;
	/** 0: the request was not sent. */
	httpStatus: number;
	/** True: the provider may have carried out the request before it refused. */
	mayHaveArrived?: boolean;
	retryAfterSeconds?: number;
}

/** What a refusal means, apart from the answer that it came in. */
export type ErrorMeaning = Pick<Refused, 'class' | 'what' | 'fix' | 'mayHaveArrived'>;

/** The provider refused a request. */
export class ProviderError extends Error {
	readonly code = 'provider_refused';

	constructor(readonly refused: Refused) {
		super(refused.what);
		this.name = 'ProviderError';
	}
}

/** The row of an error code. Numbers and digits in a text are the same code. */
export function findEntry(table: readonly ErrorEntry[], errorCode: number | string): ErrorEntry | undefined {
	return table.find(({ errorCodes }) => errorCodes.some((known) => String(known) === String(errorCode)));
}

/** The row of an error code that the table must have. @throws Error if it does not */
export function rowWith(table: readonly ErrorEntry[], errorCode: number | string): ErrorEntry {
	const found = findEntry(table, errorCode);
	if (found === undefined) throw new Error(`The error table has no ${errorCode}`);
	return found;
}

/** The meaning of an error code that no table has, by its range. Its words name the code. */
export function findInRange(ranges: readonly ErrorRange[], errorCode: number | string): ErrorMeaning | undefined {
	const number = Number(errorCode);
	const found = ranges.find(({ from, to }) => number >= from && number <= to);
	return found && { class: found.class, what: `${found.what} (error code ${errorCode})`, fix: found.fix };
}

/** The first row with words that the provider's sentence contains, for providers without error codes. */
export function findEntryByWords(table: readonly ErrorEntry[], sentence: string): ErrorEntry | undefined {
	const lowerCase = sentence.toLowerCase();
	return table.find(({ errorCodes }) => errorCodes.some((words) => lowerCase.includes(String(words).toLowerCase())));
}

/** A row without its error codes. */
export function meaningOf({ class: errorClass, what, fix, mayHaveArrived }: ErrorEntry): ErrorMeaning {
	return { class: errorClass, what, fix, mayHaveArrived };
}

/** The error for a field of the credential that is empty although the request needs it. */
export function emptyCredentialField(displayName: string, providerCode: string, fix: string): ProviderError {
	return new ProviderError({
		class: 'credential',
		what: `'${displayName}' in the credential is empty`,
		fix,
		providerCode,
		httpStatus: 0,
	});
}

/** The first 500 characters: a provider's words can be a whole page. */
export function shortened(words: string): string {
	return words.slice(0, 500);
}

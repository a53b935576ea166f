/**
 * What an answer means for whoever sends codes (docs/reference/providers.md 1.7): `recipient` another channel, `template`,
 * `credential` and `account` something for the builder to mend, `throttle` and `transient` later, `permanent` never.
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
	codes: ReadonlyArray<number | string>;
	class: ErrorClass;
	/** What happened, as a sentence without a full stop. */
	what: string;
	/** What to do about it, as a sentence without a full stop. */
	fix: string;
	/** Whether the request may have been carried out in spite of this answer, so that repeating it could send twice. */
	mayHaveArrived?: true;
}

export interface Refused {
	class: ErrorClass;
	/** The provider's own code, or the HTTP status where it gave none. */
	providerCode: number | string;
	what: string;
	fix: string;
	/** The provider's own words; may quote what was sent. */
	title?: string;
	details?: string;
	httpStatus: number;
	/** Whether the request may have been carried out in spite of this answer. */
	mayHaveArrived?: boolean;
	retryAfterSeconds?: number;
}

/** A provider said no. */
export class ProviderError extends Error {
	readonly code = 'provider_refused';

	constructor(readonly refused: Refused) {
		super(refused.what);
		this.name = 'ProviderError';
	}
}

export function findEntry(table: readonly ErrorEntry[], code: number | string): ErrorEntry | undefined {
	return table.find(({ codes }) => codes.some((known) => String(known) === String(code)));
}

/** What a status alone tells, where the body is no help. */
export function explainStatus(status: number): Omit<Refused, 'providerCode' | 'httpStatus'> {
	if (status === 401) {
		return { class: 'credential', what: 'The provider refused the credential', fix: 'Check the key in the credential' };
	}
	if (status === 403) {
		return {
			class: 'credential',
			what: 'The credential is not allowed to do this',
			fix: "Check the key's permissions at the provider",
		};
	}
	if (status === 404) {
		return {
			class: 'permanent',
			what: 'The provider knows no such address',
			fix: "Check 'Base URL' in the credential",
		};
	}
	if (status === 429) {
		return { class: 'throttle', what: 'The provider is asked too often', fix: 'Send more slowly, or try again later' };
	}
	if (status >= 200 && status < 300) {
		return {
			class: 'transient',
			what: 'The provider answered something else than expected',
			fix: "Check 'Base URL' in the credential; the message may have been sent",
			mayHaveArrived: true,
		};
	}
	if (status >= 500) {
		return {
			class: 'transient',
			what: 'The provider could not answer',
			fix: "Look at the provider's status page and try again later",
			mayHaveArrived: true,
		};
	}
	return { class: 'permanent', what: 'The provider refused the request', fix: 'Check the fields of this node' };
}

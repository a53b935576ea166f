export interface RefusalOptions {
	/** Meta's `error_subcode`. */
	subcode?: number;
	/** Replaces the title that belongs to the code. */
	title?: string;
	/** What is wrong, one entry per finding. */
	details?: string[];
	/** What a provider says by fields of its own: WA.cr's details (docs/reference/providers.md 5.2). */
	fields?: Record<string, unknown>;
	/** HTTP status, where it isn't the code's usual one. */
	status?: number;
}

/** A provider's "no". Thrown by the rules, rendered by each provider in its own envelope. */
export class Refusal extends Error {
	constructor(
		/** Meta's number or, where a provider has names for its errors, the name. */
		readonly code: number | string,
		readonly options: RefusalOptions = {},
	) {
		super(`${code}: ${options.details?.join('; ') ?? options.title ?? ''}`);
	}
}

import type { ZodError } from 'zod';

export interface RefusalOptions {
	/** Meta's `error_subcode`. */
	subcode?: number;
	/** Replaces the title that belongs to the code. */
	title?: string;
	/** What is wrong, one entry per finding. */
	details?: string[];
	/** Structured details: WA.cr puts them into `error.details` (docs/reference/providers.md 5.2). */
	fields?: Record<string, unknown>;
	/** HTTP status, if it differs from the code's default. */
	status?: number;
}

/** A provider refuses a call. The rules throw it, and each provider writes it in its own envelope. */
export class Refusal extends Error {
	constructor(
		/** Meta's number or, for a provider whose errors have names, the name. */
		readonly code: number | string,
		readonly options: RefusalOptions = {},
	) {
		super(`${code}: ${options.details?.join('; ') ?? options.title ?? ''}`);
	}
}

/** One line per finding of a schema: the field and what is wrong with it. */
export function detailsOf({ issues }: ZodError): string[] {
	return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

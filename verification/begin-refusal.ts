import { omitUndefined } from './omit-undefined';
import type { EndedResult } from './state';
import type { Verification } from './verification';

export type BeginRefusalResult =
	'cooldown' | 'rate_limited' | 'blocked_country' | 'invalid_phone' | 'in_progress' | 'not_found' | EndedResult;

/** Why no code was made, and when to try again (docs/reference/verification-rules.md 1.14). */
export interface BeginRefusal {
	outcome: 'refused';
	result: BeginRefusalResult;
	/** One sentence for the builder. */
	reason: string;
	limit?: string;
	/** Whole seconds, rounded up. */
	retryAfterSeconds?: number;
	/** In E.164; absent if the number is not valid. */
	to?: string;
	/** The verification that the request began or named: never another one of the phone. */
	verification?: Verification;
}

export function refuse(result: BeginRefusalResult, reason: string, details: Partial<BeginRefusal> = {}): BeginRefusal {
	return omitUndefined({ ...details, outcome: 'refused' as const, result, reason });
}

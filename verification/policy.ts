import { z } from 'zod';

import { codeAlphabets } from './code';

/** Seconds from a send until the next one is allowed; the last number repeats (verification.md section 3). */
export const resendCooldowns = [30, 60, 120];

const second = 1000;
const hour = 3600 * second;

/** Milliseconds. */
export const times = {
	absoluteDeadline: 600 * second,
	tombstone: 24 * hour,
	/** Longer than any provider call with its retries: an older send without an answer is unknown, not running. */
	sendInFlight: 90 * second,
	failedChecks: 24 * hour,
};

export const failedChecksPerPhone = 15;

/** Sliding windows; `limit` sends in `seconds`. Names are what a refusal says. */
export const sendLimits = {
	phone: [
		{ name: 'sends per phone in 10 minutes', limit: 4, seconds: 600 },
		{ name: 'sends per phone in an hour', limit: 6, seconds: 3600 },
		{ name: 'sends per phone in 24 hours', limit: 12, seconds: 86_400 },
	],
};

/** What a builder may choose for a verification, with its ranges and defaults (verification.md section 3). */
export const policySchema = z.object({
	codeAlphabet: z.enum(codeAlphabets).default('digits'),
	codeLength: z.number().int().min(6).max(12).default(6),
	/** Seconds. */
	expiresIn: z.number().int().min(60).max(600).default(300),
	maxAttempts: z.number().int().min(1).max(10).default(5),
	maxSends: z.number().int().min(1).max(5).default(4),
});

export type Policy = z.output<typeof policySchema>;

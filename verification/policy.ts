import { z } from 'zod';
import { codeAlphabets, codeLengths } from './code';

/** Seconds from a send until the next one is allowed; the last number repeats (docs/reference/verification-rules.md 3). */
export const resendCooldowns = [30, 60, 120];

const second = 1000;
const hour = 3600 * second;

/** Milliseconds. */
export const times = {
	absoluteDeadline: 600 * second,
	tombstone: 24 * hour,
	/** All that is left of a verification goes so long after it began, or sooner. */
	kept: 600 * second + 24 * hour,
	/** Longer than any provider call with its retries: an older send without an answer is unknown, not running. */
	sendInFlight: 90 * second,
	failedChecks: 24 * hour,
	/** After a message's time to live: how long the news of its delivery may take. */
	dropBuffer: 15 * second,
	/** How long an event that comes again is known for one that came before. */
	seenEvents: 7 * 24 * hour,
};

/** Seconds for which WhatsApp tries to deliver: a template's `message_send_ttl_seconds` where none is known. */
export const messageTtl = 120;

const count = (least: number, most: number, usual: number) => z.number().int().min(least).max(most).default(usual);

/** How much of what is let through; 0 sets no limit where it may be chosen (docs/reference/verification-rules.md 3). */
export const limitsSchema = z
	.object({
		/** NIST names 100 as the ceiling. */
		failedChecksPerPhone: count(1, 100, 15),
		perPhone10Minutes: count(1, 1000, 4),
		perPhoneHour: count(1, 1000, 6),
		perPhoneDay: count(1, 1000, 12),
		perPrefixHour: count(0, 1_000_000, 20),
		perCallerHour: count(0, 1_000_000, 10),
	})
	.default({});

export type Limits = z.output<typeof limitsSchema>;

export const usualLimits: Limits = limitsSchema.parse({});

/** What a builder may choose for a verification, with its ranges and defaults (docs/reference/verification-rules.md 3). */
export const policySchema = z.object({
	codeAlphabet: z.enum(codeAlphabets).default('digits'),
	codeLength: count(codeLengths.digits.min, codeLengths.alphanumeric.max, 6),
	/** Seconds. */
	expiresIn: count(60, 600, 300),
	maxAttempts: count(1, 10, 5),
	maxSends: count(1, 5, 4),
});

export type Policy = z.output<typeof policySchema>;

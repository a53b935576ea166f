import { z } from 'zod';
import { codeAlphabets, codeLengths } from './code';

const second = 1000;
const hour = 3600 * second;

/**
 * The pause of a phone and purpose between two sends (docs/reference/verification-rules.md 3). The step is chosen by
 * its sends in the window, whichever verifications they belong to; the last one repeats. Milliseconds.
 */
export const sendCooldown = { stepsMs: [30 * second, 60 * second, 120 * second], windowMs: 600 * second };

/** Milliseconds. */
export const times = {
	absoluteDeadline: 600 * second,
	tombstone: 24 * hour,
	/** Everything stored about a verification is deleted at the latest this long after it began. */
	kept: 600 * second + 24 * hour,
	/** Longer than any provider call with its retries. An older send without an answer is unknown, not running. */
	sendInFlight: 90 * second,
	failedChecks: 24 * hour,
	/** How long a phone rests after too many failed checks: at first, and at most. */
	rest: 900 * second,
	maxRest: 24 * hour,
	/** The pause after a send that was withdrawn. */
	withdrawnCooldown: 5 * second,
	/** After a message's time to live: how long its delivery webhook may take. */
	dropBuffer: 15 * second,
	/** How long a repeated event is recognized. */
	seenEvents: 7 * 24 * hour,
};

/** Seconds for which WhatsApp tries to deliver, if the template's `message_send_ttl_seconds` is not known. */
export const defaultMessageTtl = 120;

const count = (min: number, max: number, byDefault: number) => z.number().int().min(min).max(max).default(byDefault);

/**
 * How many sends and failed checks are allowed (docs/reference/verification-rules.md 3). 0 means no limit, if the range
 * includes it.
 */
export const limitsSchema = z
	.object({
		/** NIST's maximum is 100. */
		failedChecksPerPhone: count(1, 100, 15),
		failedChecksPerCallerHour: count(0, 1_000_000, 15),
		perPhone10Minutes: count(1, 1000, 4),
		perPhoneHour: count(1, 1000, 6),
		perPhoneDay: count(1, 1000, 12),
		perPrefixHour: count(0, 1_000_000, 20),
		perCallerHour: count(0, 1_000_000, 10),
		/**
		 * Sends of the whole installation and namespace. The store keeps the time of each, and reads them with each
		 * send, so the maximum is lower.
		 */
		totalHour: count(0, 10_000, 0),
		totalDay: count(0, 10_000, 0),
	})
	.default({});

/** The rest of a phone doubles after this many further failed checks (docs/reference/verification-rules.md 1.6). */
export const failedChecksPerRest = 5;

export type Limits = z.output<typeof limitsSchema>;

export const defaultLimits: Limits = limitsSchema.parse({});

/**
 * What a builder may choose for a verification, with its ranges and defaults (docs/reference/verification-rules.md 3).
 */
export const policySchema = z.object({
	codeAlphabet: z.enum(codeAlphabets).default('digits'),
	codeLength: count(codeLengths.digits.min, codeLengths.alphanumeric.max, 6),
	/** Seconds. */
	expiresIn: count(60, 600, 300),
	maxAttempts: count(1, 10, 5),
	maxSends: count(1, 5, 4),
});

export type Policy = z.output<typeof policySchema>;

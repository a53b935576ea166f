import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { RawWebhook, WebhookTarget } from './webhook-support';

/** No provider posts more: Meta stops at 3 MB (docs/reference/providers.md 1.9). */
export const maxWebhookBytes = 4 * 1024 * 1024;

/** Ten times what Meta puts into one body (docs/reference/providers.md 1.9). */
export const maxEntries = 10_000;

/** The last second that a Date can hold. */
const maxSeconds = 8.64e12;

/** @returns the parsed body; undefined if it is not JSON or is longer than any provider's body */
export function readBody({ body }: RawWebhook): unknown {
	if (body.length > maxWebhookBytes) return undefined;
	try {
		return JSON.parse(withExactIds(body.toString('utf8')));
	} catch {
		return undefined;
	}
}

/**
 * Makes template ids texts. Meta writes them as numbers (docs/reference/providers.md 6.17), and a number of
 * JavaScript keeps only 15 digits for certain.
 */
function withExactIds(text: string): string {
	return text.replace(/("message_template_id"\s*:\s*)(\d{16,40})(?=\s*[,}])/g, '$1"$2"');
}

/**
 * For providers that neither sign their webhooks nor send headers that we choose.
 * @returns the webhook's URL with the secret in its query
 */
export function addressWithSecret({ url, secret }: WebhookTarget): string {
	return `${url}?secret=${secret}`;
}

/** Whether a webhook came to an address with this secret. Compares in constant time. */
export function hasSecretInAddress({ query }: RawWebhook, secret: string): boolean {
	return isSecret(query.secret, secret);
}

/**
 * Compares in constant time. Only the length can be measured, and the lengths of our secrets are public.
 * @param given from the webhook; may be anything
 */
export function isSecret(given: unknown, secret: string): boolean {
	if (typeof given !== 'string' || secret === '') return false;
	const [expected, actual] = [Buffer.from(secret), Buffer.from(given)];
	return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/**
 * Webhooks are read with these small functions, not with one schema: most of a webhook is of no use to us, and one odd
 * value must not hide the others.
 */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns the object; an empty one for any other value */
export function objectOf(value: unknown): Record<string, unknown> {
	return isObject(value) ? value : {};
}

/** @returns the list, cut to `maxEntries`, with unchecked elements; an empty one for any other value */
export function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? bounded<unknown>(value) : [];
}

/** @returns the first `maxEntries` entries */
export function bounded<Entry>(list: readonly Entry[]): Entry[] {
	return list.slice(0, maxEntries);
}

/** For ids, names and phone numbers. @returns undefined unless it is a text of 1 to 512 characters */
export function shortTextOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' && value.length <= 512 ? value : undefined;
}

/**
 * For the WhatsApp id of a person, which can also be another id than a number (docs/reference/providers.md 1.10, 4.5).
 * @returns the digits of a phone number, without the plus; undefined for anything else
 */
export function phoneDigitsOf(value: unknown): string | undefined {
	const digits = String(typeof value === 'number' ? value : (shortTextOf(value) ?? '')).replace(/[\s+()-]/g, '');
	return /^[1-9]\d{4,18}$/.test(digits) ? digits : undefined;
}

/** Whether a value means yes. Some providers write it as text. @returns undefined if it is neither yes nor no */
export function flagOf(value: unknown): boolean | undefined {
	const word = typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : value;
	if (word === true || word === 'true' || word === '1') return true;
	return word === false || word === 'false' || word === '0' ? false : undefined;
}

/** `flagOf` as part of a schema. */
export const flag = z.unknown().transform(flagOf);

/** A whole number, also one that is written as a text; undefined for anything else. */
export const wholeNumber = z
	.unknown()
	.transform((value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value))
	.transform((value) => (Number.isSafeInteger(value) ? Number(value) : undefined));

/** `shortTextOf` as part of a schema. */
export const shortText = z.unknown().transform(shortTextOf);

/**
 * @param given seconds since 1970, as a number or as a text
 * @returns milliseconds since 1970; undefined if `given` is not a valid time
 */
export function knownTimeOf(given: unknown): number | undefined {
	const seconds = typeof given === 'string' || typeof given === 'number' ? Number(given) : 0;
	return seconds > 0 && seconds <= maxSeconds ? Math.floor(seconds * 1000) : undefined;
}

/** `knownTimeOf`, or else the present time. */
export function timeOf(given: unknown): number {
	return knownTimeOf(given) ?? Date.now();
}

import { z } from 'zod';
import type { RawWebhook } from './provider';

/** More than any provider posts: Meta stops at 3 MB (docs/reference/providers.md 1.9). */
const mostBytes = 4 * 1024 * 1024;

/** Ten times what Meta puts into one body at most (docs/reference/providers.md 1.9). */
export const mostEntries = 10_000;

/** The last second that a Date can hold. */
const lastSecond = 8.64e12;

/** @returns undefined where it is no JSON, or more than anybody would send */
export function readBody({ body }: RawWebhook): unknown {
	if (body.length > mostBytes) return undefined;
	try {
		return JSON.parse(withExactIds(body.toString('utf8')));
	} catch {
		return undefined;
	}
}

/** Meta writes template ids as numbers (docs/reference/providers.md 6.17). In JavaScript, only 15 digits are exact. */
function withExactIds(text: string): string {
	return text.replace(/("message_template_id"\s*:\s*)(\d{16,40})(?=\s*[,}])/g, '$1"$2"');
}

/** Not a schema's work: a webhook has several, and most hold nothing for us. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is no object is an empty one. */
export function objectOf(value: unknown): Record<string, unknown> {
	return isObject(value) ? value : {};
}

/** Without looking at any element; what is no list is an empty one. */
export function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? bounded<unknown>(value) : [];
}

export function bounded<Entry>(list: readonly Entry[]): Entry[] {
	return list.slice(0, mostEntries);
}

/** Texts that are too long for what they should be count as absent. */
export function shortTextOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' && value.length <= 512 ? value : undefined;
}

/** The same in a schema. */
export const shortText = z.unknown().transform(shortTextOf);

/** @returns milliseconds since 1970; the present where a provider's seconds are none */
export function timeOf(given: unknown): number {
	const seconds = typeof given === 'string' || typeof given === 'number' ? Number(given) : 0;
	return seconds > 0 && seconds <= lastSecond ? Math.floor(seconds * 1000) : Date.now();
}

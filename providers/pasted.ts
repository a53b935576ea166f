import { z } from 'zod';

/**
 * What people paste into a credential is more than the value: blanks, invisible characters, quotes, `Bearer `, a whole
 * address. Each step is a pattern whose matches are replaced. The steps are data, because n8n's test of a credential
 * needs them as an expression, too.
 */
type Step = readonly [pattern: RegExp, replacement: string];

/** Blanks and quotes at both ends, and characters without a shape anywhere. */
const trimmed: readonly Step[] = [
	[/[\p{Cf}\p{Variation_Selector}]/gu, ''],
	[/^\s+|\s+$/g, ''],
	[/^(["'`])(.*)\1$/, '$2'],
];

/** With or without the name of the header in front. */
const key: readonly Step[] = [...trimmed, [/^(?:authorization|d360-api-key)\s*:\s*/i, ''], [/^(?:bearer\s+)+/i, '']];

/** Without query, and without slashes at the end. A host without a scheme gets https. */
const url: readonly Step[] = [
	...trimmed,
	[/[?#].*$/, ''],
	[/\/+$/, ''],
	[/^(?![a-z][a-z\d+.-]*:\/\/)(?=.)/i, 'https://'],
];

const steps = { trimmed, key, url };
export type Pasted = keyof typeof steps;

const allSteps = (kind: Pasted, more: readonly Step[]) => [...steps[kind], ...more];

/** @param more follow the steps of this kind */
export function pasted(kind: Pasted, text: string, more: readonly Step[] = []): string {
	return allSteps(kind, more).reduce((rest, [pattern, by]) => rest.replace(pattern, by), text);
}

/** An ID, a name or a hash as people paste it. */
export const pastedText = z.string().transform((text) => pasted('trimmed', text));

/** The same as an expression of n8n, without braces. @param value an expression for the text */
export function pastedExpression(kind: Pasted, value: string, more: readonly Step[] = []): string {
	const calls = allSteps(kind, more).map(([pattern, by]) => `.replace(${String(pattern)}, ${JSON.stringify(by)})`);
	return `String(${value} ?? "")${calls.join('')}`;
}

/**
 * A path that people copy together with the address of an API.
 * @param names the first step of the path, as part of a regular expression
 */
export const withoutPath = (names: string): readonly Step[] => [[new RegExp(`/(?:${names})(?:/.*)?$`, 'i'), '']];

import { redact } from './redact';

interface ProviderWords {
	title?: string | undefined;
	details?: string | undefined;
}

const gap = String.raw`[\s().\-\u00a0\u2010-\u2015]{0,2}`;

/**
 * What looks like a phone number: with a plus, or as digits in one piece. IDs of providers are longer, and error
 * codes shorter.
 */
const withPlus = String.raw`[+\uff0b]${gap}(?:\p{Nd}${gap}){6,14}\p{Nd}`;
const withoutPlus = String.raw`\p{Nd}{9,14}`;
const phoneNumbers = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${withPlus}|${withoutPlus})(?![\p{L}\p{N}])`, 'gu');

/**
 * Removes phone numbers from a provider's words about a message. An event does not always name its recipient, but its
 * words can quote the number (docs/reference/verification-rules.md 1.13).
 * @param known the recipient as the event, the verification and the answer to the send name it
 */
export function redactNumbers<Words extends ProviderWords>(
	words: Words,
	known: ReadonlyArray<string | null | undefined>,
): Words {
	const digits = known.flatMap((number) => number?.replace(/\D/g, '') || []);
	const hidden = redact(words, [...new Set(digits.flatMap((number) => [`+${number}`, number]))]);
	const clean = (text: string | undefined) => text?.replace(phoneNumbers, '*****');
	return { ...hidden, title: clean(hidden.title), details: clean(hidden.details) };
}

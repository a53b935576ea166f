import { randomInt } from 'node:crypto';
import { InvalidRequestError } from './errors';
import { withoutInvisible } from './invisible';

export const codeAlphabets = ['digits', 'alphanumeric'] as const;
export type CodeAlphabet = (typeof codeAlphabets)[number];

/** Characters of a generated code (docs/reference/verification-rules.md 1.1). */
export const codeLengths: Record<CodeAlphabet, { min: number; max: number }> = {
	digits: { min: 6, max: 8 },
	alphanumeric: { min: 6, max: 12 },
};

/**
 * A code made by the builder: at least as long as ours, at most as long as WhatsApp allows
 * (docs/reference/providers.md 1.1).
 */
export const customCodeLength = { min: 6, max: 15 };

/** Without 0, O, 1, I and L, because people confuse them. */
const characters: Record<CodeAlphabet, string> = {
	digits: '0123456789',
	alphanumeric: '23456789ABCDEFGHJKMNPQRSTUVWXYZ',
};

/**
 * The form of a code: `d6` is six digits, `a8` eight alphanumerics, `x7` seven characters of a builder's own code, and
 * `t6` six characters of a test number, which gets no message. It is stored beside the MAC, so that a malformed entry
 * uses no attempt (docs/reference/verification-rules.md 1.11).
 */
export type CodeShape = `${'d' | 'a' | 'x' | 't'}${number}`;

export function isCodeShape(text: string): text is CodeShape {
	return codeShape.test(text);
}

// Outside the functions: a regular expression in a function is created with each call, and every check uses these.
const codeShape = /^[daxt]\d+$/;
const printable = /^[\x21-\x7e]{1,15}$/;
const digits = /^[0-9]+$/;
const digitsAndCapitals = /^[0-9A-Z]+$/;
const plain = /^[0-9A-Za-z]*$/;

/** What a code of each alphabet may consist of, if a person chose it. */
export const codeCharacters: Record<CodeAlphabet, { characters: RegExp; name: string }> = {
	digits: { characters: digits, name: 'digits' },
	alphanumeric: { characters: digitsAndCapitals, name: 'letters and digits' },
};

/** Whether a code is that of a test number. */
export function isTestShape(shape: CodeShape): boolean {
	return shape.startsWith('t');
}

export interface NewCode {
	code: string;
	shape: CodeShape;
}

/**
 * A code from the CSPRNG, without modulo bias and with its leading zeros (docs/reference/verification-rules.md 1.1).
 * @throws InvalidRequestError if the length is not allowed
 */
export function generateCode(alphabet: CodeAlphabet, length: number): NewCode {
	const { min, max } = codeLengths[alphabet];
	if (!Number.isInteger(length) || length < min || length > max) {
		throw new InvalidRequestError(
			'codeLength',
			`'Code Length' must be ${min} to ${max} for ${alphabet}, not ${length}`,
			"Change the option 'Code Length'",
		);
	}
	const from = characters[alphabet];
	const code = Array.from({ length }, () => from.charAt(randomInt(from.length))).join('');
	return { code, shape: `${alphabet === 'digits' ? 'd' : 'a'}${length}` };
}

/**
 * Reads a code that the builder made (docs/reference/verification-rules.md 1.1).
 * @throws InvalidRequestError if WhatsApp would refuse it, or it is too short
 */
export function acceptCustomCode(code: string): NewCode {
	const { min, max } = customCodeLength;
	if (!/^[\x21-\x7e]+$/.test(code) || code.length < min || code.length > max || fold(code).length < min) {
		throw new InvalidRequestError(
			'code',
			`The code must have ${min} to ${max} letters, digits or symbols, and no spaces`,
			"Change 'Code', or let the node generate one",
		);
	}
	return { code, shape: `x${fold(code).length}` };
}

export interface CodeCandidate {
	/** The form of the entry that the MAC is made of. */
	canonical: string;
	/** The shapes that the entry fits: six digits fit four shapes. */
	shapes: CodeShape[];
}

/**
 * Every code that an entry can stand for. Empty if the entry is malformed for every verification
 * (docs/reference/verification-rules.md 1.11). A JSON number stands for its digits, without leading zeros.
 */
export function readCode(entry: unknown): CodeCandidate[] {
	const text = typeof entry === 'number' && Number.isSafeInteger(entry) && entry >= 0 ? String(entry) : entry;
	if (typeof text !== 'string' || text.length > 64) return [];
	const raw = fold(text);
	if (!printable.test(raw)) return [];
	const upper = raw.toUpperCase();
	const asEntered: CodeShape[] = [];
	if (within(raw, customCodeLength)) asEntered.push(`x${raw.length}`);
	if (digits.test(raw) && within(raw, codeLengths.digits)) asEntered.push(`d${raw.length}`);
	const asUpper = upper === raw ? asEntered : [];
	if (digitsAndCapitals.test(upper) && within(upper, codeLengths.alphanumeric)) {
		asUpper.push(`a${upper.length}`, `t${upper.length}`);
	}
	const candidates: CodeCandidate[] = [];
	if (asEntered.length > 0) candidates.push({ canonical: raw, shapes: asEntered });
	if (upper !== raw && asUpper.length > 0) candidates.push({ canonical: upper, shapes: asUpper });
	return candidates;
}

/** The form of a new code that the MAC is made of: the same that `readCode` returns when a person enters the code. */
export function canonicalCode({ code, shape }: NewCode): string {
	return shape.startsWith('x') ? fold(code) : code;
}

function within(text: string, { min, max }: { min: number; max: number }): boolean {
	return text.length >= min && text.length <= max;
}

/**
 * Full-width and Arabic-Indic digits become ASCII. Spaces, dashes and invisible characters are removed, because people
 * and keyboards add them.
 */
function fold(text: string): string {
	if (plain.test(text)) return text;
	return withoutInvisible(text)
		.normalize('NFKC')
		.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
		.replace(/[\s\p{Pd}]/gu, '');
}

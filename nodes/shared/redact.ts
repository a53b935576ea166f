interface ProviderWords {
	title?: string | undefined;
	details?: string | undefined;
}

/**
 * Removes secrets from a provider's words. Providers quote messages in their errors, and neither codes nor numbers may
 * appear in an item or a log (docs/reference/verification-rules.md 1.13).
 * @param secrets codes, tokens, and phone numbers with a plus, in any spelling
 */
export function redact<Words extends ProviderWords>(words: Words, secrets: readonly string[]): Words {
	const clean = (text: string | undefined) => (text === undefined ? undefined : hide(text, secrets));
	return { ...words, title: clean(words.title), details: clean(words.details) };
}

/** The part of a text from `start` to before `end`. */
interface Span {
	start: number;
	end: number;
}

/** Longer words are cut. */
const maxLength = 10_000;

/** A secret that stands across the cut is found, too. */
const margin = 500;

function hide(words: string, secrets: readonly string[]): string {
	const text = words.slice(0, maxLength + margin);
	const readings = [plainToken, encodedToken].map((token) => read(text, token));
	const spans = secrets.flatMap((secret) => [
		...literal(text, secret),
		...readings.flatMap((reading) => spelled(reading, secret)),
	]);
	let [hidden, done] = ['', 0];
	for (const { start, end } of spans.sort((a, b) => a.start - b.start)) {
		if (start >= done && start < maxLength) hidden += `${withoutPlus(text.slice(done, start))}*****`;
		done = Math.max(done, end);
	}
	return hidden + text.slice(done, maxLength) + (words.length > maxLength ? '…' : '');
}

const withoutPlus = (text: string): string => text.replace(/[+＋]$/, '');

function literal(text: string, secret: string): Span[] {
	return occurrences(text, secret).map((start) => ({ start, end: start + secret.length }));
}

/** Shorter texts stand for too many other things. */
const minLength = 4;

function spelled(reading: Reading, secret: string): Span[] {
	const { letters } = read(secret, plainToken);
	const number = /^\+\d+$/.test(secret);
	if (number) return spelledNumber(reading, letters);
	// A code that was read as a number has lost its leading zeros.
	const forms = [letters, letters.replace(/^0+/, '')].filter((form) => form.length >= minLength);
	return forms.flatMap((form) =>
		occurrences(reading.letters, form).map((first) => spanOf(reading, first, first + form.length - 1)),
	);
}

/**
 * A number can be quoted with its country code, without it, or as a WhatsApp id, which has one digit more or less
 * (docs/reference/verification-rules.md 5). So its last digits count, and what matches before them.
 */
function spelledNumber(reading: Reading, digits: string): Span[] {
	const tail = digits.slice(-Math.min(8, Math.max(5, digits.length - 3)));
	return occurrences(reading.letters, tail).map((found) => {
		let first = found;
		for (let i = digits.length - tail.length - 1; i >= 0 && reading.letters[first - 1] === digits[i]; i -= 1)
			first -= 1;
		return spanOf(reading, first, found + tail.length - 1);
	});
}

function spanOf({ spans }: Reading, first: number, last: number): Span {
	return { start: spans[first]?.start ?? 0, end: spans[last]?.end ?? 0 };
}

function occurrences(text: string, part: string): number[] {
	const found: number[] = [];
	if (part === '') return found;
	for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) found.push(at);
	return found;
}

/** The letters and digits of a text, as capitals and ASCII digits, with their places. A line break is a long gap. */
interface Reading {
	letters: string;
	spans: Span[];
}

/** Tokens between two digits of one code, for example the quotes and commas of a JSON list. */
const maxGap = 8;

const plainToken = /[^]/gu;

/** Escapes of URLs, HTML and JSON, and HTML tags. Each repetition is bounded or has one way to match. */
const encodedToken =
	/(?:%[0-9a-f]{2})+|&#x[0-9a-f]{1,6};|&#\d{1,7};|&[a-z]{2,8};|\\u[0-9a-f]{4}|\\[nrt]|<\/?[a-z][^<>]{0,60}>|[^]/giu;

function read(text: string, token: RegExp): Reading {
	const letters: string[] = [];
	const spans: Span[] = [];
	let gap = 0;
	for (const { 0: part, index: start } of text.matchAll(token)) {
		const found = lettersOf(part);
		gap = found.length === 0 ? gap + 1 : 0;
		// Longer than a code can have between its digits: a mark that no code contains.
		const marks = gap === maxGap + 1 ? ['\n'] : found;
		for (const letter of marks) {
			letters.push(letter);
			spans.push({ start, end: start + part.length });
		}
	}
	return { letters: letters.join(''), spans };
}

/** A token as capitals and ASCII digits; empty for blanks, dashes, other symbols and marks. */
function lettersOf(token: string): string[] {
	const letters =
		decoded(token)
			.normalize('NFKC')
			.toUpperCase()
			.match(/[\p{L}\p{N}]/gu) ?? [];
	// By UTF-16 unit, because `indexOf` counts these.
	return letters.flatMap((letter) => asciiDigit(letter).split(''));
}

function decoded(token: string): string {
	const [first = ''] = token;
	if (token.length === 1) return token;
	if (first === '%') return bytes(token);
	if (/^&#x/i.test(token)) return character(Number.parseInt(token.slice(3), 16));
	if (token.startsWith('&#')) return character(Number.parseInt(token.slice(2), 10));
	if (/^\\u/i.test(token)) return character(Number.parseInt(token.slice(2), 16));
	return /^[&\\<]/.test(token) ? '' : token;
}

const bytes = (escapes: string): string => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8');

const character = (code: number): string => (code <= 0x10_ff_ff ? String.fromCodePoint(code) : '');

/** The digits of each script follow each other, from its zero on. */
function asciiDigit(letter: string): string {
	if (!/\p{Nd}/u.test(letter)) return letter;
	const code = letter.codePointAt(0) ?? 0;
	let value = 0;
	while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
	return String(value);
}

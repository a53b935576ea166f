export interface PhoneNumber {
	/** What is sent to: the number as typed, in E.164 (docs/reference/verification-rules.md 5). */
	e164: string;
	/** What counters, indexes and MACs use: without the optional digits of Brazil, Mexico and Argentina. */
	folded: string;
	/** ISO 3166-1 alpha-2; absent for numbers that belong to no country, such as satellite phones. */
	country?: string;
}

export interface InvalidPhone {
	invalid: string;
}

/**
 * The optional digit of a mobile number that WhatsApp ids have in one form and dialled numbers in the other.
 * Brazil's mobiles had eight digits only where they begin with 6 to 9; the others without their 9 are landlines
 * of other people, who must not share a verification with them.
 */
const optionalDigits = [
	{ pattern: /^\+55(\d\d)9([6-9]\d{7})$/, folded: '+55$1$2' },
	{ pattern: /^\+521(\d{10})$/, folded: '+52$1' },
	{ pattern: /^\+549(\d{10})$/, folded: '+54$1' },
];

/** @returns the number without the digit that people toggle, so that toggling buys no fresh attempts (rule 8 of section 7) */
export function foldPhone(e164: string): string {
	for (const { pattern, folded } of optionalDigits) {
		if (pattern.test(e164)) return e164.replace(pattern, folded);
	}
	return e164;
}

/** The block that a number lies in: fraud dials them one after the other. */
export function phonePrefix(folded: string): string {
	return folded.slice(0, -4);
}

const inFull = 'write it with + and country code';

/**
 * Reads a phone number in any common notation.
 * @param entry with a leading `+`, or national together with `defaultCountry` (ISO 3166-1 alpha-2)
 */
export async function readPhone(entry: unknown, defaultCountry?: string): Promise<PhoneNumber | InvalidPhone> {
	const typed = typeof entry === 'number' ? String(entry) : entry;
	if (typeof typed !== 'string' || typed.trim() === '') {
		const isMissing = typed === undefined || typed === null || typeof typed === 'string';
		return { invalid: `The phone number is ${isMissing ? 'empty' : 'not text'}; ${inFull}` };
	}
	// The plus of a full-width keyboard, which the parser takes for a letter.
	const text = typed.trim().replace(/^\uff0b/, '+');
	if (text.length > 40) return { invalid: `The phone number is too long; ${inFull}` };
	const { isSupportedCountry, parsePhoneNumberFromString } = await import('libphonenumber-js/max');
	const country = defaultCountry?.trim().toUpperCase() || undefined;
	if (country !== undefined && !isSupportedCountry(country)) {
		return {
			invalid: `'${country.slice(0, 8)}' is not a country code; 'Default Country' takes two letters such as US`,
		};
	}
	const international = text.startsWith('+');
	if (!international && country === undefined) {
		return {
			invalid: "The phone number has no leading + and country code; add them, or set the option 'Default Country'",
		};
	}
	const options = { extract: false, ...(country === undefined ? {} : { defaultCountry: country }) };
	const parsed = parsePhoneNumberFromString(text, options);
	if (parsed === undefined || parsed.ext !== undefined) {
		return { invalid: `'${maskPhone(text)}' is not a phone number; ${inFull}, and without extension` };
	}
	const e164: string = parsed.number;
	const folded = foldPhone(e164);
	// Mexico's +521... counts as impossible, though WhatsApp uses it: its folded form decides.
	const possible = parsed.isPossible() || (folded !== e164 && parsePhoneNumberFromString(folded)?.isPossible());
	if (possible !== true) {
		return { invalid: `${maskPhone(e164)} has too few or too many digits for its country; check the number` };
	}
	return { e164, folded, ...(parsed.country === undefined ? {} : { country: parsed.country }) };
}

/** The form for logs, messages and pages: `+12*****10` (rule 13). */
export function maskPhone(phone: string): string {
	return phone.length < 7 ? '*****' : `${phone.slice(0, 3)}*****${phone.slice(-2)}`;
}

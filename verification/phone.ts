import type { CountryCode } from 'libphonenumber-js/max';
import { withoutInvisible } from './invisible';

export interface PhoneNumber {
	/** The number to send to: as typed, in E.164 (docs/reference/verification-rules.md 5). */
	e164: string;
	/** Without the optional digits of Brazil, Mexico and Argentina. Counters, indexes and MACs use it. */
	folded: string;
	/**
	 * ISO 3166-1 alpha-2; absent for numbers of no country, for example satellite phones. If the tables do not know the
	 * number, for example in a new area code, it is the main country of the calling code.
	 */
	country?: string;
}

export interface InvalidPhone {
	invalid: string;
}

/**
 * Some mobile numbers have an optional digit: WhatsApp ids omit or add it. In Brazil, only mobiles that begin with 6 to
 * 9 ever had eight digits. Other eight-digit numbers are landlines of other people, so they must stay different.
 */
const optionalDigits = [
	{ pattern: /^\+55(\d\d)9([6-9]\d{7})$/, folded: '+55$1$2' },
	{ pattern: /^\+521(\d{10})$/, folded: '+52$1' },
	{ pattern: /^\+549(\d{10})$/, folded: '+54$1' },
];

/** Removes the optional digit, so that adding it gives no new attempts (docs/reference/verification-rules.md 7.8). */
export function foldPhone(e164: string): string {
	for (const { pattern, folded } of optionalDigits) {
		if (pattern.test(e164)) return e164.replace(pattern, folded);
	}
	return e164;
}

/** Digits of a national number from which on its block is all but the last four digits. */
const longNational = 8;

/**
 * The number's block: all but its last four digits. Fraud sends to the numbers of one block, one after the other. In a
 * country with short numbers, four digits would be half of the country, so the block is all but the last two.
 */
export async function phonePrefix(folded: string): Promise<string> {
	const { parsePhoneNumberFromString } = await import('libphonenumber-js/max');
	const { nationalNumber = '' } = parsePhoneNumberFromString(folded) ?? {};
	const isShort = nationalNumber !== '' && nationalNumber.length < longNational;
	return folded.slice(0, isShort ? -2 : -4);
}

const writeInFull = 'write it with + and country code';

/** Longer entries are not numbers. The limit without invisible characters is for the parser. */
const maxLength = { typed: 400, visible: 40 };

/**
 * Reads a phone number in any common notation.
 * @param entry with a leading `+`, or national together with `defaultCountry` (ISO 3166-1 alpha-2)
 */
export async function readPhone(entry: unknown, defaultCountry?: string): Promise<PhoneNumber | InvalidPhone> {
	const typed = typeof entry === 'number' ? String(entry) : entry;
	if (typeof typed !== 'string' || typed.trim() === '') {
		const isMissing = typed === undefined || typed === null || typeof typed === 'string';
		return { invalid: `The phone number is ${isMissing ? 'empty' : 'not text'}; ${writeInFull}` };
	}
	const visible = typed.length > maxLength.typed ? typed : withoutInvisible(typed);
	// The plus of a full-width keyboard; the parser reads it as a letter.
	const text = visible.trim().replace(/^\uff0b/, '+');
	if (text.length > maxLength.visible) return { invalid: `The phone number is too long; ${writeInFull}` };
	const phoneNumbers = await import('libphonenumber-js/max');
	const country = defaultCountry?.trim().toUpperCase() || undefined;
	if (country !== undefined && !phoneNumbers.isSupportedCountry(country)) {
		return {
			invalid: `'${country.slice(0, 8)}' is not a country code; set 'Default Country' to two letters, for example US`,
		};
	}
	if (text.startsWith('+')) return parsePhone(phoneNumbers, text);
	if (country === undefined) {
		return {
			invalid: "The phone number has no leading + and country code; add them, or set the option 'Default Country'",
		};
	}
	return parseNational(phoneNumbers, text, country, /^ +[1-9]/.test(visible));
}

/** Loaded on the first use, because its tables are large. */
type PhoneNumbers = typeof import('libphonenumber-js/max');

/** @param text with a leading `+`, or a national number of the country */
function parsePhone(phoneNumbers: PhoneNumbers, text: string, country?: CountryCode): PhoneNumber | InvalidPhone {
	const { parsePhoneNumberFromString } = phoneNumbers;
	const parsed = parsePhoneNumberFromString(text, { extract: false, defaultCountry: country });
	if (parsed === undefined || parsed.ext !== undefined) {
		return { invalid: `'${maskPhone(text)}' is not a phone number; ${writeInFull}, without extension` };
	}
	// Of several zeros, the parser removes one each time. A provider may remove the next one, too, and then reach the
	// same person. So all are removed, and such a spelling has no separate limits.
	const again = parsed.isValid() ? undefined : parsePhoneNumberFromString(parsed.number, { extract: false });
	if (again !== undefined && again.number.length < parsed.number.length) return parsePhone(phoneNumbers, again.number);
	const e164: string = parsed.number;
	const folded = foldPhone(e164);
	// The parser calls Mexico's +521... impossible, but WhatsApp uses it. So the folded form decides.
	const possible = parsed.isPossible() || (folded !== e164 && parsePhoneNumberFromString(folded)?.isPossible());
	if (possible !== true) {
		return { invalid: `${maskPhone(e164)} has too few or too many digits for its country; check the number` };
	}
	return { e164, folded, country: parsed.country ?? parsed.getPossibleCountries()[0] };
}

/**
 * Reads digits without a `+`. They can be an international number that has lost it: a query string makes a space of it.
 * Such a number must not become a national number of another person (docs/reference/verification-rules.md 5.1).
 * @param lostPlus whether a space stands in the place of a `+`
 */
function parseNational(
	phoneNumbers: PhoneNumbers,
	text: string,
	country: CountryCode,
	lostPlus: boolean,
): PhoneNumber | InvalidPhone {
	const { parsePhoneNumberFromString: parse } = phoneNumbers;
	const national = parse(text, { extract: false, defaultCountry: country });
	const international = /^[1-9]/.test(text) ? parse(`+${text}`, { extract: false }) : undefined;
	if (international?.number === national?.number) return parsePhone(phoneNumbers, text, country);
	// 4915112345678 with the default country DE can be a number with Germany's code, or with the area code 4915.
	const hasOwnCode = international?.country === country;
	const isNational = national?.isValid() === true && !hasOwnCode;
	const isInternational = international?.isValid() === true;
	if (lostPlus && isInternational && !isNational) return parsePhone(phoneNumbers, `+${text}`);
	if (!lostPlus && (isNational || !isInternational)) return parsePhone(phoneNumbers, text, country);
	return {
		invalid:
			`'${maskPhone(text)}' may be an international number that has lost its +, which becomes a space in a link; ` +
			writeInFull,
	};
}

/** @returns for example `49` for `DE`; undefined if there is no such country */
export async function callingCodeOf(country: string): Promise<string | undefined> {
	const { getCountryCallingCode, isSupportedCountry } = await import('libphonenumber-js/max');
	const code = country.trim().toUpperCase();
	return isSupportedCountry(code) ? getCountryCallingCode(code) : undefined;
}

/** The form for logs, messages and pages: `+12*****10` (docs/reference/verification-rules.md 1.13). */
export function maskPhone(phone: string): string {
	return phone.length < 7 ? '*****' : `${phone.slice(0, 3)}*****${phone.slice(-2)}`;
}

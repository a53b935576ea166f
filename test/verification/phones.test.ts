import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { maskPhone, readPhone } from '../../verification/phone';
import { containing } from '../support/matchers';
import { stores } from './stores';
import { minute, openVerifier, type Verifier, wrongCodes } from './verifier';

/**
 * An optional digit makes two forms of one WhatsApp account (docs/reference/verification-rules.md 5).
 */
const toggled: Array<[country: string, one: string, other: string]> = [
	['Brazil', '+5511987654321', '+551187654321'],
	['Mexico', '+5215512345678', '+525512345678'],
	['Argentina', '+5491123456789', '+541123456789'],
];

describe.each(stores)('Phone numbers, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	describe.each([...toggled, ...toggled.map(([country, a, b]): [string, string, string] => [country, b, a])])(
		'of %s, in its forms %s and %s',
		(_, typed, other) => {
			test('share the cool-down, and each send goes to the number as it was typed', async () => {
				const first = await verifier.send({ to: typed });
				expect(first.verification.to).toBe(typed);
				expect((await verifier.refused({ to: other })).result).toBe('cooldown');
				verifier.clock.advance(minute);
				const next = await verifier.send({ to: other });
				expect([next.isResend, next.verification.to]).toEqual([false, other]);
				verifier.clock.advance(minute);
				const resent = await verifier.resend(first);
				expect(resent.verification.to).toBe(typed);
				expect((await verifier.check('', resent.code, { to: other })).result).toBe('approved');
			});

			test('share the limit of sends', async () => {
				const forms = [typed, other, typed, other];
				for (const [i, to] of forms.entries()) await verifier.send({ to, purpose: `p${i}` });
				expect((await verifier.refused({ to: other, purpose: 'x' })).limit).toBe('sends per phone in 10 minutes');
			});

			test('share the failed checks', async () => {
				const purposes = ['a', 'b', 'c'];
				for (const purpose of purposes) {
					const sent = await verifier.send({ to: typed, purpose });
					for (const code of wrongCodes(sent.code, 5)) await verifier.check(sent, code, { purpose });
				}
				verifier.clock.advance(10 * minute);
				expect((await verifier.refused({ to: other })).limit).toBe('failed checks per phone in 24 hours');
			});
		},
	);

	test.each([
		["Brazil's mobile and the landline that is the rest of it", '+5511934567890', '+551134567890'],
		['Brazilian area codes', '+5511987654321', '+5521987654321'],
		['countries', '+5215512345678', '+15512345678'],
	])('are different for %s', async (_, mine, theirs) => {
		const sent = await verifier.send({ to: mine });
		const other = await verifier.send({ to: theirs });
		expect([other.isResend, other.verification.to]).toEqual([false, theirs]);
		expect((await verifier.check('', other.code, { to: mine })).result).not.toBe('approved');
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test.each([
		['+1 (201) 555-0123', undefined, '+12015550123'],
		['＋12015550123', undefined, '+12015550123'],
		['＋１２０１５５５０１２３', undefined, '+12015550123'],
		['+١٢٠١٥٥٥٠١٢٣', undefined, '+12015550123'],
		[' +1 201 555 0123 ', 'DE', '+12015550123'],
		['(201) 555-0123', 'us', '+12015550123'],
		[2015550123, 'US', '+12015550123'],
		['030 123456', 'DE', '+4930123456'],
		['0151 12345678', ' de ', '+4915112345678'],
		['11 98765-4321', 'BR', '+5511987654321'],
		// Satellite phones belong to no country.
		['+881612345678', undefined, '+881612345678'],
	])('%p with default country %p becomes %s', async (to, country, e164) => {
		const sent = await verifier.send({ to, defaultCountry: country });
		expect(sent.verification.to).toBe(e164);
	});

	test.each([
		['2015550123', undefined, /Default Country/],
		['+1201555', undefined, /too few or too many digits/],
		['+12015550123456', undefined, /too few or too many digits|not a phone number/],
		['+12015550123 ext. 5', undefined, /not a phone number/],
		['call +12015550123 now', 'US', /not a phone number/],
		['+12015550123', 'XX', /'XX' is not a country code/],
		['+999123456789', undefined, /not a phone number/],
	])('%p with default country %p is refused', async (to, country, reason) => {
		const refusal = await verifier.refused({ to, defaultCountry: country });
		expect(refusal.result).toBe('invalid_phone');
		expect(refusal.reason).toMatch(reason);
		expect(refusal.reason.replaceAll(/\D/g, '')).not.toMatch(/201555012/);
		const checked = await verifier.engine.check({
			code: '123456',
			namespace: 'default',
			purpose: 'authentication',
			by: { phone: to, defaultCountry: country },
		});
		expect(checked).toEqual({ result: 'malformed', reason: refusal.reason });
	});

	test('are masked in such a way that they can not be called', () => {
		expect(['+12015550110', '+12', ''].map(maskPhone)).toEqual(['+12*****10', '*****', '*****']);
	});
});

/* From public reports: paying people in new area codes were locked out by 'Allowed Countries'. */
describe.each(stores)('Allowed countries, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	test.each([
		['+16792015555', ['US']],
		['+14572015555', ['us', 'CA']],
		['+14652015555', ['US']],
		['+447700900123', ['GB']],
		['+262639123456', ['YT', 'RE']],
	])('let %s through, whose area code is newer than the tables: %j', async (to, allowedCountries) => {
		expect((await verifier.send({ to, allowedCountries })).verification.to).toBe(to);
	});

	test.each([
		['+76001234567', ['KZ'], 'RU'],
		['+16792015555', ['CA'], 'US'],
		['+870773111632', ['US'], 'no single country'],
	])('refuse %s if only %j is allowed', async (to, allowedCountries, country) => {
		const refused = await verifier.refused({ to, allowedCountries });
		expect(refused).toMatchObject({ result: 'blocked_country', reason: containing(`belongs to ${country}`) });
	});
});

/* From public reports: what people paste and post. No code may go to a stranger, and a good number is not refused. */
describe('A phone number', () => {
	const read = async (entry: unknown, country?: string) => {
		const phone = await readPhone(entry, country);
		return 'invalid' in phone ? phone.invalid : phone.e164;
	};

	test.each([
		['\u202a+12015550123\u202c'],
		['\u202d+1 (201) 555-0123\u202c'],
		['\u2066+12015550123\u2069'],
		['\u2067+12015550123\u2069 \u200b'],
		['\u200e+12015550123'],
		['\u061c+12015550123'],
		['+1\u00ad201\u00ad5550123'],
		['+1\ufe0d-201-555-0123'],
		['+1\ufe0f\u20e3201\u{e0101}5550123'],
		['\ufeff \u202a\uff0b12015550123'],
	])('with invisible characters is read: %j', async (entry) => {
		expect(await read(entry)).toBe('+12015550123');
	});

	test('of a country is read without its invisible characters', async () => {
		expect(await read('\u202a2015550123\u202c', 'US')).toBe('+12015550123');
	});

	test('that is only invisible characters is refused', async () => {
		expect(await read('\u202a\u202c')).toContain('has no leading + and country code');
		expect(await read('\u200b'.repeat(500))).toContain('is too long');
	});

	test.each([
		[' 12015550123', 'DE', '+12015550123'],
		[' 4915112345678', 'DE', '+4915112345678'],
		['12015550123', 'US', '+12015550123'],
		['919876543210', 'IN', '+919876543210'],
		[' 015112345678', 'DE', '+4915112345678'],
		['2015550123', 'US', '+12015550123'],
		[' (201) 555-0123', 'US', '+12015550123'],
		['\n2015550123\t', 'US', '+12015550123'],
	])('%j, with the default country %s, is %s', async (entry, country, expected) => {
		expect(await read(entry, country)).toBe(expected);
	});

	test.each([
		[' 6591234567', 'US', '+6591234567'],
		[' 12015550123', 'DE', '+12015550123'],
	])('%j, which has lost its +, does not become a number of %s', async (entry, country, expected) => {
		expect(await read(entry, country)).toBe(expected);
	});

	test.each([
		// Both ways are valid, or only the national one is.
		[' 2015550123', 'US'],
		[' 2299712345', 'US'],
		[' 6591234567', 'DE'],
		// The country's own code, or an area code with the same digits.
		['4915112345678', 'DE'],
		// Without the space: not valid at home, but valid with a +.
		['12015550123', 'DE'],
		['6591234567', 'US'],
		[12015550123, 'DE'],
	])('%j, with the default country %s, is refused, because it may have lost its +', async (entry, country) => {
		expect(await read(entry, country)).toMatch(/may be an international number that has lost its \+/);
	});

	test.each([
		['+16792015555', 'US'],
		['+14572015555', 'US'],
		['+14652015555', 'US'],
		['+447700900123', 'GB'],
		['+76001234567', 'RU'],
		['+262639123456', 'RE'],
		['+77012345678', 'KZ'],
		['+16585550123', 'JM'],
		['+870773111632', undefined],
	])('%s, in the tables or not, is of the country %s', async (entry, country) => {
		expect(await readPhone(entry)).toMatchObject({ e164: entry, country });
	});
});

// A number with two zeros after the country code had another key than the same number without them. A provider that
// reads it as the parser does sends to the same person. So each such spelling had separate limits.
describe('A number with prefixes that the parser removes', () => {
	test.each([
		['+43 00 664 123456', '+43664123456'],
		['+43 000 664 123456', '+43664123456'],
		['+44 00 7400 123456', '+447400123456'],
		['+91 00 81234 56789', '+918123456789'],
	])('%s counts as %s', async (typed, e164) => {
		expect(await readPhone(typed)).toEqual(await readPhone(e164));
		expect(await readPhone(typed)).toMatchObject({ e164, folded: e164 });
	});

	test('has one form in every country: reading it again changes nothing', async () => {
		for (const country of getCountries()) {
			const example = getExampleNumber(country, examples);
			for (const prefix of ['', '0', '00', '000', '01', '1', '8', '9']) {
				const read = await readPhone(`+${example?.countryCallingCode}${prefix}${example?.nationalNumber}`);
				if ('e164' in read) expect(await readPhone(read.e164)).toEqual(read);
			}
		}
	});
});

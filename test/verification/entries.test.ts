import { readCode } from '../../verification/code';
import type { Policy } from '../../verification/policy';
import { stores } from './stores';
import { openVerifier, phoneNumber, type Verifier, wrong } from './verifier';

/** The same digits from other keyboards. */
const digitsFrom = (zero: number) => (code: string) =>
	code.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
const fullWidth = digitsFrom(0xff10);
const arabicIndic = digitsFrom(0x660);
const persian = digitsFrom(0x6f0);

describe.each(stores)('An entered code, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	/** Sends until the code fulfils the condition. */
	const sendUntil = async (accepts: (code: string) => boolean, policy: Partial<Policy> = {}) => {
		for (let i = 0; ; i += 1) {
			const sent = await verifier.send({ policy, to: phoneNumber(i) });
			if (accepts(sent.code)) return sent;
		}
	};

	test.each<[form: string, write: (code: string) => unknown]>([
		['as it was sent', (code) => code],
		['with spaces around it', (code) => ` ${code}\n`],
		['in two halves', (code) => `${code.slice(0, 3)} ${code.slice(3)}`],
		['with a dash', (code) => `${code.slice(0, 3)}-${code.slice(3)}`],
		['with a long dash and a hard space', (code) => `${code.slice(0, 3)}\u00a0\u2013\u00a0${code.slice(3)}`],
		['with marks that copying adds', (code) => `\u200e\ufeff${code}\u200b`],
		['between marks for the direction of text', (code) => `\u202a${code}\u202c`],
		['between isolates, with a soft hyphen', (code) => `\u2067${code.slice(0, 3)}\u00ad${code.slice(3)}\u2069`],
		['in digits of keys', (code) => code.replace(/\d/g, '$&\ufe0f\u20e3')],
		['in full-width digits', fullWidth],
		['in Arabic-Indic digits', arabicIndic],
		['in Persian digits', persian],
		['in digits of two kinds', (code) => fullWidth(code.slice(0, 3)) + persian(code.slice(3))],
	])('%s is approved', async (_, write) => {
		const sent = await verifier.send();
		expect(await verifier.results(sent, write(sent.code))).toEqual(['approved']);
	});

	test.each<[form: string, entry: unknown]>([
		['nothing', undefined],
		['null', null],
		['an empty text', ''],
		['spaces', '      '],
		['true', true],
		['an array', ['123456']],
		['an array of digits', [1, 2, 3, 4, 5, 6]],
		['an object', { code: '123456' }],
		['an object that passes for text', { toString: () => '123456', length: 6 }],
		['a fraction', 123_456.5],
		['a negative number', -123_456],
		['no number', Number.NaN],
		['infinity', Number.POSITIVE_INFINITY],
		['a bigint', 123_456n],
		['five digits', '12345'],
		['seven digits', '1234567'],
		['a number of seven digits', 1_234_567],
		['a huge number', 1e21],
		['letters', 'abcdef'],
		['a letter among digits', '12345O'],
		['digits of a script that is not supported', '१२३४५६'],
		['a sign', '+12345'],
		['exponents', '1234e5'],
		['hexadecimal', '0x1234'],
		['a separator of thousands', '123,456'],
		['10 kB', '1'.repeat(10_000)],
		['10 kB of spaces around six digits', `${' '.repeat(10_000)}123456`],
		['a ligature that unfolds to a long text', '\ufdfa'.repeat(60)],
		['a zero byte', '12345\0'],
		['half of a surrogate pair', '12345\ud83d'],
	])('that is %s is malformed and uses no attempt', async (_, entry) => {
		const sent = await verifier.send();
		for (let i = 0; i < 6; i += 1) {
			expect(await verifier.check(sent, entry)).toMatchObject({
				result: 'malformed',
				verification: { status: 'pending', attemptsRemaining: 5 },
			});
		}
		expect((await verifier.check(sent, entry)).reason).toMatch(/^Expected a code of 6 characters/);
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('may be a number with all its digits, right or wrong', async () => {
		const sent = await sendUntil((code) => !code.startsWith('0') && !wrong(code).startsWith('0'));
		const entries = [Number(wrong(sent.code)), Number(sent.code)];
		expect(await verifier.results(sent, ...entries)).toEqual(['invalid_code', 'approved']);
	});

	test('that is a number without its leading zeros is malformed, with a hint', async () => {
		const sent = await sendUntil((code) => code.startsWith('0'));
		const { result, reason, verification } = await verifier.check(sent, Number(sent.code));
		expect([result, verification?.attemptsRemaining]).toEqual(['malformed', 5]);
		expect(reason).toMatch(/leading zeros.*as text/);
		expect(reason).not.toContain(String(Number(sent.code)));
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('may have small letters if the code is alphanumeric', async () => {
		const policy = { codeAlphabet: 'alphanumeric', codeLength: 8 } as const;
		const sent = await sendUntil((code) => /[A-Z]/.test(code), policy);
		const entry = ` ${sent.code.slice(0, 4).toLowerCase()}-${sent.code.slice(4).toLowerCase()}`;
		expect(await verifier.results(sent, sent.code.slice(1), `${sent.code}A`, 'ÄÖÜÄÖÜÄÖ')).toEqual(
			Array<string>(3).fill('malformed'),
		);
		expect(await verifier.results(sent, '22222222', entry)).toEqual(['invalid_code', 'approved']);
	});

	test.each(['234567', 234567])(
		'of digits only, %p, is also read as an alphanumeric code without a letter',
		(entry) => {
			expect(readCode(entry)).toContainEqual({ canonical: '234567', shapes: ['x6', 'd6', 'a6', 't6'] });
		},
	);

	test.each(['digits', 'alphanumeric'] as const)('of eight %s characters is approved', async (codeAlphabet) => {
		const sent = await verifier.send({ policy: { codeAlphabet, codeLength: 8 } });
		expect(sent.code).toHaveLength(8);
		expect(await verifier.results(sent, sent.code.slice(2), sent.code)).toEqual(['malformed', 'approved']);
	});

	test.each([
		['123456', 123_456, 'approved'],
		['012345', 12_345, 'malformed'],
		['012345', '012345', 'approved'],
		['AB-CD-EF', 'abcdef', 'invalid_code'],
		['AB-CD-EF', 'ABCDEF', 'approved'],
		['AB-CD-EF', 'ＡＢ ＣＤ ＥＦ', 'approved'],
		['999999999999999', 999_999_999_999_999, 'approved'],
		['J$FpnYnP', 'J$FpnYnP', 'approved'],
		['J$FpnYnP', 'J$FpnYnp', 'invalid_code'],
		['__proto__', '__proto__', 'approved'],
		['%_%_%_', 'aaaaaa', 'invalid_code'],
		["' OR '1'='1", "'OR'1'='1", undefined],
	])("for the builder's own code %s, %p is %s", async (customCode, entry, result) => {
		if (result === undefined) await expect(verifier.send({ customCode })).rejects.toThrow(/no spaces/);
		else expect(await verifier.results(await verifier.send({ customCode }), entry)).toEqual([result]);
	});

	test('must have the form of the newest code', async () => {
		const first = await verifier.send({ policy: { codeAlphabet: 'alphanumeric', codeLength: 8 } });
		verifier.clock.advance(30_000);
		const next = await verifier.resend(first);
		expect(await verifier.results(first, first.code, next.code)).toEqual(['malformed', 'approved']);
	});
});

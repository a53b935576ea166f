import { randomBytes } from 'node:crypto';
import { codeLengths, generateCode } from '../../verification/code';

const million = 1_000_000;

/** How far the characters at each position are from equally likely. About `symbols - 1` for equally likely ones. */
function chiSquared(codes: string[], symbols: string, length: number): number[] {
	const expected = codes.length / symbols.length;
	return Array.from({ length }, (_, at) => {
		const seen = new Array<number>(128).fill(0);
		for (const code of codes) {
			const symbol = code.charCodeAt(at);
			seen[symbol] = (seen[symbol] ?? 0) + 1;
		}
		const counts = [...symbols].map((symbol) => seen[symbol.charCodeAt(0)] ?? 0);
		return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
	});
}

const aMillion = (make: () => string) => Array.from({ length: million }, make);

/** A million codes with the mistake that the statistic has to catch: a random byte, modulo ten. */
function biasedCodes(): string[] {
	// All bytes in one call: a million calls take five seconds.
	const bytes = randomBytes(6 * million);
	return Array.from({ length: million }, (_, at) => {
		let code = '';
		for (const byte of bytes.subarray(6 * at, 6 * at + 6)) code += byte % 10;
		return code;
	});
}

describe('Generated codes', () => {
	/** A correct generator exceeds its `limit` about once in ten million positions. */
	const digits = { symbols: '0123456789', limit: 50.5 };
	const alphanumerics = { symbols: '23456789ABCDEFGHJKMNPQRSTUVWXYZ', limit: 90.6 };
	const sixDigits = aMillion(() => generateCode('digits', 6).code);

	test('have equally likely digits at each position, in a million codes of six digits', () => {
		expect(Math.max(...chiSquared(sixDigits, digits.symbols, 6))).toBeLessThan(digits.limit);
	});

	test('keep leading zeros: every code has six digits, and one in ten begins with 0', () => {
		expect(sixDigits.every((code) => /^[0-9]{6}$/.test(code))).toBe(true);
		const zeros = sixDigits.filter((code) => code.startsWith('0')).length;
		expect(Math.abs(zeros - million / 10)).toBeLessThan(6 * Math.sqrt(million * 0.1 * 0.9));
	});

	test('have equally likely alphanumeric characters, without those that people confuse', () => {
		const codes = aMillion(() => generateCode('alphanumeric', 6).code);
		expect(Math.max(...chiSquared(codes, alphanumerics.symbols, 6))).toBeLessThan(alphanumerics.limit);
		expect(codes.some((code) => /[^2-9A-Z]|[ILO]/.test(code))).toBe(false);
	});

	test('the same statistic catches the bias of a byte modulo ten', () => {
		expect(Math.min(...chiSquared(biasedCodes(), digits.symbols, 6))).toBeGreaterThan(digits.limit);
	});

	test.each(['digits', 'alphanumeric'] as const)(
		'can be %s of every allowed length, and of no other length',
		(alphabet) => {
			const { min, max } = codeLengths[alphabet];
			for (let length = min; length <= max; length += 1) {
				expect(generateCode(alphabet, length).code).toHaveLength(length);
			}
			for (const length of [min - 1, max + 1, 0, -6, 6.5, Number.NaN, Number.POSITIVE_INFINITY]) {
				expect(() => generateCode(alphabet, length)).toThrow(`must be ${min} to ${max} for ${alphabet}`);
			}
		},
	);
});

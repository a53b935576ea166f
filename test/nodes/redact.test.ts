/**
 * Found by an attack: a provider quoted a code with blanks between its digits, and the code stood in the output. So a
 * code and a number are removed in each spelling that a provider may use.
 */
import fc from 'fast-check';
import { redact } from '../../nodes/shared/redact';

const code = '493817';
const phone = '+12015550123';
const clean = (text: string, secrets = [code, phone, phone.slice(1)]) => redact({ title: text }, secrets).title;

describe('A code in the words of a provider', () => {
	it.each([
		['as it was sent', 'Code 493817 refused', 'Code ***** refused'],
		['with blanks', 'Code 4 9 3 8 1 7 refused', 'Code ***** refused'],
		['in two groups', 'Code 493 817 refused', 'Code ***** refused'],
		['with a dash', 'Code 493-817 refused', 'Code ***** refused'],
		['with a long dash', 'Code 493–817 refused', 'Code ***** refused'],
		['with a comma for thousands', 'Code 493,817 refused', 'Code ***** refused'],
		['with dots', 'Code 4.9.3.8.1.7 refused', 'Code ***** refused'],
		['with line breaks', '4\n9\n3\n8\n1\n7', '*****'],
		['with no-break blanks', '493\u00a0817', '*****'],
		['with zero-width blanks', '493\u200b817', '*****'],
		['as a list', '["4", "9", "3", "8", "1", "7"]', '["*****"]'],
		['in bold digits', 'Code *4* *9* *3* *8* *1* *7*', 'Code *******'],
		['in full-width digits', 'Code ４９３８１７ refused', 'Code ***** refused'],
		['in Arabic-Indic digits', 'Code ٤٩٣٨١٧ refused', 'Code ***** refused'],
		['in Persian digits', 'Code ۴۹۳۸۱۷ refused', 'Code ***** refused'],
		['in Devanagari digits', 'Code ४९३८१७ refused', 'Code ***** refused'],
		['in mathematical digits', 'Code 𝟒𝟗𝟑𝟖𝟏𝟕 refused', 'Code ***** refused'],
		['as keycaps', '4️⃣9️⃣3️⃣8️⃣1️⃣7️⃣', '*****\ufe0f⃣'],
		['in a URL', 'https://wa.me/?text=493%20817&a=b', 'https://wa.me/?text=*****&a=b'],
		['as escapes of a URL', 'text=%34%39%33%38%31%37', 'text=*****'],
		['as entities', '493&nbsp;817 and &#52;93817', '***** and *****'],
		['between tags', '<b>493</b><i class="x">817</i>', '<b>*****</i>'],
		['as escapes of JSON', String.raw`493\u0020817 \u00349381\u0037`, '***** *****'],
		['twice', '493817 493 817', '***** *****'],
		['in a longer number', 'id 14938170', 'id 1*****0'],
	])('is hidden %s', (_, text, hidden) => {
		expect(clean(text)).toBe(hidden);
	});

	it.each([
		['letters in lower case', 'K7XM2P', 'your code k7-xm-2p', 'your code *****'],
		['leading zeros that were lost', '001234', 'Code 1234 refused', 'Code ***** refused'],
		['symbols only', '!?$%&/', 'Code !?$%&/ refused', 'Code ***** refused'],
		['a plus', 'A+B+C+D', 'Code A B C D refused', 'Code ***** refused'],
	])('is hidden if it has %s', (_, secret, text, hidden) => {
		expect(clean(text, [secret])).toBe(hidden);
	});
});

describe('A number in the words of a provider', () => {
	it.each([
		['as it was sent', 'to +12015550123 failed', 'to ***** failed'],
		['without the plus', 'to 12015550123 failed', 'to ***** failed'],
		['with blanks and brackets', 'to +1 (201) 555-0123 failed', 'to ***** failed'],
		['without the country code', 'to (201) 555-0123 failed', 'to (***** failed'],
		['with two zeros', 'to 0012015550123 failed', 'to 00***** failed'],
		['with a full-width plus and digits', 'to ＋１２０１５５５０１２３ failed', 'to ***** failed'],
		['in a URL', 'to=%2B1%20201%20555%200123', 'to=%2B*****'],
	])('is hidden %s', (_, text, hidden) => {
		expect(clean(text)).toBe(hidden);
	});

	it.each([
		['of Brazil without the 9', '+5511987654321', '551187654321', '5511*****'],
		['of Mexico with the 1', '+525512345678', '+52 1 55 1234 5678', '+52 1 *****'],
		['of Argentina without the 9', '+5491123456789', '541123456789', '54*****'],
		['of Saint Helena without the country code', '+29022158', 'to 22158', 'to *****'],
	])('%s is hidden', (_, number, text, hidden) => {
		expect(clean(text, [number])).toBe(hidden);
	});
});

describe('Other words of a provider', () => {
	it.each([
		'(#131026) Message undeliverable',
		'Error 4938 at 17:00',
		'49381 and 93817',
		'4 messages, 9 templates, 38 errors, 17 retries',
		'Try again in 5550 s, or call 0123',
		'<b>50% & more</b> %zz &#xffffff; \\u12 &unknown;',
		'',
	])('stay as they are: %s', (text) => {
		expect(clean(text)).toBe(text);
	});
});

describe('The search for secrets', () => {
	const digits = fc.stringMatching(/^[0-9]{6,8}$/);
	const gap = fc.stringMatching(/^[-\s.,·()/\u00a0\u200b"']{0,8}$/);
	const zeros = [0x30, 0xff10, 0x660, 0x6f0, 0x966, 0x1d7ce];
	/** A character of another spelling of a digit. */
	const spelling = fc.constantFrom(...zeros);
	/** The digits of a text, of any script, without all that stands between them. */
	const digitsOf = (text: string) =>
		Array.from(text, (character) => {
			const point = character.codePointAt(0) ?? 0;
			const zero = zeros.find((first) => point >= first && point < first + 10);
			return zero === undefined ? '' : String(point - zero);
		}).join('');

	it('finds a code with any gaps, in digits of any script', () => {
		fc.assert(
			fc.property(
				digits,
				fc.array(fc.tuple(gap, spelling), { minLength: 8, maxLength: 8 }),
				fc.stringMatching(/^[a-z ]{0,40}$/),
				(secret, spellings, around) => {
					const spelled = [...secret].map((digit, i) => {
						const [between = '', zero = 0x30] = spellings[i] ?? [];
						return (i === 0 ? '' : between) + String.fromCodePoint(zero + Number(digit));
					});
					const hidden = clean(`${around}x${spelled.join('')}x${around}`, [secret]) ?? '';
					expect(digitsOf(hidden)).not.toContain(secret);
					expect(hidden).toBe(`${around}x*****x${around}`);
				},
			),
			{ numRuns: 2000 },
		);
	});

	it('answers for any text and any secret', () => {
		const text = fc.string({ unit: 'binary', maxLength: 200 });
		const markup = fc.array(fc.constantFrom('%', '&#', ';', '<', '>', '\\u', '4', '%34', 'a', ' '), { maxLength: 60 });
		fc.assert(
			fc.property(
				fc.oneof(
					text,
					markup.map((parts) => parts.join('')),
				),
				text,
				(words, secret) => {
					const hidden = clean(words, [secret, code, phone]) ?? '';
					if (secret !== '') expect(hidden.replaceAll('*****', '')).not.toContain(code);
				},
			),
			{ numRuns: 2000 },
		);
	});

	it.each([
		['one digit', '4'],
		['a code', '493817 '],
		['half a code', '493 '],
		['open tags', '<a '],
		['percent signs', '%34%3'],
		['entities', '&#52'],
		['blanks', ' '],
	])('takes ten times as long for a text that is ten times as long: %s', (_, part) => {
		// Time of this process alone, and the best of three: other processes of a busy machine do not count.
		const timeOf = (length: number) => {
			const text = part.repeat(Math.ceil(length / part.length));
			const times = [1, 2, 3].map(() => {
				const start = process.cpuUsage();
				expect(clean(text)?.length).toBeLessThanOrEqual(length + 1);
				const { user, system } = process.cpuUsage(start);
				return user + system;
			});
			return Math.min(...times);
		};
		// At least 5 ms, because a shorter time is mostly noise.
		const short = Math.max(timeOf(1_000_000), 5000);
		// A search that goes back over the text would take a hundred times as long.
		expect(timeOf(10_000_000) / short).toBeLessThan(40);
	});

	it('finds a secret that stands across the end of the words that it keeps', () => {
		const hidden = clean(`${'x'.repeat(9_997)}4 9 3 8 1 7${'x'.repeat(100)}`);
		expect(hidden).toBe(`${'x'.repeat(9_997)}*****…`);
	});
});

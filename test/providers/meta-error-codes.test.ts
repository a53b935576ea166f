import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorEntry } from '../../providers';
import { metaErrors, metaSources, metaSubcodes, type MetaErrorEntry } from '../../providers/meta/error-codes';
import { explainCode } from '../../providers/meta/errors';
import { containing } from '../support/matchers';

const reference = readFileSync(join(__dirname, '../../docs/reference/providers.md'), 'utf8');
const section = reference.slice(reference.indexOf('### 1.7 Errors'), reference.indexOf('#### 1.7.1'));

/** Every code of a table of the reference with its class and source. @param head the first cell of the table */
function listed(head: string): string[] {
	const [, table = ''] = section.split(new RegExp(`\\| ${head} +\\|.*\\n\\|[ -|]+\\n`));
	const rows =
		table
			.split('\n\n')[0]
			?.split('\n')
			.filter((line) => line.startsWith('|')) ?? [];
	return rows.flatMap((line) => {
		const cells = line.split('|').map((cell) => cell.trim());
		const [codes = '', source, errorClass] = [cells[1], cells.at(-2), cells.at(-3)];
		return codes.split(', ').flatMap((code) => {
			const [from = NaN, to = from] = code.split('-').map(Number);
			const all = Array.from({ length: to - from + 1 }, (_, index) => from + index);
			return all.map((one) => `${one} ${errorClass} ${source}`);
		});
	});
}

const inTable = (table: readonly MetaErrorEntry[]) =>
	table.flatMap(({ errorCodes, class: errorClass, source }) =>
		errorCodes.map((code) => `${code} ${errorClass} ${source}`),
	);

describe("The tables of Meta's error codes", () => {
	it.each([
		['codes', 'Code', metaErrors],
		['subcodes', 'Subcode', metaSubcodes],
	])('have the same %s as the reference, with class and source', (_what, head, table) => {
		expect(listed(head).length).toBeGreaterThan(10);
		expect(inTable(table).sort()).toEqual(listed(head).sort());
	});

	it('have each code once, and the date of each source', () => {
		for (const table of [metaErrors, metaSubcodes]) {
			const codes = table.flatMap(({ errorCodes }) => errorCodes);
			expect(new Set(codes).size).toBe(codes.length);
		}
		for (const source of Object.values(metaSources)) expect(source).toMatch(/202\d/);
	});

	/** What a person meets in the first hours, and the place to click that the words must name. */
	it.each([
		[131030, 'API Setup'],
		[131037, 'WhatsApp Manager > Account Tools > Phone Numbers'],
		[131042, 'Billing & Payments'],
		[131044, 'Billing & Payments'],
		[131045, 'WhatsApp Manager > Account Tools > Phone Numbers'],
		[132001, 'WhatsApp Manager > Message Templates'],
		[133010, 'API Setup'],
		[190, 'Business Settings > Users > System Users'],
		[10, 'Business Settings > Users > System Users'],
		[803, 'API Setup'],
		[2500, "'Base URL'"],
		[17, 'system user'],
		[4, 'Application Rate Limit'],
	])('say for %d where to click: %s', (code, place) => {
		expect(explainCode(code).fix).toContain(place);
	});

	it('say for every subcode of 190 how to get a token', () => {
		const token = metaSubcodes.filter(({ errorCodes }) =>
			errorCodes.some((code) => Number(code) > 400 && Number(code) < 500),
		);
		expect(token.filter(({ fix }) => !fix.includes('System Users'))).toEqual([]);
		expect(token.length).toBeGreaterThan(4);
	});

	it('end no sentence with a full stop, and begin it with a capital letter', () => {
		const wrong = ({ what, fix }: ErrorEntry) => [what, fix].some((words) => !/^[A-Z].*[^.]$/.test(words));
		expect([...metaErrors, ...metaSubcodes].filter(wrong)).toEqual([]);
	});
});

describe('An error code of Meta in a webhook', () => {
	it.each([
		[132_099, 'template'],
		[133_099, 'account'],
		[138_099, 'permanent'],
		['137099', 'recipient'],
		[999_999, 'permanent'],
	])('that no table has, %s, has the class %s and words with the code', (code, errorClass) => {
		expect(explainCode(code)).toMatchObject({ class: errorClass, what: containing(String(code)) });
		expect(explainCode(code).mayHaveArrived ?? false).toBe(false);
	});
});

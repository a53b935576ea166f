import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { holds, inTurns, resultOf } from '../../bench/support/figure';
import { figures } from '../../bench/support/figures';
import { plainTable, withPerformance } from '../../bench/support/table';

const page = readFileSync(join(resolve(__dirname, '../..'), 'docs/performance.md'), 'utf8');

const about = { name: 'checks', unit: 'checks/s', peer: 'a statement' };
const figure = { ...about, title: 'Checks', measure: async () => [] };
const resultWith = (value: number, peerValue: number) => resultOf(about, [{ value, peerValue }]);

test('the table of docs/performance.md has a row for every figure, and no other (npm run bench -- --write)', () => {
	const [, table = ''] = /<!-- performance -->\n([\s\S]*?)<!-- \/performance -->/.exec(page) ?? [];
	const named = [...table.matchAll(/^\| .*\(([\w.]+)\) \|/gm)].map(([, name]) => name);
	expect(named).toEqual(figures.map(({ name }) => name));
});

test('docs/performance.md explains the name of every figure', () => {
	const [explained = ''] = page.split('<!-- performance -->');
	const missing = figures.filter(({ name }) => !explained.includes(`\`${name}\``));
	expect(missing.map(({ name }) => name)).toEqual([]);
});

test('a result is the round in the middle, with its own two values', () => {
	const samples = [
		{ value: 90, peerValue: 100 },
		{ value: 1, peerValue: 100 },
		{ value: 500, peerValue: 100 },
	];
	expect(resultOf(about, samples)).toEqual({ ...about, value: 90, peerValue: 100, ratio: 0.9 });
	expect(Object.keys(resultOf(about, samples))).toEqual(['name', 'value', 'unit', 'peer', 'peerValue', 'ratio']);
});

test('who goes first takes turns, and the first round is not told', async () => {
	const begun: string[] = [];
	const prepare = () => ({ ours: [() => begun.push('ours')], peers: [() => begun.push('peer')] });
	expect(await inTurns(2, prepare, (milliseconds) => milliseconds)).toHaveLength(2);
	expect(begun).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer']);
});

test('a figure without a round is none', () => {
	expect(() => resultOf(about, [])).toThrow('checks has measured nothing');
});

test('a bound is held up to the bound itself, and what is only told always holds', () => {
	const slow = resultWith(89, 100);
	const fast = resultWith(90, 100);
	expect([slow, fast].map((result) => holds({ bound: { atLeast: 0.9 } }, result))).toEqual([false, true]);
	expect([slow, fast].map((result) => holds({ bound: { atMost: 0.89 } }, result))).toEqual([true, false]);
	expect(holds({}, slow)).toBe(true);
});

test('a table says what was missed, and of which machine it tells', () => {
	const missed = { figure: { ...figure, bound: { atLeast: 0.9 } }, result: resultWith(12_345, 20_000) };
	expect(plainTable([missed])).toMatch(
		/12,000 checks\/s +20,000 checks\/s: a statement +0\.62 +at least 0\.9: MISSED$/,
	);
	const written = withPerformance('before <!-- performance -->old<!-- /performance --> after', [missed]);
	expect(written).toMatch(
		/^before <!-- performance -->\n\| Figure [\s\S]* \d+ cores [\s\S]*<!-- \/performance --> after$/,
	);
	expect(written).not.toContain('old');
});

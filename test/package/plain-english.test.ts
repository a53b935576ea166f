import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

/** Words that a reader of simple English has to read twice (CONTRIBUTING.md, 'Words'). */
const avoided = [
	'whoever',
	'whatever',
	'somebody',
	'nobody',
	'of ours(?!\\.)',
	'of its own',
	'by itself',
	'what became of',
	'a moment ago',
	'so many',
	'broke off inside',
	'that is none',
	'which is none',
	'is asked too often',
	'mend',
	'mends',
	'mended',
	'mending',
];

/** A comment or paragraph may break between two words. */
const gap = '[\\s*/]+';
const pattern = new RegExp(`\\b(?:${avoided.map((word) => word.replaceAll(' ', gap)).join('|')})\\b`, 'gi');

/** This file names the words. */
const exempt = new Set(['test/package/plain-english.test.ts']);

/** What a person reads: everything but data, generated lockfiles and pictures. */
const isRead = (file: string): boolean =>
	/\.(?:ts|js|mjs|cjs|md|html|css|ya?ml|sh)$/.test(file) || file === '.ci/run' || /^examples\/.*\.json$/.test(file);

/** @returns a line for each word to avoid: place and word */
function wordsToAvoid(file: string, text: string): string[] {
	return [...text.matchAll(pattern)].map(({ 0: words, index }) => {
		const line = text.slice(0, index).split('\n').length;
		return `${file}:${line} ${words.toLowerCase().split(new RegExp(gap)).join(' ')}`;
	});
}

function trackedFiles(): string[] {
	const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
		cwd: root,
		encoding: 'utf8',
	});
	return files.split('\n').filter((file) => isRead(file) && !exempt.has(file) && existsSync(join(root, file)));
}

describe('words that a reader has to read twice', () => {
	it.each([
		['a sentence with Whoever', 'Whoever sends a code', ['page.md:1 whoever']],
		['words on two lines of a comment', ' * codes of its\n * own', ['page.md:1 of its own']],
		['a later line', 'one\nso many codes', ['page.md:2 so many']],
		['a longer word that only contains one', 'Recommended amendments', []],
	])('are found in %s', (_, text, found) => {
		expect(wordsToAvoid('page.md', text)).toEqual(found);
	});

	it('stand in no string, comment, title or document of the project', () => {
		const files = trackedFiles();
		expect(files).toContain('README.md');
		expect(files.flatMap((file) => wordsToAvoid(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
	});
});

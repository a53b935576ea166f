import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { badCitations, countCitations } from './citations';

const root = resolve(__dirname, '../..');
/** It holds wrong citations on purpose. */
const thisFile = 'test/package/citations.test.ts';
/** Without git: folders that are not of the project. */
const skipped = new Set(['.git', '.data', 'build', 'coverage', 'dist', 'node_modules']);

/** Paths from the root, with slashes. */
function projectFiles(): string[] {
	try {
		const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
		return execFileSync('git', list, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).split('\0').filter(Boolean);
	} catch {
		return filesBelow(root).map((path) => relative(root, path).split(sep).join('/'));
	}
}

function filesBelow(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true })
		.filter(({ name }) => !skipped.has(name))
		.flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : join(folder, entry.name)));
}

/** The text of every file; that of a binary file, of the lockfile and of this file is left out. */
function projectTexts(): Map<string, string> {
	const texts = new Map<string, string>();
	for (const path of projectFiles()) {
		const stat = statSync(join(root, path), { throwIfNoEntry: false });
		if (stat?.isFile() !== true) continue;
		const isRead = path !== thisFile && !path.endsWith('package-lock.json');
		const text = isRead ? readFileSync(join(root, path), 'utf8') : '';
		texts.set(path, text.includes('\0') ? '' : text);
	}
	return texts;
}

describe('the citations of the project', () => {
	const texts = projectTexts();

	test('have targets that exist', () => {
		const bad = badCitations(texts).map(
			({ file, line, citation, problem }) => `${file}:${line} ${citation}: ${problem}`,
		);
		expect(bad).toEqual([]);
	});

	test('are found in the files that are read', () => {
		const count = [...texts.values()].reduce((sum, text) => sum + countCitations(text), 0);
		expect(count).toBeGreaterThan(150);
	});

	test('are the same files with git and without', () => {
		const below = new Set(filesBelow(root).map((path) => relative(root, path).split(sep).join('/')));
		expect([...texts.keys()].filter((path) => !below.has(path))).toEqual([]);
	});
});

const page = ['# Guide', '## 1. Sends', '### 1.2 Limits', '### 1.10 Events', "## What n8n's `webhook` costs"].join(
	'\n\n',
);

function problemsIn(file: string, text: string): string[] {
	const texts = new Map([
		['docs/guide.md', page],
		['docs/reference/providers.md', '# Providers\n\n## 1. Meta\n'],
		['examples/sign-in.json', '{}'],
		[file, text],
	]);
	return badCitations(texts).map(({ line, citation, problem }) => `${line} ${citation}: ${problem}`);
}

describe('a citation', () => {
	test.each([
		['one section', 'src/a.ts', '// As docs/guide.md 1.2 says.'],
		['several sections', 'src/a.ts', '/** (docs/guide.md 1, 1.2 and 1.10). */'],
		['a range of sections', 'src/a.ts', '/** (docs/guide.md 1.2-1.10) */'],
		['a section before a full stop', 'src/a.ts', '// See docs/guide.md 1.10.'],
		['a section after the end of a line', 'src/a.ts', '/**\n * See docs/guide.md\n * 1.2.\n */'],
		['a section in a Lua comment', 'src/a.ts', 'const script = `\n-- See docs/guide.md\n-- 1.2.\n`;'],
		['a heading', 'src/a.ts', "// (docs/guide.md, 'What n8n's webhook costs')"],
		['a heading over two lines', 'src/a.ts', "/**\n * (docs/guide.md, 'What n8n's\n * webhook costs')\n */"],
		['a whole page', 'src/a.ts', "readFileSync('docs/guide.md', 'utf8');"],
		['the address of a page', 'src/a.ts', '// https://forge.test/project/blob/main/docs/gone.md'],
		['a link', 'README.md', '[guide](docs/guide.md), [limits](docs/guide.md#12-limits) and [all](examples)'],
		['a link from a folder', 'docs/more.md', '[guide](guide.md#1-sends) and ![sign-in](../examples/sign-in.json)'],
		['a link to a heading with code', 'docs/more.md', '[costs](./guide.md#what-n8ns-webhook-costs)'],
		['a link within a page', 'README.md', '# Title\n\n## Title\n\n[again](#title-1)'],
		['a link elsewhere', 'README.md', '[n8n](https://docs.n8n.io/#gone) <mailto:a@b.test>'],
		['an example of a link', 'README.md', '```md\n[guide](gone.md)\n```\nand `[guide](gone.md)`'],
		['the name of a page without a section', 'README.md', 'guide.md holds the limits'],
	])('may name %s', (_, file, text) => {
		expect(problemsIn(file, text)).toEqual([]);
	});

	test.each([
		['a page that does not exist', 'src/a.ts', '\n// See docs/gone.md.', '2 docs/gone.md: there is no such file'],
		[
			'a section that does not exist',
			'src/a.ts',
			'// docs/guide.md 1.3',
			'1 docs/guide.md 1.3: the page has no section 1.3',
		],
		[
			'a section that does not exist after one that does',
			'src/a.ts',
			'// docs/guide.md 1.2 and 2',
			'1 docs/guide.md 1.2 and 2: the page has no section 2',
		],
		[
			'a section that does not exist on the next line',
			'src/a.ts',
			'/**\n * See docs/guide.md\n * 7.\n */',
			'2 docs/guide.md 7: the page has no section 7',
		],
		[
			'an item in place of a section',
			'src/a.ts',
			'// docs/guide.md 1.2, 1',
			'1 docs/guide.md 1.2, 1: sections are not in order: is the last number one of an item?',
		],
		[
			'the number of an item',
			'src/a.ts',
			'// docs/guide.md 1.2 no. 3',
			'1 docs/guide.md 1.2: the number of an item is not a section',
		],
		[
			'a heading that does not exist',
			'README.md',
			"See docs/guide.md,\n'Loading'.",
			"1 docs/guide.md, 'Loading': the page has no heading 'Loading'",
		],
		['a link to no file', 'README.md', '[guide](docs/gone.md)', '1 docs/gone.md: there is no such file'],
		['a picture that is missing', 'README.md', '<img src="docs/gone.png">', '1 docs/gone.png: there is no such file'],
		[
			'a link to no anchor',
			'README.md',
			'[limits](docs/guide.md#limits)',
			'1 docs/guide.md#limits: the page has no anchor #limits',
		],
		['a link to no anchor of the page', 'README.md', '[end](#end)', '1 #end: the page has no anchor #end'],
		[
			'a page without its folder',
			'src/a.ts',
			'// guide.md 1.2',
			'1 guide.md 1.2: cite a page with its folder, from the root of the project',
		],
		[
			'a reference without its folder',
			'src/a.ts',
			'// Every code of providers.md',
			'1 providers.md: cite a page with its folder, from the root of the project',
		],
		[
			'a reference by an old name',
			'src/a.ts',
			'/** Verification.md 3 unless told. */',
			'1 Verification.md 3: cite a page with its folder, from the root of the project',
		],
		[
			'a rule by its number',
			'src/a.ts',
			'/** (rules 2 and 4) */',
			'1 rules 2: cite the section of the page that holds the rule, or say the rule',
		],
		[
			'a rule by its number on the next line',
			'src/a.ts',
			'/**\n * As rule\n * 8 says.\n */',
			'2 rule 8: cite the section of the page that holds the rule, or say the rule',
		],
		[
			'an issue',
			'bench/a.ts',
			'// (issue 4)',
			'1 issue 4: an issue is not a document of the project: say what it asks for',
		],
		[
			'a section of no page',
			'src/a.ts',
			'/** By rank, never back (section 2). */',
			'1 section 2: name the page before the number of the section',
		],
		['the design', 'a.mjs', '// design.md says so', '1 design.md: there is no such document'],
	])('may not name %s', (_, file, text, problem) => {
		expect(problemsIn(file, text).map((found) => found.replace(/\s+/g, ' '))).toEqual([problem]);
	});
});

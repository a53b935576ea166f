import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WhatsAppOtpStoreApi } from '../../credentials/WhatsAppOtpStoreApi.credentials';
import { generatedSections, withTable } from '../../dev/docs-tables';
import manifest from '../../package.json';
import { providers } from '../../providers';
import { providers as emulators } from '../../sandbox/providers';

const root = resolve(__dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const files = globSync(['*.md', 'docs/**/*.md', 'sandbox/*.md', '.github/**/*.md'], { cwd: root }).sort();
const pages = files.map((file) => ({ file, text: read(file) }));

/** The names of the stores in the credential. */
const storeNames = (new WhatsAppOtpStoreApi().properties[0]?.options ?? []).map(({ name }) => name);

/** Lists that a person writes, and what must be in them. */
const lists: Array<[file: string, what: string, names: readonly string[]]> = [
	['.github/ISSUE_TEMPLATE/bug.yml', 'provider', providers.map(({ name }) => name)],
	['.github/ISSUE_TEMPLATE/bug.yml', 'store', storeNames],
	['.github/ISSUE_TEMPLATE/provider-answer.yml', 'provider', providers.map(({ name }) => name)],
	['docs/architecture.md', 'provider', providers.map(({ id }) => id)],
	['docs/operations.md', 'store', storeNames],
	['docs/security-model.md', 'store', storeNames],
	['sandbox/README.md', 'path of an emulator', emulators.map(({ path }) => `\`${path}\``)],
];

test.each(lists)('%s names every %s', (file, _what, names) => {
	const text = read(file);
	expect(names.length).toBeGreaterThan(1);
	expect(names.filter((name) => !text.includes(name))).toEqual([]);
});

/** What the pattern's first group matches in each page. */
const findAll = (pattern: RegExp) =>
	pages.flatMap(({ file, text }) => [...text.matchAll(pattern)].map(([, found = '']) => ({ file, found })));

test.each(generatedSections)("the section '$name' of $file equals what the code gives (npm run tables)", (section) => {
	const page = read(section.file);
	expect(page).toBe(withTable(section, page));
});

test('the README has at most 150 lines', () => {
	expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

test('every npm command that a page names exists', () => {
	const known = new Set([...Object.keys(manifest.scripts), 'ci', 'publish', 'version']);
	const commands = findAll(/(?:^|`|&& )npm (?:run )?([a-z][\w:-]*)/gm);
	// The references tell how npm itself behaves.
	const named = commands.filter(({ file }) => !file.startsWith('docs/reference/'));
	expect(named.filter(({ file }) => file === 'README.md').length).toBeGreaterThan(2);
	expect(named.filter(({ found }) => !known.has(found))).toEqual([]);
});

const linkPattern = /\]\((?!https?:|mailto:)([^)\s]+)\)/g;

test('every file and heading that a page links to exists', () => {
	const links = findAll(linkPattern);
	expect(links.filter(({ file }) => file === 'README.md').length).toBeGreaterThan(10);
	const missing = links.filter(({ file, found }) => {
		const [target = '', heading] = found.split('#');
		const path = target === '' ? file : join(dirname(file), target);
		if (!existsSync(join(root, path))) return true;
		return heading !== undefined && !headingsOf(read(path)).includes(heading);
	});
	expect(missing).toEqual([]);
});

/** The anchors that GitHub gives the headings of a page. */
function headingsOf(text: string): string[] {
	return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
		title
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.replaceAll(' ', '-'),
	);
}

test('every file of the project that a page names exists', () => {
	const folders = 'credentials|nodes|providers|verification|page|sandbox|dev|bench|examples|test|docs|\\.github|\\.ci';
	const named = findAll(new RegExp(`\`((?:${folders})/[^\`\\s<>*{}]*)\``, 'g'));
	expect(named.length).toBeGreaterThan(20);
	expect(named.filter(({ found }) => !existsSync(join(root, found)))).toEqual([]);
});

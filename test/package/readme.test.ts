import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withTables } from '../../dev/docs-tables';
import manifest from '../../package.json';

const root = resolve(__dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the tables say what the code says (npm run tables)', () => {
	expect(readme).toBe(withTables(readme));
});

test('every command it names exists', () => {
	const named = [...readme.matchAll(/npm (?:run )?(\w+)/g)].map(([, name]) => name ?? '');
	const scripts = new Set([...Object.keys(manifest.scripts), 'ci']);
	expect(named.length).toBeGreaterThan(3);
	expect(named.filter((name) => !scripts.has(name))).toEqual([]);
});

test('every file it links to is there', () => {
	const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target ?? '');
	expect(targets.length).toBeGreaterThan(3);
	expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
});

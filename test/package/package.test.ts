import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { loadOnce } from '../../bench/support/load-once';
import { packageFolder, packedTarball, unpackInto } from '../../dev/tarball';
import manifest from '../../package.json';

const root = resolve(__dirname, '../..');
const onDisk = (pattern: string): string[] => globSync(pattern, { cwd: root }).sort();
const built = (source: string): string => `dist/${source.replace(/\.ts$/, '.js')}`;

const nodes = onDisk('nodes/*/*.node.ts');
const credentials = onDisk('credentials/*.credentials.ts');

test('package.json lists every node and credential that there is', () => {
	expect([...manifest.n8n.nodes].sort()).toEqual(nodes.map(built));
	expect([...manifest.n8n.credentials].sort()).toEqual(credentials.map(built));
});

test('the lockfile holds no registry address', () => {
	const lockfiles = ['package-lock.json', 'dev/n8n/package-lock.json', 'dev/n8n/older/package-lock.json'];
	for (const lockfile of lockfiles) {
		expect(readFileSync(join(root, lockfile), 'utf8')).not.toMatch(/"resolved": "https?:/);
	}
});

describe('the packed package', () => {
	const folder = packageFolder();
	beforeAll(() => unpackInto(folder));
	afterAll(() => rmSync(folder, { recursive: true }));

	test('holds what n8n needs and nothing else', () => {
		const shipped = execFileSync('tar', ['-tzf', packedTarball()], { encoding: 'utf8' }).trim().split('\n');
		const lazy = globSync('dist/lazy/*.js', { cwd: root });
		const assets = onDisk('{nodes,credentials}/**/{*.svg,*.node.json,__schema__/**/*.json}');
		const expected = [
			...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/whatsapp-otp.js', 'dist/licenses.txt'],
			...[...nodes, ...credentials].map(built),
			...assets.map((asset) => `dist/${asset}`),
			...lazy,
		];
		expect(shipped.sort()).toEqual(expected.map((file) => `package/${file}`).sort());
	});

	test('has a codex file beside every node', () => {
		const codexes = globSync('dist/nodes/*/*.node.json', { cwd: folder }).sort();
		expect(codexes).toEqual(nodes.map((source) => `dist/${source.replace(/\.ts$/, '.json')}`));
	});

	test('gives every class under its own name, all from one bundle, and loads nothing that can wait', () => {
		const { classes, files } = loadOnce(folder);
		const listed = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
		expect(classes).toEqual(listed.map((file) => basename(file).split('.')[0]));
		expect(files.sort()).toEqual([...listed, 'dist/whatsapp-otp.js'].sort());
	});
});

describe('packedTarball()', () => {
	const hour = 3600_000;
	let copy: string;
	let tarball: string;
	let source: string;

	beforeEach(() => {
		copy = mkdtempSync(join(tmpdir(), 'whatsapp-otp-tarball-'));
		for (const name of ['build', 'nodes', 'credentials', 'providers', 'verification', 'page'])
			mkdirSync(join(copy, name));
		source = join(copy, 'providers', 'provider.ts');
		for (const file of ['package.json', 'gulpfile.js', 'providers/provider.ts']) writeFileSync(join(copy, file), '');
		tarball = join(copy, 'build', `${manifest.name}-${manifest.version}.tgz`);
	});
	afterEach(() => rmSync(copy, { recursive: true }));

	function packed(time: number): void {
		writeFileSync(tarball, '');
		utimesSync(tarball, new Date(time), new Date(time));
	}

	test('finds the tarball of a build that is newer than the sources', () => {
		packed(Date.now() + hour);
		expect(packedTarball(copy)).toBe(tarball);
	});

	test('says what to do when there was no build', () => {
		expect(() => packedTarball(copy)).toThrow(/not built: .* is missing\. Run "npm run build" first\.$/);
	});

	test('names the source that was changed after the build', () => {
		packed(Date.now() + hour);
		utimesSync(source, new Date(Date.now() + 2 * hour), new Date(Date.now() + 2 * hour));
		expect(() => packedTarball(copy)).toThrow(`older than ${source}. Run "npm run build" again.`);
	});
});

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { install } from '../../dev/n8n/install';
import { until } from '../../dev/n8n/wait-until';

jest.setTimeout(120_000);

const run = promisify(execFile);
const project = resolve(__dirname, '../..');

let folder: string;
let source: string;
let cache: string;

async function pack(name: string, files: Record<string, string>): Promise<string> {
	const place = join(folder, name);
	for (const [file, text] of Object.entries(files)) {
		await mkdir(dirname(join(place, file)), { recursive: true });
		await writeFile(join(place, file), text);
	}
	const { stdout } = await run('npm', ['pack', '--silent', '--ignore-scripts'], { cwd: place });
	return join(place, stdout.trim());
}

/**
 * A lockfile of two small packages with the names that matter. sqlite3's install script is `build`;
 * n8n's own would fail, but is not to be run.
 */
async function writeLockfile(build: string): Promise<void> {
	const server = await pack('n8n', {
		'package.json': JSON.stringify({ name: 'n8n', version: '9.9.9', scripts: { install: 'exit 1' } }),
		'bin/n8n': "console.log('n8n 9.9.9 with', require('sqlite3/built.json').driver);",
	});
	const driver = await pack('sqlite3', {
		'package.json': JSON.stringify({
			name: 'sqlite3',
			version: '1.0.0',
			scripts: { install: 'node build.js' },
		}),
		'build.js': build,
	});
	const dependencies = { n8n: `file:${server}`, sqlite3: `file:${driver}` };
	await mkdir(source, { recursive: true });
	await writeFile(join(source, 'package.json'), JSON.stringify({ name: 'server', private: true, dependencies }));
	await run('npm', ['install', '--package-lock-only', '--offline', '--ignore-scripts'], { cwd: source });
}

const BUILDS = "require('fs').writeFileSync('built.json', JSON.stringify({ driver: 'a driver' }));";

/** A separate process that installs and prints its progress. */
function installElsewhere(): { child: ChildProcess; lines: () => string; ended: Promise<unknown> } {
	const script = `
		const { install } = require(${JSON.stringify(join(project, 'dev/n8n/install.ts'))});
		install({ ...${JSON.stringify({ source, cache })}, report: console.log });`;
	const child = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
		cwd: project,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let lines = '';
	child.stdout.on('data', (text: Buffer) => (lines += text.toString()));
	return { child, lines: () => lines, ended: new Promise((done) => child.once('close', done)) };
}

const installations = async (): Promise<string[]> => (await readdir(cache)).filter((name) => !name.endsWith('.lock'));

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'n8n-install-'));
	source = join(folder, 'source');
	cache = join(folder, 'cache');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('installs what the lockfile says, tells how far it is, and has it at hand the next time', async () => {
	await writeLockfile(`setTimeout(() => { ${BUILDS} }, 200);`);
	const lines: string[] = [];
	const report = (line: string): number => lines.push(line);
	const { bin, folder: installed } = await install({ source, cache, report, reportEvery: 20 });

	const { stdout } = await run('node', [bin]);
	expect(stdout).toBe('n8n 9.9.9 with a driver\n');
	expect(lines).toContainEqual(expect.stringMatching(/^Installing n8n 9\.9\.9: \d of 2 packages, \d+ s$/));
	expect(lines).toContainEqual(expect.stringContaining('building its database driver'));
	expect(lines.at(-1)).toMatch(/^Installed n8n 9\.9\.9 in/);

	lines.length = 0;
	await expect(install({ source, cache, report })).resolves.toEqual({ bin, folder: installed });
	expect(lines).toEqual([]);
});

it('keeps installations of different lockfiles apart', async () => {
	await writeLockfile(BUILDS);
	const first = await install({ source, cache });
	await writeFile(join(source, 'package-lock.json'), `${await readFile(join(source, 'package-lock.json'), 'utf8')}\n`);
	const second = await install({ source, cache });
	expect(second.folder).not.toBe(first.folder);
	expect(existsSync(first.bin)).toBe(true);
});

it('does not take a killed install for a finished one', async () => {
	const hold = join(folder, 'hold');
	const started = join(folder, 'started');
	await writeFile(hold, '');
	await writeLockfile(`
		const fs = require('fs');
		fs.writeFileSync(${JSON.stringify(started)}, '');
		const timer = setInterval(() => {
			if (fs.existsSync(${JSON.stringify(hold)})) return;
			clearInterval(timer);
			${BUILDS}
		}, 20);
	`);
	const { child, ended } = installElsewhere();
	await until(async () => existsSync(started) || undefined, {
		what: () => 'the build had begun',
		timeout: 60_000,
	});
	child.kill('SIGKILL');
	await ended;
	expect(await installations()).toEqual([expect.stringContaining('.installing-')]);

	await rm(hold);
	const { bin } = await install({ source, cache });
	await expect(run('node', [bin])).resolves.toMatchObject({ stdout: 'n8n 9.9.9 with a driver\n' });
	expect(await installations()).toHaveLength(1);
});

it('replaces a folder that was never finished', async () => {
	await writeLockfile(BUILDS);
	const { folder: installed } = await install({ source, cache });
	await rm(installed, { recursive: true });
	await mkdir(join(installed, 'node_modules'), { recursive: true });
	const { bin } = await install({ source, cache });
	await expect(run('node', [bin])).resolves.toMatchObject({ stdout: 'n8n 9.9.9 with a driver\n' });
});

it('installs once when two processes want it at the same time', async () => {
	await writeLockfile(`setTimeout(() => { ${BUILDS} }, 500);`);
	const both = [installElsewhere(), installElsewhere()];
	await expect(Promise.all(both.map(({ ended }) => ended))).resolves.toEqual([0, 0]);
	const lines = both.map(({ lines: said }) => said()).join('');
	expect(lines.match(/^Installed/gm)).toHaveLength(1);
	expect(lines).toContain('Another process is installing n8n');
	expect(await installations()).toHaveLength(1);
});

it("says what npm said when it can't install, and leaves nothing", async () => {
	await writeLockfile("console.error('there is no compiler'); process.exit(3);");
	const failing = install({ source, cache });
	await expect(failing).rejects.toThrow(/^n8n 9\.9\.9 could not be installed\. 'npm rebuild sqlite3' ended with/);
	await expect(failing).rejects.toThrow('there is no compiler');
	expect(await installations()).toEqual([]);
});

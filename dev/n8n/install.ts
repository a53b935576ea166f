import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { reasonOf } from './error-fields';
import { tryLock } from './folder-lock';
import { nodePath } from './node24';
import { until } from './wait-until';

type Report = (line: string) => void;

export interface Installation {
	/** n8n's start script. It needs Node 24. */
	bin: string;
	folder: string;
}

export interface InstallOptions {
	/** The folder with the package.json and package-lock.json to install. */
	source: string;
	/** The folder with one finished installation per lockfile. */
	cache: string;
	report?: Report;
	/** Milliseconds between two lines of progress. */
	reportEvery?: number;
}

const completeFile = 'complete.json';

const lockfileSchema = z.object({
	packages: z.record(z.object({ version: z.string().optional(), optional: z.boolean().optional() })),
});

const cacheFolder = (): string =>
	join(
		process.env.N8N_CACHE_FOLDER ?? process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
		'n8n-nodes-whatsapp-otp',
	);

const isComplete = (folder: string): boolean => existsSync(join(folder, completeFile));

const inFolder = (folder: string): Installation => ({
	folder,
	bin: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
});

function duration(milliseconds: number): string {
	const seconds = Math.round(milliseconds / 1000);
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Runs npm with the project's Node first on PATH. If npm fails, it throws the end of npm's output.
 * An outer `npm run` sets variables about its own package. They are removed, so that the inner npm ignores them.
 */
async function npm(args: string[], folder: string): Promise<void> {
	const env = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name)),
	);
	const child = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: folder,
		env: { ...env, PATH: nodePath() },
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let words = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2000)));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', (error) => reject(new Error(`npm could not be run: ${error.message}`)));
		child.once('close', resolve);
	});
	if (code === 0) return;
	throw new Error(`'npm ${args.join(' ')}' ended with exit code ${code} in ${folder}.\n${words.trim()}`);
}

/** Reports a line of progress again and again until `work` has ended. */
async function withProgress(line: () => string, every: number, report: Report, work: Promise<void>): Promise<void> {
	const timer = setInterval(() => report(line()), every);
	try {
		await work;
	} finally {
		clearInterval(timer);
	}
}

/**
 * Removes the folders of killed installs, which hold gigabytes. The caller holds the lock, so no install uses them.
 * The npm of a killed install may still be writing into its folder. That must not stop this install.
 */
async function removeLeftovers(target: string): Promise<void> {
	const parent = dirname(target);
	const left = (await readdir(parent)).filter((name) => name.startsWith(`${basename(target)}.installing-`));
	const options = { recursive: true, force: true, maxRetries: 10 };
	await Promise.allSettled(left.map((name) => rm(join(parent, name), options)));
}

async function installInto(target: string, options: InstallOptions): Promise<void> {
	const { source, report = () => {}, reportEvery = 5000 } = options;
	const { packages } = lockfileSchema.parse(JSON.parse(await readFile(join(source, 'package-lock.json'), 'utf8')));
	const paths = Object.keys(packages).filter((path) => path !== '' && !packages[path]?.optional);
	const title = `n8n ${packages['node_modules/n8n']?.version ?? ''}`.trim();
	const start = performance.now();
	const elapsed = (): string => duration(performance.now() - start);

	await removeLeftovers(target);
	const folder = await mkdtemp(`${target}.installing-`);
	try {
		for (const name of ['package.json', 'package-lock.json']) await copyFile(join(source, name), join(folder, name));
		const done = (): number => paths.filter((path) => existsSync(join(folder, path, 'package.json'))).length;
		report(`Installing ${title} into ${target}: once, about 5 minutes and 2.7 GB`);
		await withProgress(
			() => `Installing ${title}: ${done()} of ${paths.length} packages, ${elapsed()}`,
			reportEvery,
			report,
			// Only the install script of sqlite3 is needed, and the one of a Kafka client fails
			// (docs/reference/n8n-host.md, 'Installing n8n beside the project').
			npm(['ci', '--ignore-scripts'], folder),
		);
		await withProgress(
			() => `Installing ${title}: building its database driver, ${elapsed()}`,
			reportEvery,
			report,
			npm(['rebuild', 'sqlite3'], folder),
		);
		await writeFile(join(folder, completeFile), `${JSON.stringify({ installed: title })}\n`);
		await rm(target, { recursive: true, force: true });
		await rename(folder, target);
	} catch (error) {
		await rm(folder, { recursive: true, force: true });
		throw new Error(`${title} could not be installed. ${reasonOf(error)}`, { cause: error });
	}
	report(`Installed ${title} in ${elapsed()}`);
}

/** Returns the installation for the lockfile in `source`. Installs it into the cache if it is not there yet. */
export async function install(options: InstallOptions): Promise<Installation> {
	const { source, cache, report = () => {} } = options;
	const lockfile = await readFile(join(source, 'package-lock.json'));
	const digest = createHash('sha256').update(lockfile).digest('hex').slice(0, 16);
	const target = join(cache, `n8n-${digest}`);
	if (isComplete(target)) return inFolder(target);

	await mkdir(cache, { recursive: true });
	const lock = (): ReturnType<typeof tryLock> => tryLock(`${target}.lock`);
	let unlock = lock();
	if (!unlock) {
		report('Another process is installing n8n; waiting for it');
		unlock = await until(async () => lock(), {
			what: () => 'it is installed',
			timeout: Infinity,
			every: 500,
		});
	}
	try {
		if (!isComplete(target)) await installInto(target, options);
	} finally {
		unlock();
	}
	return inFolder(target);
}

const sources = {
	current: __dirname,
	/** The last one before n8n 2.39, which is the first with a second output for what a page answers. */
	older: join(__dirname, 'older'),
};
export type N8nRelease = keyof typeof sources;

/** An n8n server that a lockfile of this project pins. The first use installs it outside the project. */
export const installN8n = (report?: Report, release: N8nRelease = 'current'): Promise<Installation> =>
	install({ source: sources[release], cache: cacheFolder(), ...(report && { report }) });

import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { N8nApi } from './api';
import { tryLock } from './folder-lock';
import { installN8n, type N8nRelease } from './install';
import { owner, createApiKey, isValidKey, openSession } from './owner';
import { freePorts } from './ports';
import { type ServerExit } from './server-process';
import { type Ports, settings } from './settings';
import { assertLoaded, startN8n } from './start-process';
import { type LauncherState, readState, writeState } from './state';
import { unpackPackage } from './unpack';

export interface LaunchOptions {
	/** Holds all data of this n8n. The next launch with the same folder continues with that data. */
	dataFolder: string;
	/** The tarball that `npm pack` made of the community package. */
	packageTarball: string;
	/** Default: the current one. */
	release?: N8nRelease;
	/** Default: the port of the previous launch if it is free, or any free port. */
	port?: number;
	/** Overrides the launcher's settings. */
	environment?: Record<string, string>;
	/** The base address of webhooks if a separate process receives them. */
	webhookUrl?: string;
	report?: (line: string) => void;
}

export interface N8n {
	url: string;
	email: string;
	password: string;
	api: N8nApi;
	/** The output of n8n in all launches. */
	logFile: string;
	dataFolder: string;
	pid: number;
	/** Resolves when n8n has ended. `expected` is false if it was not stopped on purpose. */
	exited: Promise<ServerExit>;
	/** Stops n8n and all processes that it started. */
	stop(): Promise<void>;
}

async function choosePorts({ port }: LaunchOptions, state: LauncherState): Promise<Ports> {
	const [web = 0, broker = 0] = await freePorts([port ?? state.port ?? 0, 0]);
	return { web: port ?? web, broker };
}

async function apiKeyFor(url: string, kept: string | undefined): Promise<string> {
	if (kept !== undefined && (await isValidKey(url, kept))) return kept;
	return createApiKey(await openSession(url));
}

async function launch(bin: string, options: LaunchOptions): Promise<N8n> {
	const { dataFolder, packageTarball, report = () => {} } = options;
	const logFile = join(dataFolder, 'n8n.log');
	const { name, version } = await unpackPackage(packageTarball, dataFolder);
	const state = await readState(dataFolder);
	report(`Starting n8n with ${name} ${version}`);
	// n8n keeps this file after a crash and then waits 10 s at the next start.
	await rm(join(dataFolder, '.n8n', 'crash.journal'), { force: true });
	const server = await startN8n({
		bin,
		command: ['start'],
		dataFolder,
		logFile,
		choosePorts: (attempt) => choosePorts(options, attempt === 1 ? state : { ...state, port: 0 }),
		arePortsFixed: options.port !== undefined,
		environment: (ports) => ({ ...settings(dataFolder, state.encryptionKey, ports), ...options.environment }),
	});
	const { url, ports } = server;
	try {
		assertLoaded(server, name);
		const apiKey = await apiKeyFor(url, state.apiKey);
		// A port that is in use today may be free tomorrow, so the remembered one stays.
		await writeState(dataFolder, { ...state, apiKey, port: options.port ?? state.port ?? ports.web });
		if (options.port === undefined && state.port !== undefined && state.port !== ports.web) {
			report(`Port ${state.port} of the previous start is in use, so n8n uses ${ports.web} this time`);
		}
		report(`n8n is up at ${url}`);
		const { email, password } = owner;
		const api = new N8nApi(url, apiKey, options.webhookUrl);
		return { email, password, api, dataFolder, ...server };
	} catch (error) {
		await server.stop();
		throw error;
	}
}

/**
 * Starts n8n on loopback with the community package, an owner and an API key. Installs n8n first if needed.
 * If n8n does not start, it throws an error with the end of n8n's log.
 */
export async function launchN8n(options: LaunchOptions): Promise<N8n> {
	const dataFolder = resolve(options.dataFolder);
	const { bin } = await installN8n(options.report, options.release);
	await mkdir(dataFolder, { recursive: true, mode: 0o700 });
	const unlock = tryLock(join(dataFolder, 'launcher.lock'));
	if (!unlock) throw new Error(`Another n8n already uses ${dataFolder}. Stop it, or choose another data folder.`);
	try {
		const n8n = await launch(bin, { ...options, dataFolder });
		void n8n.exited.then(unlock);
		return n8n;
	} catch (error) {
		unlock();
		throw error;
	}
}

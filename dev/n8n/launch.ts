import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { N8nApi } from './api';
import { tryLock } from './folder-lock';
import { installN8n } from './install';
import { OWNER, createApiKey, isValidKey, openSession } from './owner';
import { freePorts } from './ports';
import { type ServerExit } from './server-process';
import { type Ports, settings } from './settings';
import { assertLoaded, startN8n } from './start-process';
import { type LauncherState, readState, writeState } from './state';
import { unpackPackage } from './unpack';

export interface LaunchOptions {
	/** Holds all that this n8n keeps; the next launch with the same folder goes on from there. */
	dataFolder: string;
	/** What `npm pack` made of the community package. */
	packageTarball: string;
	/** Unless given, the port of the launch before where it's free, or any free one. */
	port?: number;
	/** Goes over the launcher's own settings. */
	environment?: Record<string, string>;
	/** Where webhooks come in, if not here: at a process of their own. */
	webhookUrl?: string;
	report?: (line: string) => void;
}

export interface N8n {
	url: string;
	email: string;
	password: string;
	api: N8nApi;
	/** n8n's output of all launches. */
	logFile: string;
	dataFolder: string;
	pid: number;
	/** Settles when n8n has ended; `expected` is false when nobody asked it to. */
	exited: Promise<ServerExit>;
	/** Ends n8n and all that it started. */
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
	// With this file n8n remembers that it didn't end well, only to sleep for 10 s at the next start.
	await rm(join(dataFolder, '.n8n', 'crash.journal'), { force: true });
	const server = await startN8n({
		...{ bin, command: ['start'], dataFolder, logFile },
		choosePorts: (attempt) => choosePorts(options, attempt === 1 ? state : { ...state, port: 0 }),
		arePortsFixed: options.port !== undefined,
		environment: (ports) => ({ ...settings(dataFolder, state.encryptionKey, ports), ...options.environment }),
	});
	const { url, ports } = server;
	try {
		assertLoaded(server, name);
		const apiKey = await apiKeyFor(url, state.apiKey);
		await writeState(dataFolder, { ...state, apiKey, port: ports.web });
		report(`n8n is up at ${url}`);
		const { email, password } = OWNER;
		const api = new N8nApi(url, apiKey, options.webhookUrl);
		return { email, password, api, dataFolder, ...server };
	} catch (error) {
		await server.stop();
		throw error;
	}
}

/**
 * Starts n8n with the community package in it, an owner and an API key in place, on loopback only; n8n is
 * installed first where it isn't. Throws with the end of n8n's log when it doesn't come up.
 */
export async function launchN8n(options: LaunchOptions): Promise<N8n> {
	const dataFolder = resolve(options.dataFolder);
	const { bin } = await installN8n(options.report);
	await mkdir(dataFolder, { recursive: true, mode: 0o700 });
	const unlock = tryLock(join(dataFolder, 'launcher.lock'));
	if (!unlock) throw new Error(`An n8n runs on ${dataFolder} already: stop it or choose another data folder.`);
	try {
		const n8n = await launch(bin, { ...options, dataFolder });
		void n8n.exited.then(unlock);
		return n8n;
	} catch (error) {
		unlock();
		throw error;
	}
}

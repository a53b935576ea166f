import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import axios from 'axios';
import { N8nApi } from './api';
import { reasonOf } from './failure';
import { tryLock } from './folder-lock';
import { installN8n } from './install';
import { OWNER, createApiKey, isValidKey, openSession } from './owner';
import { freePorts } from './ports';
import { type ServerExit, type ServerProcess, startServer } from './server-process';
import { type Ports, addressOf, settings } from './settings';
import { type LauncherState, readState, writeState } from './state';
import { unpackPackage } from './unpack';
import { until } from './until';

export interface LaunchOptions {
	/** Holds all that this n8n keeps; the next launch with the same folder goes on from there. */
	dataFolder: string;
	/** What `npm pack` made of the community package. */
	packageTarball: string;
	/** Unless given, the port of the launch before where it's free, or any free one. */
	port?: number;
	/** Goes over the launcher's own settings. */
	environment?: Record<string, string>;
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

interface Started {
	server: ServerProcess;
	ports: Ports;
}

/** The first start makes the database: 14 s on two idle cores. */
const START_TIMEOUT = 180_000;

const ATTEMPTS = 3;

const lastLines = (server: ServerProcess): string => server.log().trimEnd().split('\n').slice(-15).join('\n');

async function isReady(url: string): Promise<boolean> {
	const answer = await axios
		.get(`${url}/healthz/readiness`, { proxy: false, timeout: 5000, validateStatus: () => true })
		// Nobody listens yet.
		.catch(() => undefined);
	return answer?.status === 200;
}

/** Waits until n8n takes requests; throws when it ends before that. */
async function whenReady(server: ServerProcess, url: string): Promise<void> {
	let exit: ServerExit | undefined;
	void server.exited.then((how) => (exit = how));
	const look = async (): Promise<true | undefined> => {
		if (exit)
			throw new Error(
				`n8n ended with ${exit.signal ?? `exit code ${exit.code}`} while it was starting`,
			);
		return (await isReady(url)) || undefined;
	};
	await until(look, { what: () => `n8n was ready at ${url}`, timeout: START_TIMEOUT });
}

async function choosePorts({ port }: LaunchOptions, state: LauncherState): Promise<Ports> {
	const [web = 0, broker = 0] = await freePorts([port ?? state.port ?? 0, 0]);
	return { web: port ?? web, broker };
}

/** Starts n8n; a port that somebody took in the moment since it was found free is exchanged for another. */
async function start(
	bin: string,
	logFile: string,
	options: LaunchOptions,
	state: LauncherState,
	attempt = 1,
): Promise<Started> {
	const { dataFolder, environment } = options;
	const ports = await choosePorts(options, attempt === 1 ? state : { ...state, port: 0 });
	const env = { ...settings(dataFolder, state.encryptionKey, ports), ...environment };
	const server = startServer(bin, dataFolder, env, logFile);
	try {
		await whenReady(server, addressOf(ports));
		return { server, ports };
	} catch (error) {
		await server.stop();
		const isPortTaken = server.log().includes('is already in use');
		if (isPortTaken && options.port === undefined && attempt < ATTEMPTS) {
			return start(bin, logFile, options, state, attempt + 1);
		}
		throw new Error(`${reasonOf(error)}. The last lines of ${logFile}:\n${lastLines(server)}`, {
			cause: error,
		});
	}
}

/** n8n goes on without a community package that it can't load, with nothing but a line in its log. */
function assertLoaded(server: ServerProcess, name: string): void {
	const lines = server.log().split('\n');
	const found = lines.findIndex(
		(line) => /^(Failed to load|Skipping) package/.test(line) && line.includes(name),
	);
	if (found < 0) return;
	throw new Error(`n8n couldn't load ${name}:\n${lines.slice(found, found + 8).join('\n')}`);
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
	const { server, ports } = await start(bin, logFile, options, state);
	const url = addressOf(ports);
	try {
		assertLoaded(server, name);
		const apiKey = await apiKeyFor(url, state.apiKey);
		await writeState(dataFolder, { ...state, apiKey, port: ports.web });
		report(`n8n is up at ${url}`);
		const { email, password } = OWNER;
		return { url, email, password, api: new N8nApi(url, apiKey), logFile, dataFolder, ...server };
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
	if (!unlock)
		throw new Error(`An n8n runs on ${dataFolder} already: stop it or choose another data folder.`);
	try {
		const n8n = await launch(bin, { ...options, dataFolder });
		void n8n.exited.then(unlock);
		return n8n;
	} catch (error) {
		unlock();
		throw error;
	}
}

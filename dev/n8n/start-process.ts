import axios from 'axios';
import { reasonOf } from './error-fields';
import { type ServerExit, type ServerProcess, startServer } from './server-process';
import { type Ports, addressOf } from './settings';
import { until } from './wait-until';

export interface Started extends ServerProcess {
	ports: Ports;
	/** Where it takes requests. */
	url: string;
	/** n8n's output of all launches. */
	logFile: string;
}

export interface StartOptions {
	/** n8n's start script. */
	bin: string;
	/** What the script is told to be: `start`, `worker`, `webhook`. */
	command: readonly string[];
	dataFolder: string;
	logFile: string;
	/** Chosen anew for another attempt, unless they have to be these. */
	choosePorts: (attempt: number) => Promise<Ports>;
	arePortsFixed?: boolean;
	environment: (ports: Ports) => Record<string, string>;
}

/** The first start makes the database: 14 s on two idle cores. */
const START_TIMEOUT = 180_000;

const ATTEMPTS = 3;

/**
 * Starts one process of n8n and waits until it takes requests; a port that somebody took in the moment since it was
 * found free is exchanged for another. Throws with the end of its log.
 */
export async function startN8n(options: StartOptions, attempt = 1): Promise<Started> {
	const { bin, command, dataFolder, logFile, choosePorts, arePortsFixed = false, environment } = options;
	const ports = await choosePorts(attempt);
	const server = startServer(bin, command, dataFolder, environment(ports), logFile);
	const url = addressOf(ports);
	try {
		await whenReady(server, url);
		return { ...server, ports, url, logFile };
	} catch (error) {
		await server.stop();
		const isPortTaken = server.log().includes('is already in use');
		if (isPortTaken && !arePortsFixed && attempt < ATTEMPTS) return startN8n(options, attempt + 1);
		throw new Error(`${reasonOf(error)}. The last lines of ${logFile}:\n${lastLines(server)}`, { cause: error });
	}
}

/** n8n goes on without a community package that it can't load, with nothing but a line in its log. */
export function assertLoaded(server: ServerProcess, name: string): void {
	const lines = server.log().split('\n');
	const found = lines.findIndex((line) => /^(Failed to load|Skipping) package/.test(line) && line.includes(name));
	if (found < 0) return;
	throw new Error(`n8n couldn't load ${name}:\n${lines.slice(found, found + 8).join('\n')}`);
}

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
		if (exit) throw new Error(`n8n ended with ${exit.signal ?? `exit code ${exit.code}`} while it was starting`);
		return (await isReady(url)) || undefined;
	};
	await until(look, { what: () => `n8n was ready at ${url}`, timeout: START_TIMEOUT });
}

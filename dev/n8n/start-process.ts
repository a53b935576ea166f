import axios from 'axios';
import { reasonOf } from './error-fields';
import { type ServerExit, type ServerProcess, startServer } from './server-process';
import { type Ports, addressOf } from './settings';
import { until } from './wait-until';

export interface Started extends ServerProcess {
	ports: Ports;
	/** The address that accepts requests. */
	url: string;
	/** The output of n8n in all launches. */
	logFile: string;
}

export interface StartOptions {
	/** n8n's start script. */
	bin: string;
	/** The command of the script: `start`, `worker` or `webhook`. */
	command: readonly string[];
	dataFolder: string;
	logFile: string;
	/** Chooses new ports for each attempt, unless `arePortsFixed`. */
	choosePorts: (attempt: number) => Promise<Ports>;
	arePortsFixed?: boolean;
	environment: (ports: Ports) => Record<string, string>;
}

/** The first start creates the database, which takes 14 s on two idle cores. */
const startTimeout = 300_000;

const maxAttempts = 3;

/**
 * Starts one process of n8n and waits until it accepts requests. If another program has taken the port meanwhile,
 * it tries another port. If n8n does not start, it throws an error with the end of the log.
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
		if (isPortTaken && !arePortsFixed && attempt < maxAttempts) return startN8n(options, attempt + 1);
		throw new Error(`${reasonOf(error)}. The last lines of ${logFile}:\n${lastLines(server)}`, { cause: error });
	}
}

/** If n8n cannot load a community package, it only writes a line to its log. This throws for such a line. */
export function assertLoaded(server: ServerProcess, name: string): void {
	const lines = server.log().split('\n');
	const found = lines.findIndex((line) => /^(Failed to load|Skipping) package/.test(line) && line.includes(name));
	if (found < 0) return;
	throw new Error(`n8n could not load ${name}:\n${lines.slice(found, found + 8).join('\n')}`);
}

const lastLines = (server: ServerProcess): string => server.log().trimEnd().split('\n').slice(-15).join('\n');

async function isReady(url: string): Promise<boolean> {
	const answer = await axios
		.get(`${url}/healthz/readiness`, { proxy: false, timeout: 5000, validateStatus: () => true })
		// The port is not open yet.
		.catch(() => undefined);
	return answer?.status === 200;
}

/** Waits until n8n accepts requests. Throws if n8n ends before that. */
async function whenReady(server: ServerProcess, url: string): Promise<void> {
	let exit: ServerExit | undefined;
	void server.exited.then((how) => (exit = how));
	const look = async (): Promise<true | undefined> => {
		if (exit) throw new Error(`n8n ended with ${exit.signal ?? `exit code ${exit.code}`} while it was starting`);
		return (await isReady(url)) || undefined;
	};
	await until(look, { what: () => `n8n was ready at ${url}`, timeout: startTimeout });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@redis/client';

const running = new Set<ChildProcess>();
process.once('exit', () => {
	for (const each of running) each.kill('SIGKILL');
});

/** A duplicate of a client takes a hundredth of the time of a new one. */
const anyClient = createClient({ RESP: 2 });

/** A Redis for one test or test file, on a free port and in a temporary folder. */
export class RedisServer {
	private process: ChildProcess | undefined;

	private constructor(
		readonly port: number,
		/** The folder of its files. */
		readonly folder: string,
		private readonly settings: readonly string[],
	) {}

	get url(): string {
		return `redis://127.0.0.1:${this.port}`;
	}

	/** @param settings such as '--appendonly', 'yes', or a file of settings (.conf). Without any, Redis saves no data. */
	static async start(...settings: string[]): Promise<RedisServer> {
		return await RedisServer.startOn(await freePort(), ...settings);
	}

	static async startOn(port: number, ...settings: string[]): Promise<RedisServer> {
		const server = new RedisServer(port, scratchFolder(), settings);
		await server.launch();
		return server;
	}

	/** Starts it again after a stop or a kill, with the same files. */
	async launch(...settings: string[]): Promise<void> {
		const started = spawn(
			'redis-server',
			[
				...this.settings.filter((setting) => setting.endsWith('.conf')),
				'--port',
				String(this.port),
				'--bind',
				'127.0.0.1',
				'--dir',
				this.folder,
				// No compression, so that a test can search the files for values that must not be in them.
				'--save',
				'',
				'--rdbcompression',
				'no',
				...[...this.settings, ...settings].filter((setting) => !setting.endsWith('.conf')),
			],
			{ stdio: ['ignore', 'pipe', 'ignore'] },
		);
		this.process = started;
		running.add(started);
		started.once('exit', () => running.delete(started));
		const lines = createInterface({ input: started.stdout });
		await new Promise<void>((resolve, reject) => {
			const output: string[] = [];
			lines.on('line', (line) => {
				output.push(line);
				if (/Ready to accept connections|Sentinel ID is/.test(line)) resolve();
			});
			started.once('error', reject);
			started.once('exit', () => reject(new Error(`redis-server ended:\n${output.join('\n')}`)));
		});
	}

	/** @param signal SIGKILL ends it before it can save data; SIGSTOP pauses it */
	async signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
		const { process: running } = this;
		if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
		const ended = signal === 'SIGKILL' || signal === 'SIGTERM' ? once(running, 'exit') : undefined;
		running.kill(signal);
		await ended;
	}

	/** All files after a SAVE, as a thief of the disk gets them. */
	async dump(): Promise<Buffer> {
		await this.ask('SAVE');
		const files = await readdir(this.folder, { recursive: true, withFileTypes: true });
		const contents = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name)));
		return Buffer.concat(await Promise.all(contents));
	}

	async ask(...command: string[]): Promise<unknown> {
		const client = await this.connect();
		return await client.sendCommand(command).finally(() => client.destroy());
	}

	/** Repeats the command until the answer matches. */
	async until(expected: RegExp, ...command: string[]): Promise<void> {
		const client = await this.connect();
		try {
			while (!expected.test(JSON.stringify(await client.sendCommand(command)))) await pause(5);
		} finally {
			client.destroy();
		}
	}

	private async connect() {
		const client = anyClient.duplicate({ url: this.url });
		await client.connect();
		return client;
	}

	async stop(): Promise<void> {
		await this.signal('SIGKILL');
	}

	/** Stops all servers that this process has started. */
	static async stopAll(): Promise<void> {
		await Promise.all([...running].map((each) => (each.kill('SIGKILL'), once(each, 'exit'))));
	}
}

export function scratchFolder(): string {
	return mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'redis-'));
}

export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (address === null || typeof address === 'string') throw new Error('There is no free port');
	return address.port;
}

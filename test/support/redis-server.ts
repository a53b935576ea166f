import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { createClient } from '@redis/client';

const running = new Set<ChildProcess>();
process.once('exit', () => {
	for (const each of running) each.kill('SIGKILL');
});

/** A Redis of the test's own, on a free port and in a temporary folder. */
export class RedisServer {
	private process: ChildProcess | undefined;

	private constructor(
		readonly port: number,
		/** Where its files are. */
		readonly folder: string,
		private readonly settings: readonly string[],
	) {}

	get url(): string {
		return `redis://127.0.0.1:${this.port}`;
	}

	/** @param settings in addition to none of it being saved, such as '--appendonly', 'yes'; or a file of them (.conf) */
	static async start(...settings: string[]): Promise<RedisServer> {
		return await RedisServer.startOn(await freePort(), ...settings);
	}

	static async startOn(port: number, ...settings: string[]): Promise<RedisServer> {
		const server = new RedisServer(port, scratchFolder(), settings);
		await server.launch();
		return server;
	}

	/** Starts it again after a stop or a kill, with the files that it left. */
	async launch(...settings: string[]): Promise<void> {
		const started = spawn(
			'redis-server',
			[
				...this.settings.filter((setting) => setting.endsWith('.conf')),
				...['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder],
				// Values stand in its files as they are, so that a test can look for what must not be there.
				...['--save', '', '--rdbcompression', 'no'],
				...[...this.settings, ...settings].filter((setting) => !setting.endsWith('.conf')),
			],
			{ stdio: ['ignore', 'pipe', 'ignore'] },
		);
		this.process = started;
		running.add(started);
		started.once('exit', () => running.delete(started));
		const lines = createInterface({ input: started.stdout });
		await new Promise<void>((resolve, reject) => {
			const said: string[] = [];
			lines.on('line', (line) => {
				said.push(line);
				if (/Ready to accept connections|Sentinel ID is/.test(line)) resolve();
			});
			started.once('error', reject);
			started.once('exit', () => reject(new Error(`redis-server ended:\n${said.join('\n')}`)));
		});
	}

	/** @param signal SIGKILL leaves it no time to write anything down; SIGSTOP lets it hang */
	async signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
		const { process: running } = this;
		if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
		const ended = signal === 'SIGKILL' || signal === 'SIGTERM' ? once(running, 'exit') : undefined;
		running.kill(signal);
		await ended;
	}

	/** What a thief of its disk gets. */
	async dump(): Promise<Buffer> {
		await this.ask('SAVE');
		const files = await readdir(this.folder, { recursive: true, withFileTypes: true });
		const contents = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name)));
		return Buffer.concat(await Promise.all(contents));
	}

	async ask(...command: string[]): Promise<unknown> {
		const client = createClient({ url: this.url, RESP: 2 });
		await client.connect();
		return await client.sendCommand(command).finally(() => client.destroy());
	}

	/** Asks again until the answer is as it should be. */
	async until(expected: RegExp, ...command: string[]): Promise<void> {
		const client = createClient({ url: this.url, RESP: 2 });
		await client.connect();
		try {
			while (!expected.test(JSON.stringify(await client.sendCommand(command)))) await turn();
		} finally {
			client.destroy();
		}
	}

	async stop(): Promise<void> {
		await this.signal('SIGKILL');
	}

	/** All that this process has started. */
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

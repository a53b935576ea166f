import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { scratchRoot } from './scratch-folder';
import type { FromPeer, PeerJob, PeerReport, PeerSettings, ToPeer } from './second-process-job';

/** Nanoseconds in which the message with the start time reaches all processes. */
const headStart = 2_000_000n;

/** Another process that uses the same store. */
export class Peer {
	private constructor(private readonly child: ChildProcess) {}

	/** @returns the process, once it runs. It opens the store with its first job */
	static async start(settings: PeerSettings): Promise<Peer> {
		// The advanced form can transfer dates and bigints.
		const child = fork(program(), [JSON.stringify(settings)], { serialization: 'advanced' });
		const peer = new Peer(child);
		await peer.hear('ready');
		return peer;
	}

	/** Starts all jobs at the same moment, soon after the last process is ready. */
	static async together(jobs: Array<[Peer, PeerJob]>): Promise<PeerReport[]> {
		await Promise.all(jobs.map(([peer, job]) => peer.ask({ prepare: job }, 'ready')));
		const startAt = process.hrtime.bigint() + headStart;
		const reports = await Promise.all(jobs.map(([peer]) => peer.ask({ startAt }, 'report')));
		return reports.map(({ report }) => report);
	}

	async run(job: PeerJob): Promise<PeerReport> {
		await this.ask({ prepare: job }, 'ready');
		return (await this.ask({ startAt: process.hrtime.bigint() }, 'report')).report;
	}

	/** Starts the job and kills the process with SIGKILL as soon as it has reported this number of steps. */
	async killAfter(steps: number, job: PeerJob): Promise<string[]> {
		const heard: string[] = [];
		const ended = once(this.child, 'exit');
		this.child.on('message', (message: FromPeer) => {
			if ('step' in message) heard.push(message.step);
			if (heard.length >= steps || 'failed' in message) this.child.kill('SIGKILL');
		});
		this.say({ narrate: job });
		await ended;
		return heard;
	}

	async stop(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const ended = once(this.child, 'exit');
		this.child.disconnect();
		await ended;
	}

	private say(message: ToPeer): void {
		this.child.send(message);
	}

	private ask<Kind extends Kinds>(message: ToPeer, answer: Kind): Promise<Answer<Kind>> {
		const heard = this.hear(answer);
		this.say(message);
		return heard;
	}

	private async hear<Kind extends Kinds>(kind: Kind): Promise<Answer<Kind>> {
		const stopped = new AbortController();
		const died = once(this.child, 'exit', { signal: stopped.signal }).then(() => {
			throw new Error('The second process ended before it answered');
		});
		try {
			const message = await Promise.race([this.next(), died]);
			if (has(message, kind)) return message;
			const said = 'failed' in message ? message.failed : Object.keys(message).join();
			throw new Error(`The second process answered '${said}' instead of '${kind}'`);
		} finally {
			stopped.abort();
			died.catch(() => undefined);
		}
	}

	private next(): Promise<FromPeer> {
		return new Promise((resolve) => {
			this.child.once('message', (message: FromPeer) => resolve(message));
		});
	}
}

let built: string | undefined;

/** The program as one JavaScript file: it starts ten times as fast as from its TypeScript sources. */
function program(): string {
	if (built === undefined) {
		built = join(mkdtempSync(join(scratchRoot(), 'second-process-')), 'main.js');
		buildSync({
			entryPoints: [join(__dirname, 'second-process-main.ts')],
			outfile: built,
			bundle: true,
			platform: 'node',
			format: 'cjs',
			logLevel: 'error',
		});
	}
	return built;
}

type Kinds = FromPeer extends infer Message ? (Message extends unknown ? keyof Message : never) : never;
type Answer<Kind extends Kinds> = Extract<FromPeer, Record<Kind, unknown>>;

function has<Kind extends Kinds>(message: FromPeer, kind: Kind): message is Answer<Kind> {
	return kind in message;
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { scratchRoot } from './scratch-folder';
import type {
	FromSecondProcess,
	SecondProcessJob,
	SecondProcessReport,
	SecondProcessSettings,
	ToSecondProcess,
} from './second-process-job';

/** Nanoseconds in which the message with the start time reaches all processes. */
const headStart = 1_000_000n;

/** Another process that uses the same store. */
export class SecondProcess {
	private constructor(private readonly child: ChildProcess) {}

	/** @returns the process, once it runs. It opens the store with its first job */
	static async start(settings: SecondProcessSettings): Promise<SecondProcess> {
		// The advanced form can transfer dates and bigints.
		const child = fork(program(), [JSON.stringify(settings)], { serialization: 'advanced' });
		const started = new SecondProcess(child);
		await started.hear('ready');
		return started;
	}

	/** Starts all jobs at the same moment, soon after the last process is ready. */
	static async together(jobs: Array<[SecondProcess, SecondProcessJob]>): Promise<SecondProcessReport[]> {
		await Promise.all(jobs.map(([each, job]) => each.ask({ prepare: job }, 'ready')));
		const startAt = process.hrtime.bigint() + headStart;
		const reports = await Promise.all(jobs.map(([each]) => each.ask({ startAt }, 'report')));
		return reports.map(({ report }) => report);
	}

	async run(job: SecondProcessJob): Promise<SecondProcessReport> {
		await this.ask({ prepare: job }, 'ready');
		return (await this.ask({ startAt: process.hrtime.bigint() }, 'report')).report;
	}

	/** Starts the job and kills the process with SIGKILL as soon as it has reported this number of steps. */
	async killAfter(steps: number, job: SecondProcessJob): Promise<string[]> {
		const heard: string[] = [];
		const ended = once(this.child, 'exit');
		this.child.on('message', (message: FromSecondProcess) => {
			if ('step' in message) heard.push(message.step);
			if (heard.length >= steps || 'failed' in message) this.child.kill('SIGKILL');
		});
		this.say({ reportSteps: job });
		await ended;
		return heard;
	}

	async stop(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const ended = once(this.child, 'exit');
		this.child.disconnect();
		await ended;
	}

	private say(message: ToSecondProcess): void {
		this.child.send(message);
	}

	private ask<Kind extends Kinds>(message: ToSecondProcess, answer: Kind): Promise<Answer<Kind>> {
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

	private next(): Promise<FromSecondProcess> {
		return new Promise((resolve) => {
			this.child.once('message', (message: FromSecondProcess) => resolve(message));
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

type Kinds = FromSecondProcess extends infer Message ? (Message extends unknown ? keyof Message : never) : never;
type Answer<Kind extends Kinds> = Extract<FromSecondProcess, Record<Kind, unknown>>;

function has<Kind extends Kinds>(message: FromSecondProcess, kind: Kind): message is Answer<Kind> {
	return kind in message;
}

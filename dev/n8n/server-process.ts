import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from './error-fields';
import { nodeBinary } from './node24';

export interface ServerExit {
	code: number | null;
	signal: NodeJS.Signals | null;
	/** False when the server ended without having been told to. */
	expected: boolean;
}

export interface ServerProcess {
	readonly pid: number;
	/** Settles when the process has ended, for whatever reason, and its task runner with it. */
	readonly exited: Promise<ServerExit>;
	/** What the server has written to its log since it was started. */
	log(): string;
	/** Ends the server and what it started; safe to call again. */
	stop(): Promise<void>;
}

/** n8n gives its running executions 10 s (settings.ts); what hangs longer is ended by force. */
const GRACE = 15_000;

/**
 * Ends the server when the process that started it is gone, even by SIGKILL: the channel between the two
 * closes then. n8n itself has no such thing.
 */
const END_WITH_PARENT = 'data:text/javascript,process.once("disconnect",()=>process.kill(process.pid,"SIGTERM"))';

/** The task runner shares the server's process group, so it can be ended after the server is gone. */
function killGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		if (codeOf(error) !== 'ESRCH') throw error;
	}
}

function whenExited(child: ChildProcess, isExpected: () => boolean): Promise<ServerExit> {
	return new Promise((resolve) => {
		child.once('error', () => resolve({ code: null, signal: null, expected: false }));
		child.once('exit', (code, signal) => {
			if (child.pid !== undefined) killGroup(child.pid);
			resolve({ code, signal, expected: isExpected() });
		});
	});
}

/** Starts n8n's script `bin` in `folder` with exactly the environment `env`, writing to `logFile`. */
export function startServer(
	bin: string,
	command: readonly string[],
	folder: string,
	env: Record<string, string>,
	logFile: string,
): ServerProcess {
	const descriptor = openSync(logFile, 'a', 0o600);
	const logStart = statSync(logFile).size;
	const child = spawn(nodeBinary(), ['--import', END_WITH_PARENT, bin, ...command], {
		cwd: folder,
		env,
		stdio: ['ignore', descriptor, descriptor, 'ipc'],
		// A group of its own: Ctrl-C reaches n8n through stop() alone, and the group can be ended as one.
		detached: true,
	});
	closeSync(descriptor);
	let stopping: Promise<void> | undefined;
	const exited = whenExited(child, () => stopping !== undefined);
	const { pid } = child;
	if (pid === undefined) throw new Error(`n8n could not be started: ${nodeBinary()} can't be run`);

	const end = async (): Promise<void> => {
		child.kill('SIGTERM');
		const patience = new AbortController();
		const late = pause(GRACE, 'late' as const, { signal: patience.signal }).catch(() => undefined);
		if ((await Promise.race([exited, late])) === 'late') killGroup(pid);
		patience.abort();
		await exited;
	};
	return {
		pid,
		exited,
		log: () => readFileSync(logFile).subarray(logStart).toString('utf8'),
		stop: () => (stopping ??= end()),
	};
}

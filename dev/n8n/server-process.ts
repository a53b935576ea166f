import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from './error-fields';
import { nodeBinary } from './node24';

export interface ServerExit {
	code: number | null;
	signal: NodeJS.Signals | null;
	/** False if the server ended without `stop`. */
	expected: boolean;
}

export interface ServerProcess {
	readonly pid: number;
	/** Resolves when the process and its task runner have ended, for any reason. */
	readonly exited: Promise<ServerExit>;
	/** The text that the server has written to its log since its start. */
	log(): string;
	/** Stops the server and all processes that it started. It may be called again. */
	stop(): Promise<void>;
}

/** n8n gives its running executions 10 s (settings.ts). After this time, in milliseconds, the process is killed. */
const gracePeriod = 15_000;

/**
 * Ends the server when its parent process is gone, even after SIGKILL: the channel between the two closes then.
 * n8n has no such option.
 */
const endWithParent = 'data:text/javascript,process.once("disconnect",()=>process.kill(process.pid,"SIGTERM"))';

/** The task runner is in the server's process group, so this also ends it after the server is gone. */
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

/** Starts n8n's script `bin` in `folder` with exactly the environment `env`. Its output goes to `logFile`. */
export function startServer(
	bin: string,
	command: readonly string[],
	folder: string,
	env: Record<string, string>,
	logFile: string,
): ServerProcess {
	const descriptor = openSync(logFile, 'a', 0o600);
	const logStart = statSync(logFile).size;
	const child = spawn(nodeBinary(), ['--import', endWithParent, bin, ...command], {
		cwd: folder,
		env,
		stdio: ['ignore', descriptor, descriptor, 'ipc'],
		// A separate process group: Ctrl-C does not reach n8n directly, and the whole group can be killed at once.
		detached: true,
	});
	closeSync(descriptor);
	let stopping: Promise<void> | undefined;
	const exited = whenExited(child, () => stopping !== undefined);
	const { pid } = child;
	if (pid === undefined) throw new Error(`n8n could not be started: ${nodeBinary()} can't be run`);

	const end = async (): Promise<void> => {
		child.kill('SIGTERM');
		const timer = new AbortController();
		const late = pause(gracePeriod, 'late' as const, { signal: timer.signal }).catch(() => undefined);
		if ((await Promise.race([exited, late])) === 'late') killGroup(pid);
		timer.abort();
		await exited;
	};
	return {
		pid,
		exited,
		log: () => readFileSync(logFile).subarray(logStart).toString('utf8'),
		stop: () => (stopping ??= end()),
	};
}

import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { until } from '../../dev/n8n/wait-until';
import manifest from '../../package.json';

const root = resolve(__dirname, '../..');
const binaries = join(root, 'node_modules', '.bin');

export interface RunningScript {
	pid: number;
	/** Its output so far. */
	output(): string;
	/** Waits for a match in the output. @throws with the output, if the script ends before that */
	said(pattern: RegExp, timeout?: number): Promise<RegExpExecArray>;
	/** Does what Ctrl-C does: the signal goes to the script and all its processes. */
	interrupt(): void;
	exitCode: Promise<number | null>;
	/** Kills it if it still runs, after a test that failed. Its n8n then ends, too. */
	kill(): void;
}

/** Starts a script of package.json as a person does, but without its build: other tests use the built package. */
export function startScript(name: 'demo' | 'start', environment: Record<string, string>): RunningScript {
	const [program = '', ...args] = (manifest.scripts[name].split('&&').at(-1) ?? '').trim().split(/\s+/);
	const child = spawn(join(binaries, program), args, {
		cwd: root,
		env: { ...process.env, PATH: [binaries, process.env.PATH].join(delimiter), ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	const { pid } = child;
	if (pid === undefined) throw new Error(`${program} could not be started`);
	let output = '';
	let ended = false;
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (output += text));
	}
	const exitCode = new Promise<number | null>((settle) => child.once('close', settle));
	void exitCode.then(() => (ended = true));
	return {
		pid,
		output: () => output,
		said: (pattern, timeout = 400_000) => {
			const look = async () => {
				const match = pattern.exec(output);
				if (match === null && ended) throw new Error(`${name} ended without the output ${pattern}:\n${output}`);
				return match ?? undefined;
			};
			return until(look, { what: () => `${name} printed ${pattern}; its output:\n${output}`, timeout });
		},
		interrupt: () => process.kill(-pid, 'SIGINT'),
		exitCode,
		kill: () => {
			if (!ended) process.kill(-pid, 'SIGKILL');
		},
	};
}

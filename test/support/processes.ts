import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { until } from '../../dev/n8n/wait-until';

export interface Process {
	pid: number;
	parent: number;
	/** Start time and command line, because another process may get the same id later. */
	identity: string;
}

async function allProcesses(): Promise<Process[]> {
	const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,lstart=,args=']);
	return stdout.split('\n').flatMap((line) => {
		const [, pid, parent, state = '', identity = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
		// A zombie has ended, though its parent has not noticed yet.
		if (pid === undefined || state.startsWith('Z')) return [];
		return [{ pid: Number(pid), parent: Number(parent), identity }];
	});
}

/** Whether it is the n8n server, and not its task runner or its launcher. */
export const isN8n = ({ identity }: Process): boolean => /\bn8n start$/.test(identity);

/** The process and all processes below it that run now. */
export async function familyOf(pid: number): Promise<Process[]> {
	const all = await allProcesses();
	const family = all.filter((one) => one.pid === pid);
	// The list grows while it is walked.
	for (const { pid: parent } of family) family.push(...all.filter((one) => one.parent === parent));
	return family;
}

/** Resolves when none of them runs any more. */
export async function allEnded(family: readonly Process[]): Promise<void> {
	let left: Process[] = [];
	const look = async (): Promise<true | undefined> => {
		const now = new Map((await allProcesses()).map(({ pid, identity }) => [pid, identity]));
		left = family.filter(({ pid, identity }) => now.get(pid) === identity);
		return left.length === 0 || undefined;
	};
	const names = () => left.map(({ identity }) => identity).join('; ');
	await until(look, { what: () => `all of the processes had ended; these run: ${names()}` });
}

/** Whether a server listens at an address such as http://127.0.0.1:5678/path. */
export function isListening(address: string): Promise<boolean> {
	const { hostname: host, port } = new URL(address);
	return new Promise((settle) => {
		const socket = connect({ host, port: Number(port) });
		socket.once('connect', () => settle(true)).once('error', () => settle(false));
		socket.once('connect', () => socket.destroy());
	});
}

/** Damages a SQLite file in the ways that happen in practice. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

const open = (file: string) => `const { DatabaseSync } = require('node:sqlite');
	const database = new DatabaseSync(${JSON.stringify(file)});`;

/** @param script has the file open as `database` */
export function inAnotherProcess(file: string, script: string): void {
	execFileSync(process.execPath, ['-e', open(file) + script]);
}

/** Starts a process that holds the write lock until `release`, or for the given milliseconds. */
export async function holdLock(file: string, milliseconds?: number): Promise<ChildProcess> {
	const until = milliseconds === undefined ? `process.stdin.once('data', end)` : `setTimeout(end, ${milliseconds})`;
	const script = `database.exec('BEGIN EXCLUSIVE'); process.stdout.write('held');
		const end = () => { database.exec('COMMIT'); process.exit(); }; ${until}`;
	const holder = spawn(process.execPath, ['-e', open(file) + script]);
	await once(holder.stdout, 'data');
	return holder;
}

export async function release(holder: ChildProcess): Promise<void> {
	if (holder.exitCode !== null) return;
	const ended = once(holder, 'exit');
	// A holder with a time limit may end before this is written.
	holder.stdin?.once('error', () => undefined).write('let go');
	await ended;
}

/** Overwrites everything after the header. */
export function damagePages(file: string): void {
	writeFileSync(file, readFileSync(file).fill(0xa5, 200), { flag: 'r+' });
}

export function replaceByFolder(file: string): void {
	rmSync(file);
	mkdirSync(file);
}

export function replaceFolderByFile(folder: string): void {
	rmSync(folder, { recursive: true });
	writeFileSync(folder, '');
}

export function linkToNowhere(file: string): void {
	rmSync(file);
	symlinkSync('/nowhere/at/all', file);
}

/**
 * Acts without the rights of root. Containers run tests as root, and root ignores file permissions.
 * @param folder gets this user as its owner; all users must be able to reach it
 */
export async function asOrdinaryUser<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
	if (process.getuid?.() !== 0) return act();
	const ordinaryUser = 65_534;
	chownSync(folder, ordinaryUser, ordinaryUser);
	process.seteuid?.(ordinaryUser);
	try {
		return await act();
	} finally {
		process.seteuid?.(0);
	}
}

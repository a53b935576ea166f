/** What can happen to a SQLite file, done for real. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

const open = (file: string) => `const { DatabaseSync } = require('node:sqlite');
	const database = new DatabaseSync(${JSON.stringify(file)});`;

/** @param script has the file open as `database` */
export function inAnotherProcess(file: string, script: string): void {
	execFileSync(process.execPath, ['-e', open(file) + script]);
}

/** Another process that keeps the write lock until it is released, or for so many milliseconds. */
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
	// One that lets go by itself may be gone before this is written.
	holder.stdin?.once('error', () => undefined).write('let go');
	await ended;
}

/** Leaves the header as it is and spoils what follows. */
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
 * Acts without the rights of root, as whom containers run tests and to whom permissions mean nothing.
 * @param folder is given to that user, and has to lie where everybody may go
 */
export async function asOrdinaryUser<Result>(folder: string, act: () => Promise<Result>): Promise<Result> {
	if (process.getuid?.() !== 0) return act();
	const nobody = 65_534;
	chownSync(folder, nobody, nobody);
	process.seteuid?.(nobody);
	try {
		return await act();
	} finally {
		process.seteuid?.(0);
	}
}

import { fstatSync, lstatSync, readdirSync, type BigIntStats } from 'node:fs';
import { explainSqliteError, leftoversCode, linkCode, openElsewhereCode, specialFileCode } from './errors';

/** SQLite's names for the files beside a database. It opens them with the database. */
const suffixes = ['', '-wal', '-shm', '-journal'];

/**
 * Refuses everything but a file of this store alone, before anything is opened. If a process closes a file, POSIX takes
 * away all locks that the process has on it, whichever part of the process set them. If the file were n8n's own
 * database, other processes would then treat n8n's changes as left over, and n8n would lose data
 * (docs/reference/n8n-host.md, 'Files that n8n has open').
 * @throws StoreUnavailableError
 */
export function expectOwnFile(path: string): void {
	for (const suffix of suffixes) expectPlainFile(path + suffix);
	// In this order: a process that creates a store creates the database first.
	const hasLeftovers = [`${path}-wal`, `${path}-shm`].some((file) => lstatSync(file, { throwIfNoEntry: false }));
	const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
	// SQLite would use the shared memory of the old database for the new one, which another process may still do, too.
	if (found === undefined && hasLeftovers) throw explainSqliteError({ code: leftoversCode }, path);
	if (found !== undefined && !opened().has(identityOf(found)) && isOpenInThisProcess(found)) {
		throw explainSqliteError({ code: openElsewhereCode }, path);
	}
}

/** A name that leads to a file which has another name, too, may lead to the file of another program. */
function expectPlainFile(path: string): void {
	const found = lstatSync(path, { throwIfNoEntry: false });
	if (found === undefined) return;
	if (found.isDirectory()) throw explainSqliteError({ code: 'EISDIR' }, path);
	if (found.isSymbolicLink() || (found.isFile() && found.nlink > 1)) throw explainSqliteError({ code: linkCode }, path);
	if (!found.isFile()) throw explainSqliteError({ code: specialFileCode }, path);
}

/**
 * Notes that SQLite opens this file for a store. The connections of one SQLite library share their locks, so
 * that a second connection of this process may open the file.
 * @returns a function to be called once, after SQLite has closed the file
 */
export function noteOpening(path: string): () => void {
	const identity = identityOf(lstatSync(path, { bigint: true }));
	const files = opened();
	const count = (by: number) => {
		const rest = (files.get(identity) ?? 0) + by;
		if (rest > 0) files.set(identity, rest);
		else files.delete(identity);
	};
	count(1);
	return () => count(-1);
}

const identityOf = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`;

/**
 * How many connections the stores of this process have to each file. It belongs to the process and not to this module:
 * if a person updates the package, n8n loads it a second time, while a trigger may still use the old one.
 */
function opened(): Map<string, number> {
	const name = Symbol.for('n8n-nodes-whatsapp-otp: files of SQLite stores');
	const kept: unknown = Reflect.get(globalThis, name);
	if (isMapOfCounts(kept)) return kept;
	const created = new Map<string, number>();
	Reflect.set(globalThis, name, created);
	return created;
}

function isMapOfCounts(kept: unknown): kept is Map<string, number> {
	return kept instanceof Map;
}

function isOpenInThisProcess(file: BigIntStats): boolean {
	return descriptors().some((descriptor) => {
		try {
			return identityOf(fstatSync(descriptor, { bigint: true })) === identityOf(file);
		} catch {
			// Not open, or closed since.
			return false;
		}
	});
}

/** Most processes have fewer. Only for systems that do not list them. */
const maxUnlisted = 1024;

function descriptors(): number[] {
	// Windows locks files in another way: its locks belong to the handle.
	if (process.platform === 'win32') return [];
	try {
		return readdirSync('/dev/fd').map(Number);
	} catch {
		return Array.from({ length: maxUnlisted }, (_, descriptor) => descriptor);
	}
}

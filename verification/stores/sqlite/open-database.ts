import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { codeOf, foreignCode } from './errors';
import { busyTimeout, retryWhileLocked } from './lock-retry';
import { expectOwnFile, noteOpening } from './own-file';
import { migrate } from './schema';

/** Pages in the WAL before a checkpoint. Fewer than SQLite's default: one commit waits for the whole checkpoint. */
const checkpointPages = 400;

export interface OpenFile {
	database: DatabaseSync;
	close: () => void;
}

/** Opens the file, readable by its owner only, and brings its schema up to date. */
export async function openDatabase(path: string): Promise<OpenFile> {
	const sqlite = await import('node:sqlite');
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	expectOwnFile(path);
	createFile(path);
	const noteClosing = noteOpening(path);
	try {
		const database = await prepare(new sqlite.DatabaseSync(path, { timeout: busyTimeout }));
		const close = () => {
			database.close();
			noteClosing();
		};
		return { database, close };
	} catch (error) {
		noteClosing();
		throw error;
	}
}

async function prepare(database: DatabaseSync): Promise<DatabaseSync> {
	try {
		await retryWhileLocked(() => expectOwnDatabase(database));
		// SQLite does not wait here if another process switches the same file: it fails at once.
		await retryWhileLocked(() => database.exec('PRAGMA journal_mode = WAL'));
		// FULL is the default; a commit may set a lower level.
		database.exec(
			`PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST; PRAGMA wal_autocheckpoint = ${checkpointPages}`,
		);
		await retryWhileLocked(() => migrate(database));
		// SQLite lets a transaction begin on a file that is read-only; only a statement that writes is refused.
		await retryWhileLocked(() => database.exec(`DELETE FROM mark WHERE key = ''`));
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

/** A file with our name can be another program's database, if a person put it there. Nothing is changed there. */
function expectOwnDatabase(database: DatabaseSync): void {
	const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
	if (tables.length > 0 && !tables.some(({ name }) => name === 'verification')) {
		throw Object.assign(new Error(), { code: foreignCode });
	}
}

/**
 * SQLite itself would create a file that all users can read. An existing file is not opened: closing it would release
 * the locks of another connection of this process (POSIX), and then other processes could lose its commits.
 */
function createFile(path: string): void {
	try {
		closeSync(openSync(path, 'wx', 0o600));
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
	}
}

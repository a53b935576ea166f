import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { codeOf, foreignCode } from './errors';
import { shortWait, whileLocked } from './lock-retry';
import { migrate } from './schema';

/** How many pages the file may be behind: fewer than SQLite lets, as who commits then waits for all of them. */
const checkpointPages = 400;

/** Opens the file, readable by its owner alone, and brings its schema up to date. */
export async function openDatabase(path: string): Promise<DatabaseSync> {
	const sqlite = await import('node:sqlite');
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	createFile(path);
	const database = new sqlite.DatabaseSync(path, { timeout: shortWait });
	try {
		await whileLocked(() => expectOurs(database));
		// SQLite does not wait to switch a new file while another process does: it gives up at once.
		await whileLocked(() => database.exec('PRAGMA journal_mode = WAL'));
		// Until a commit asks for less.
		database.exec(
			`PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST; PRAGMA wal_autocheckpoint = ${checkpointPages}`,
		);
		await whileLocked(() => migrate(database));
		// SQLite lets a transaction begin on a file that is read-only; only a statement that writes is refused.
		await whileLocked(() => database.exec(`DELETE FROM mark WHERE key = ''`));
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

/** A path may name n8n's own database or another program's: nothing is changed there. */
function expectOurs(database: DatabaseSync): void {
	const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
	if (tables.length > 0 && !tables.some(({ name }) => name === 'verification')) {
		throw Object.assign(new Error(), { code: foreignCode });
	}
}

/**
 * SQLite would let everybody read it. A file that is there is not touched: closing it would drop the locks that
 * another connection of this process has on it (POSIX), and then other processes may throw its commits away.
 */
function createFile(path: string): void {
	try {
		closeSync(openSync(path, 'wx', 0o600));
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
	}
	// Of a folder SQLite would only say that it can't be opened.
	if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
}

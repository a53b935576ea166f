import { DatabaseSync } from 'node:sqlite';
import { sqliteCodeOf } from './error-fields';

const sqliteBusy = 5;

/**
 * Takes the lock of `file`. Returns undefined if this or another process holds it already.
 * SQLite's file lock ends with its process, even after a crash. A file with a process id would stay behind.
 */
export function tryLock(file: string): (() => void) | undefined {
	const database = new DatabaseSync(file);
	try {
		// Nothing is written, so no journal file is needed.
		database.exec('PRAGMA journal_mode = MEMORY');
		database.exec('BEGIN EXCLUSIVE');
	} catch (error) {
		database.close();
		if (sqliteCodeOf(error) === sqliteBusy) return undefined;
		throw error;
	}
	return () => database.close();
}

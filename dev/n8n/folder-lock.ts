import { DatabaseSync } from 'node:sqlite';
import { sqliteCodeOf } from './error-fields';

const SQLITE_BUSY = 5;

/**
 * Takes the lock that `file` stands for, or answers undefined when somebody else, in this process or in
 * another, has it. SQLite's own file lock goes away with its process however that ends, so a lock is
 * never left behind; a file with a process id in it would be.
 */
export function tryLock(file: string): (() => void) | undefined {
	const database = new DatabaseSync(file);
	try {
		// Nothing is written, so no journal file need stand beside the lock.
		database.exec('PRAGMA journal_mode = MEMORY');
		database.exec('BEGIN EXCLUSIVE');
	} catch (error) {
		database.close();
		if (sqliteCodeOf(error) === SQLITE_BUSY) return undefined;
		throw error;
	}
	return () => database.close();
}

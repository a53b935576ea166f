import { rowOf, text } from './row-reader';
import type { Statements } from './rows';

export function keep(statements: Statements, now: number, key: string, note: string, forMs: number): void {
	statements.run(
		`INSERT INTO note (key, note, purge_at) VALUES (:key, :note, :until)
		ON CONFLICT (key) DO UPDATE SET note = excluded.note, purge_at = excluded.purge_at`,
		{ key, note, until: now + forMs },
	);
}

const noteRow = rowOf({ note: text });

/** One whose time has passed is none, whether or not a purge came by since. */
export function kept(statements: Statements, now: number, key: string): string | undefined {
	return statements.row(noteRow, 'SELECT note FROM note WHERE key = :key AND purge_at > :now', { key, now })?.note;
}

export function forget(statements: Statements, key: string): void {
	statements.run('DELETE FROM note WHERE key = :key', { key });
}

import { text, type Row } from './row-reader';
import type { Statements } from './statements';

// Short texts with a lifetime: table `mark` for `setOnce`, table `note` for the others. A row whose lifetime is over
// counts as deleted, even if no purge has deleted it.

/** @returns true exactly once within `forMs` */
export function setOnce(statements: Statements, now: number, key: string, forMs: number): boolean {
	const changes = statements.run(
		`INSERT INTO mark (key, purge_at) VALUES (:key, :until)
		ON CONFLICT (key) DO UPDATE SET purge_at = excluded.purge_at WHERE purge_at <= :now`,
		{ key, until: now + forMs, now },
	);
	return changes > 0;
}

export function setValue(statements: Statements, now: number, key: string, value: string, forMs: number): void {
	statements.run(
		`INSERT INTO note (key, note, purge_at) VALUES (:key, :value, :until)
		ON CONFLICT (key) DO UPDATE SET note = excluded.note, purge_at = excluded.purge_at`,
		{ key, value, until: now + forMs },
	);
}

const valueOf = (row: Row) => text(row.note);

export function getValue(statements: Statements, now: number, key: string): string | undefined {
	return statements.row(valueOf, 'SELECT note FROM note WHERE key = :key AND purge_at > :now', { key, now });
}

export function deleteValue(statements: Statements, key: string): void {
	statements.run('DELETE FROM note WHERE key = :key', { key });
}

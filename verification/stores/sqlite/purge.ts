import type { Statements } from './rows';

/** Rows of each table that go with one commit: each dirties pages all over the file, and they take their time. */
const [least, most] = [5, 40];

const tables = [
	['verification', 'id'],
	['delivery', 'send_id'],
	['counter', 'key'],
	['mark', 'key'],
	['note', 'key'],
] as const;

/**
 * Tidies a little away with each commit: so little that nobody notices, and on the whole more than its steps add, as
 * a send makes several commits with what follows it.
 * @param steps of the commit
 */
export function purge(statements: Statements, now: number, steps: number): void {
	if (!hasExpired(statements, now)) return;
	const limit = Math.min(most, Math.max(least, 2 * steps));
	for (const [table, key] of tables) {
		statements.run(
			`DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE purge_at <= :now ORDER BY purge_at LIMIT :limit)`,
			{ now, limit },
		);
	}
}

const anyExpired = tables.map(([table]) => `EXISTS (SELECT 1 FROM ${table} WHERE purge_at <= :now)`).join(' OR ');

/** A read alone, for who would commit nothing. */
export function hasExpired(statements: Statements, now: number): boolean {
	return statements.any(`SELECT 1 WHERE ${anyExpired}`, { now });
}

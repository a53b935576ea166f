import type { Statements } from './statements';

/** Rows of each table that one commit deletes. Each row changes pages in different parts of the file. */
const minRows = 5;
const maxRows = 40;

const tables = [
	['verification', 'id'],
	['delivery', 'send_id'],
	['counter', 'key'],
	['mark', 'key'],
	['note', 'key'],
] as const;

/**
 * Deletes a few expired rows with each commit. The number is small, so that no caller notices. It is still more than
 * the commits add, because one send leads to several commits.
 * @param steps number of steps in the commit
 */
export function purge(statements: Statements, now: number, steps: number): void {
	if (!hasExpired(statements, now)) return;
	const limit = Math.min(maxRows, Math.max(minRows, 2 * steps));
	for (const [table, key] of tables) {
		statements.run(
			`DELETE FROM ${table} WHERE ${key} IN
				(SELECT ${key} FROM ${table} WHERE purge_at <= :now ORDER BY purge_at LIMIT :limit)`,
			{ now, limit },
		);
	}
}

const anyExpired = tables.map(([table]) => `EXISTS (SELECT 1 FROM ${table} WHERE purge_at <= :now)`).join(' OR ');

/** Only reads, for a caller that has nothing to commit. */
export function hasExpired(statements: Statements, now: number): boolean {
	return statements.any(`SELECT 1 WHERE ${anyExpired}`, { now });
}

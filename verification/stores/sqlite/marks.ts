import type { Statements } from './rows';

/** One whose time has passed is none, whether or not a purge came by since. */
export function remember(statements: Statements, now: number, mark: string, forMs: number): boolean {
	const changes = statements.run(
		`INSERT INTO mark (key, purge_at) VALUES (:mark, :until)
		ON CONFLICT (key) DO UPDATE SET purge_at = excluded.purge_at WHERE purge_at <= :now`,
		{ mark, until: now + forMs, now },
	);
	return changes > 0;
}

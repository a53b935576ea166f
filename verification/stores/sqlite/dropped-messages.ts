import { times } from '../../policy';
import * as rules from '../../rules';
import type { DropClaim, StoredMessage } from '../store';
import { readBySend, take } from './phone-state';
import { text, type Row } from './row-reader';
import type { Statements } from './statements';

/** Older sends are left out: their verification is over, even if no purge has deleted it. */
const dueDeliveries = `FROM delivery WHERE provider = :provider AND drop_at <= :now AND drop_at > :now - ${times.kept}`;

/** Only reads: if nothing is due, the claim does not wait for the disk or for other processes. */
export function hasDue(statements: Statements, now: number, provider: string): boolean {
	return statements.any(`SELECT 1 ${dueDeliveries} LIMIT 1`, { provider, now });
}

const sendIdOf = (row: Row) => text(row.send_id);

export function claimDropped(statements: Statements, now: number, { provider, limit }: DropClaim): StoredMessage[] {
	const due = statements.rows(sendIdOf, `SELECT send_id ${dueDeliveries} ORDER BY drop_at LIMIT :limit`, {
		provider,
		now,
		limit,
	});
	return due.flatMap((sendId) => {
		const known = readBySend(statements, sendId);
		return take(statements, known, rules.drop(known, sendId, now)) ?? [];
	});
}

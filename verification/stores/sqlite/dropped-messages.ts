import { times } from '../../policy';
import type { DropClaim, StoredMessage } from '../store';
import { applyStatus } from './deliveries';
import { deliveryRow, toDelivery, type DeliveryRow } from './rows';
import type { Statements } from './statements';
import { readRow, withDeliveries } from './verifications';

/** Older sends are left out: their verification is over, even if no purge has deleted it. */
const dueDeliveries = `FROM delivery WHERE provider = :provider AND drop_at <= :now AND drop_at > :now - ${times.kept}`;

/** Only reads: if nothing is due, the claim does not wait for the disk or for other processes. */
export function hasDue(statements: Statements, now: number, provider: string): boolean {
	return statements.any(`SELECT 1 ${dueDeliveries} LIMIT 1`, { provider, now });
}

export function claimDropped(statements: Statements, now: number, { provider, limit }: DropClaim): StoredMessage[] {
	const due = statements.rows(deliveryRow, `SELECT * ${dueDeliveries} ORDER BY drop_at LIMIT :limit`, {
		provider,
		now,
		limit,
	});
	return due.flatMap((row) => drop(statements, now, row));
}

function drop(statements: Statements, now: number, row: DeliveryRow): StoredMessage[] {
	const verification = readRow(statements, now, row.verification_id);
	if (verification === undefined) {
		statements.run('UPDATE delivery SET drop_at = NULL WHERE send_id = :id', { id: row.send_id });
		return [];
	}
	const delivery = toDelivery(applyStatus(statements, row, { status: 'dropped', at: row.drop_at ?? now }));
	return [{ verification: withDeliveries(statements, now, verification), delivery }];
}

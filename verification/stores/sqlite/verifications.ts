import type { EndAnswer, Ending, MessageQuery, StoredVerification, VerificationQuery } from '../store';
import { deleteReplaced } from './replaced-code';
import { deliveryRow, toVerification, verificationRow, type DeliveryRow, type VerificationRow } from './rows';
import type { Statements } from './statements';

/** A verification whose tombstone is over counts as deleted, even if no purge has deleted it. */
export function readRow(statements: Statements, now: number, id: string): VerificationRow | undefined {
	return statements.row(verificationRow, 'SELECT * FROM verification WHERE id = :id AND purge_at > :now', { id, now });
}

/** @throws if the row is gone that this transaction has just read or written: a defect of this store */
export function requireRow(statements: Statements, now: number, id: string): VerificationRow {
	const row = readRow(statements, now, id);
	if (row === undefined) throw new Error(`verification ${id} is gone`);
	return row;
}

export function withDeliveries(statements: Statements, now: number, row: VerificationRow): StoredVerification {
	return toVerification(row, readDeliveries(statements, row.id), now);
}

export function readDeliveries(statements: Statements, id: string): DeliveryRow[] {
	return statements.rows(deliveryRow, 'SELECT * FROM delivery WHERE verification_id = :id ORDER BY number', { id });
}

export function get(
	statements: Statements,
	now: number,
	query: VerificationQuery | MessageQuery,
): StoredVerification | undefined {
	if ('messageKeys' in query) return getByMessage(statements, now, query);
	const { namespace, phoneKey, verificationId, purpose = '' } = query;
	const row =
		verificationId === undefined
			? statements.row(
					verificationRow,
					`SELECT * FROM verification WHERE phone_key = :phoneKey AND purpose = :purpose AND purge_at > :now
					ORDER BY created_at DESC LIMIT 1`,
					{ phoneKey, purpose, now },
				)
			: readRow(statements, now, verificationId);
	if (row === undefined || row.namespace !== namespace || row.phone_key !== phoneKey) return undefined;
	return withDeliveries(statements, now, row);
}

function getByMessage(
	statements: Statements,
	now: number,
	{ messageKeys }: MessageQuery,
): StoredVerification | undefined {
	for (const key of messageKeys) {
		const delivery = statements.row(deliveryRow, 'SELECT * FROM delivery WHERE message_key = :key', { key });
		if (delivery === undefined) continue;
		const row = readRow(statements, now, delivery.verification_id);
		return row && withDeliveries(statements, now, row);
	}
	return undefined;
}

/** One guarded statement: only a live verification ends, and it ends once. */
export function end(statements: Statements, now: number, ending: Ending): EndAnswer | undefined {
	const { namespace, phoneKey, verificationId, state, tombstoneMs } = ending;
	const changes = statements.run(
		`UPDATE verification SET state = :state, mac = NULL, purge_at = :now + :tombstone,
			verified_at = CASE WHEN :state = 'approved' THEN :now END
		WHERE id = :id AND namespace = :namespace AND phone_key = :phoneKey
			AND state IN ('pending', 'undeliverable') AND expires_at > :now`,
		{ id: verificationId, namespace, phoneKey, state, now, tombstone: tombstoneMs },
	);
	if (changes > 0) deleteReplaced(statements, verificationId);
	const verification = get(statements, now, { namespace, phoneKey, verificationId });
	return verification === undefined ? undefined : { ended: changes > 0, verification };
}

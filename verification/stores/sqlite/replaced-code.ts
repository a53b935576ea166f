import type { DeliveryRow } from './rows';
import type { Statements } from './statements';

// A resend replaces the code. Until the resend can't be withdrawn any more, its row keeps the old code, so that a
// failed
// resend can restore it.

/**
 * SQL for the code that the verification `:id` has before a send, as JSON; NULL if there is no verification. The MAC
 * comes first: SQLite stores the end of a long value on pages that it does not overwrite when they become free.
 */
export const currentCode = `(SELECT json_object('mac', mac, 'key_id', key_id, 'shape', shape, 'expires_at', expires_at,
	'sealed_phone', sealed_phone, 'sealed_metadata', sealed_metadata) FROM verification WHERE id = :id)`;

/** @param upTo the number of a send that can't be withdrawn any more: no code from before it can be restored */
export function deleteReplaced(statements: Statements, id: string, upTo = Number.MAX_SAFE_INTEGER): void {
	statements.run(
		'UPDATE delivery SET replaced = NULL WHERE verification_id = :id AND number <= :upTo AND replaced IS NOT NULL',
		{ id, upTo },
	);
}

/**
 * The code that a withdrawn send replaced becomes valid again. If a later send has replaced the withdrawn one's code,
 * the later send keeps it. A verification that has ended, or expired with its last code, does not change.
 * @param next the send after the withdrawn one
 */
export function restoreReplaced(statements: Statements, now: number, withdrawn: DeliveryRow, next?: DeliveryRow): void {
	const { verification_id: id, replaced } = withdrawn;
	if (next !== undefined) {
		statements.run('UPDATE delivery SET replaced = :replaced WHERE send_id = :next AND replaced IS NOT NULL', {
			replaced,
			next: next.send_id,
		});
	} else if (replaced !== null) {
		statements.run(
			`UPDATE verification SET mac = :code ->> 'mac', key_id = :code ->> 'key_id', shape = :code ->> 'shape',
				expires_at = :code ->> 'expires_at', sealed_phone = :code ->> 'sealed_phone',
				sealed_metadata = :code ->> 'sealed_metadata'
			WHERE id = :id AND state = 'pending' AND expires_at > :now`,
			{ id, now, code: replaced },
		);
	}
}

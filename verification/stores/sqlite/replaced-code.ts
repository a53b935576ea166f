import type { DeliveryRow, Statements } from './rows';

/**
 * The code that a send of the verification `:id` replaces, if any, before the send's own is written. It is kept beside
 * the send until that can't be withdrawn any more. The MAC comes first: what is long lies on pages of its own, which
 * SQLite does not overwrite when they become free.
 */
export const replacedCode = `(SELECT json_object('mac', mac, 'key_id', key_id, 'shape', shape, 'expires_at', expires_at,
	'sealed_phone', sealed_phone, 'sealed_metadata', sealed_metadata) FROM verification WHERE id = :id)`;

/** @param upTo number of a send that can't be withdrawn any more: nothing comes back from before it */
export function forgetReplaced(statements: Statements, id: string, upTo = Number.MAX_SAFE_INTEGER): void {
	statements.run(
		'UPDATE delivery SET replaced = NULL WHERE verification_id = :id AND number <= :upTo AND replaced IS NOT NULL',
		{ id, upTo },
	);
}

/**
 * The code that a withdrawn send replaced is good again; or, where another send has replaced the withdrawn one's, it is
 * what comes back with that one. A verification that has ended meanwhile stays so, also where the code had longer to live.
 * @param next the send after it
 */
export function restoreReplaced(statements: Statements, now: number, withdrawn: DeliveryRow, next?: DeliveryRow): void {
	const { verification_id: id, replaced } = withdrawn;
	if (next !== undefined) {
		statements.run('UPDATE delivery SET replaced = :replaced WHERE send_id = :next AND replaced IS NOT NULL', {
			...{ replaced, next: next.send_id },
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

import * as rules from '../../rules';
import { findVerification, toStored } from '../../rules/phone-state';
import type { EndAnswer, Ending, MessageQuery, StoredVerification, VerificationQuery } from '../store';
import { readSend, readWithDeliveries, take } from './phone-state';
import { text, type Row } from './row-reader';
import type { Statements } from './statements';

export function get(
	statements: Statements,
	now: number,
	query: VerificationQuery | MessageQuery,
): StoredVerification | undefined {
	if ('messageKeys' in query) return getByMessage(statements, now, query);
	const { namespace, phoneKey, verificationId = newest(statements, now, query) } = query;
	const found = verificationId === undefined ? undefined : getById(statements, now, verificationId);
	return found?.namespace === namespace && found.phoneKey === phoneKey ? found : undefined;
}

function getById(statements: Statements, now: number, id: string): StoredVerification | undefined {
	const known = readWithDeliveries(statements, id);
	return findVerification(known, id, now) && toStored(known, id, now);
}

const idOf = (row: Row) => text(row.id);

/** The id of the newest verification of a phone and purpose. */
export function newest(
	statements: Statements,
	now: number,
	{ phoneKey, purpose = '' }: Pick<VerificationQuery, 'phoneKey' | 'purpose'>,
): string | undefined {
	return statements.row(
		idOf,
		`SELECT id FROM verification WHERE phone_key = :phoneKey AND purpose = :purpose AND purge_at > :now
			ORDER BY created_at DESC LIMIT 1`,
		{ phoneKey, purpose, now },
	);
}

function getByMessage(
	statements: Statements,
	now: number,
	{ messageKeys }: MessageQuery,
): StoredVerification | undefined {
	for (const key of messageKeys) {
		const delivery = readSend(statements, 'message_key', key);
		if (delivery !== undefined) return getById(statements, now, delivery.verificationId);
	}
	return undefined;
}

/** Ends a verification without a check. */
export function end(statements: Statements, now: number, ending: Ending): EndAnswer | undefined {
	const known = readWithDeliveries(statements, ending.verificationId);
	return take(statements, known, rules.end(known, ending, now));
}

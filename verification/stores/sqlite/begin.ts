import * as rules from '../../rules';
import type { PhoneState } from '../../rules/phone-state';
import type { BeginAnswer, BeginAttempt } from '../store';
import { nothingKnown, readCounters, readSend, readWithDeliveries, take } from './phone-state';
import { text, type Row } from './row-reader';
import type { Statements } from './statements';

/** Begins or continues a verification, or says why not. */
export function begin(statements: Statements, now: number, attempt: BeginAttempt): BeginAnswer {
	const known = readKnown(statements, now, attempt);
	return take(statements, known, rules.begin(known, attempt, now));
}

function readKnown(statements: Statements, now: number, attempt: BeginAttempt): PhoneState {
	const earlier = readSend(statements, 'idempotency_key', attempt.idempotency.key);
	if (earlier !== undefined) {
		const known = readWithDeliveries(statements, earlier.verificationId);
		const isKept = known.verifications.some(({ purgeAt }) => purgeAt > now);
		if (isKept) return known;
	}
	const id = attempt.continues ? attempt.verificationId : findLive(statements, now, attempt);
	const live = id === undefined ? nothingKnown : readWithDeliveries(statements, id);
	return {
		...live,
		deliveries: earlier === undefined ? live.deliveries : [...live.deliveries, earlier],
		counters: readCounters(statements, countersOf(attempt)),
	};
}

function countersOf({ windows, failures }: BeginAttempt): Set<string> {
	return new Set([failures.counter, ...windows.map(({ counter }) => counter)]);
}

const idOf = (row: Row) => text(row.id);

/** The newest live verification of the phone and purpose. */
function findLive(statements: Statements, now: number, { phoneKey, purpose }: BeginAttempt): string | undefined {
	return statements.row(
		idOf,
		`SELECT id FROM verification WHERE phone_key = :phoneKey AND purpose = :purpose
			AND state IN ('pending', 'undeliverable') AND expires_at > :now ORDER BY created_at DESC LIMIT 1`,
		{ phoneKey, purpose, now },
	);
}

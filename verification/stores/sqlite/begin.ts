import * as rules from '../../rules';
import { cooldownOf } from '../../rules/cooldown';
import type { PhoneState } from '../../rules/phone-state';
import type { BeginAnswer, BeginAttempt } from '../store';
import { nothingKnown, readCooldown, readCounters, readSend, readWithDeliveries, take } from './phone-state';
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
	const named = attempt.continues ? readWithDeliveries(statements, attempt.verificationId) : nothingKnown;
	return {
		...named,
		deliveries: earlier === undefined ? named.deliveries : [...named.deliveries, earlier],
		counters: readCounters(statements, countersOf(attempt)),
		cooldowns: readCooldown(statements, cooldownOf(attempt)),
	};
}

function countersOf({ windows, failures }: BeginAttempt): Set<string> {
	return new Set([failures.counter, ...windows.map(({ counter }) => counter)]);
}

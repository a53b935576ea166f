import * as rules from '../../rules';
import type { CheckAnswer, CheckAttempt, CheckTerms, OtherVerifications, PhoneCheckAttempt } from '../store';
import { nothingKnown, readCounters, readPending, readReplacing, readVerification, take } from './phone-state';
import type { Statements } from './statements';
import { newest } from './verifications';

function countersOf({ failures, callers }: CheckTerms): string[] {
	return [failures.counter, ...callers.map(({ counter }) => counter)];
}

/** Evaluates an entry at most once, and only while the verification and the phone have checks left. */
export function check(statements: Statements, now: number, attempt: CheckAttempt): CheckAnswer {
	const { verificationId } = attempt;
	const record = readVerification(statements, verificationId);
	if (record === undefined) return { result: 'not_found' };
	const known = {
		...nothingKnown,
		verifications: [record],
		deliveries: readReplacing(statements, verificationId),
		counters: readCounters(statements, countersOf(attempt)),
	};
	return take(statements, known, rules.check(known, attempt, now));
}

/** Evaluates an entry for all pending verifications of a phone and purpose. */
export function checkPhone(
	statements: Statements,
	now: number,
	attempt: PhoneCheckAttempt,
): CheckAnswer | OtherVerifications {
	const pending = readPending(statements, attempt, now);
	const newestId = pending.length === 0 ? newest(statements, now, attempt) : undefined;
	const last = newestId === undefined ? undefined : readVerification(statements, newestId);
	const known = {
		...nothingKnown,
		verifications: last === undefined ? pending : [last],
		deliveries: pending.flatMap(({ verificationId }) => readReplacing(statements, verificationId)),
		counters: readCounters(statements, countersOf(attempt)),
	};
	return take(statements, known, rules.checkPhone(known, attempt, now));
}

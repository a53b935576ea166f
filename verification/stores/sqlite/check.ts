import * as rules from '../../rules';
import type { CheckAnswer, CheckAttempt } from '../store';
import { readCounters, readReplacing, readVerification, take } from './phone-state';
import type { Statements } from './statements';

/** Evaluates an entry at most once, and only while the verification and the phone have checks left. */
export function check(statements: Statements, now: number, attempt: CheckAttempt): CheckAnswer {
	const { verificationId, failures } = attempt;
	const record = readVerification(statements, verificationId);
	if (record === undefined) return { result: 'not_found' };
	const known = {
		verifications: [record],
		deliveries: readReplacing(statements, verificationId),
		counters: readCounters(statements, [failures.counter]),
	};
	return take(statements, known, rules.check(known, attempt, now));
}

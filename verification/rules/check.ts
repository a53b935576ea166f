import { resultOfEnded } from '../state';
import type { CheckAnswer, CheckAttempt, StoredCheck } from '../stores/store';
import { counted, countNow, waitOf } from './counters';
import {
	findVerification,
	stateAt,
	withVerification,
	type PhoneState,
	type Step,
	type VerificationRecord,
} from './phone-state';
import { withoutReplaced } from './replaced-code';

/**
 * Evaluates an entry at most once, and only while the verification and the phone have checks left. It counts the
 * attempt before it compares the code (docs/reference/verification-rules.md 1.2 and 1.4).
 * @param known the verification, its sends that keep a replaced code, and the counter of failed checks
 */
export function check(known: PhoneState, attempt: CheckAttempt, now: number): Step<CheckAnswer> {
	const record = findVerification(known, attempt.verificationId, now);
	if (record?.namespace !== attempt.namespace || record.purpose !== attempt.purpose) {
		return { state: known, answer: { result: 'not_found' } };
	}
	const failed = counted(known.counters, attempt.failures.counter, now, attempt.failures.windowMs);
	const unevaluated = reasonNotToEvaluate(attempt, record, failed, now);
	if (unevaluated !== undefined) {
		return { state: known, answer: { ...unevaluated, verification: toStoredCheck(record, now) } };
	}
	const evaluated = evaluate(attempt, record, now);
	const { counter, windowMs } = attempt.failures;
	const failures =
		evaluated.state === 'approved' ? { moments: [], purgeAt: now } : countNow(known.counters[counter], windowMs, now);
	const changed = withVerification({ ...known, counters: { ...known.counters, [counter]: failures } }, evaluated);
	const state = evaluated.state === 'pending' ? changed : withoutReplaced(changed, record);
	const result = evaluated.state === 'pending' ? 'invalid_code' : evaluated.state;
	return { state, answer: { result, verification: toStoredCheck(evaluated, now) } };
}

function reasonNotToEvaluate(
	attempt: CheckAttempt,
	record: VerificationRecord,
	failed: readonly number[],
	now: number,
): CheckAnswer | undefined {
	// The record was found by its whole id. If its phone differs, the attempt read the id with another key.
	if (record.phoneKey !== attempt.phoneKey) return { result: 'key_missing' };
	const state = stateAt(record, now);
	if (state !== 'pending') return { result: resultOfEnded[state] };
	const readings = attempt.candidates.filter(({ shapes }) => shapes.includes(record.shape));
	if (readings.length === 0) return { result: 'malformed' };
	if (!readings.some(({ keyId }) => keyId === record.keyId)) return { result: 'key_missing' };
	const retryAfterMs = waitOf(failed, now, attempt.failures);
	return retryAfterMs === undefined ? undefined : { result: 'rate_limited', retryAfterMs };
}

type Evaluated = VerificationRecord & { state: 'pending' | 'approved' | 'locked' };

function evaluate(attempt: CheckAttempt, record: VerificationRecord, now: number): Evaluated {
	const attempts = record.attempts + 1;
	const ended = { attempts, mac: '', purgeAt: now + attempt.tombstoneMs };
	if (enteredMac(attempt, record) === record.mac) return { ...record, ...ended, state: 'approved', verifiedAt: now };
	if (attempts >= record.maxAttempts) return { ...record, ...ended, state: 'locked' };
	return { ...record, attempts, state: 'pending' };
}

function enteredMac({ candidates }: CheckAttempt, { keyId, shape }: VerificationRecord): string | undefined {
	return candidates.find((each) => each.keyId === keyId && each.shapes.includes(shape))?.mac;
}

function toStoredCheck(record: VerificationRecord, now: number): StoredCheck {
	const { verificationId, purpose, keyId, shape, attempts, maxAttempts, verifiedAt, sealedMetadata } = record;
	const state = stateAt(record, now);
	return { verificationId, purpose, state, keyId, shape, attempts, maxAttempts, verifiedAt, sealedMetadata };
}

import { resultOfEnded } from '../../state';
import type { CheckAnswer, CheckAttempt } from '../store';
import { clearCounter, readCounter, waitOf, writeCounter } from './counters';
import { deleteReplaced } from './replaced-code';
import { evaluatedRow, toVerification, type EvaluatedRow, type VerificationRow } from './rows';
import type { Statements } from './statements';
import { readRow } from './verifications';

/** Evaluates an entry at most once, and only while the verification and the phone have checks left. */
export function check(statements: Statements, now: number, attempt: CheckAttempt): CheckAnswer {
	const row = readRow(statements, now, attempt.verificationId);
	if (row === undefined || row.namespace !== attempt.namespace || row.purpose !== attempt.purpose) {
		return { result: 'not_found' };
	}
	// The row was found by its whole id. If its phone differs, the attempt read the id with another key.
	if (row.phone_key !== attempt.phoneKey) {
		return { result: 'key_missing', verification: toVerification(row, [], now) };
	}
	const { failures } = attempt;
	const failed = readCounter(statements, failures.counter, now, failures.windowMs);
	const unevaluated = reasonNotToEvaluate(now, attempt, row, failed);
	if (unevaluated !== undefined) return { ...unevaluated, verification: toVerification(row, [], now) };
	const fitting = attempt.candidates.find(({ keyId, shapes }) => keyId === row.key_id && shapes.includes(row.shape));
	const updated = evaluate(statements, now, row, fitting?.mac ?? '', attempt.tombstoneMs);
	if (updated === undefined) throw new Error('a live verification refused a check');
	if (updated.state !== 'pending') deleteReplaced(statements, row.id);
	if (updated.state !== 'approved') {
		writeCounter(statements, failures.counter, [...failed, now], now + failures.windowMs);
	} else if (failed.length > 0) {
		clearCounter(statements, failures.counter);
	}
	return { result: resultOf(updated), verification: toVerification({ ...row, ...updated }, [], now) };
}

function resultOf({ state }: EvaluatedRow): 'approved' | 'locked' | 'invalid_code' {
	return state === 'approved' || state === 'locked' ? state : 'invalid_code';
}

function reasonNotToEvaluate(
	now: number,
	attempt: CheckAttempt,
	row: VerificationRow,
	failed: number[],
): CheckAnswer | undefined {
	if (row.state !== 'pending') return { result: resultOfEnded[row.state] };
	if (row.expires_at <= now) return { result: 'expired' };
	const readings = attempt.candidates.filter(({ shapes }) => shapes.includes(row.shape));
	if (readings.length === 0) return { result: 'malformed' };
	if (!readings.some(({ keyId }) => keyId === row.key_id)) return { result: 'key_missing' };
	const retryAfterMs = waitOf(failed, now, attempt.failures);
	return retryAfterMs === undefined ? undefined : { result: 'rate_limited', retryAfterMs };
}

/**
 * The one statement that decides. It counts the attempt and compares the MAC, and it does so only while the guards hold
 * (docs/reference/verification-rules.md 1.2 and 1.4).
 */
function evaluate(
	statements: Statements,
	now: number,
	row: VerificationRow,
	mac: string,
	tombstoneMs: number,
): EvaluatedRow | undefined {
	return statements.row(
		evaluatedRow,
		`UPDATE verification SET
			attempts = attempts + 1,
			state = CASE WHEN mac = :mac THEN 'approved' WHEN attempts + 1 >= max_attempts THEN 'locked' ELSE state END,
			verified_at = CASE WHEN mac = :mac THEN :now END,
			purge_at = CASE WHEN mac = :mac OR attempts + 1 >= max_attempts THEN :now + :tombstone ELSE purge_at END,
			mac = CASE WHEN mac = :mac OR attempts + 1 >= max_attempts THEN NULL ELSE mac END
		WHERE id = :id AND state = 'pending' AND expires_at > :now AND attempts < max_attempts
		RETURNING state, attempts, verified_at`,
		{ id: row.id, mac, now, tombstone: tombstoneMs },
	);
}

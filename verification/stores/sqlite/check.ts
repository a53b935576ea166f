import { resultOfEnded } from '../../state';
import type { CheckAnswer, CheckAttempt } from '../store';
import { clearCounter, readCounter, waitOf, writeCounter } from './counters';
import { readRow } from './verifications';
import { forgetReplaced } from './replaced-code';
import { evaluatedRow, toVerification, type EvaluatedRow, type Statements, type VerificationRow } from './rows';

/** Evaluates an entry at most once, and only while the verification and the phone have checks left. */
export function check(statements: Statements, now: number, attempt: CheckAttempt): CheckAnswer {
	const row = readRow(statements, now, attempt.verificationId);
	if (row === undefined || row.namespace !== attempt.namespace || row.purpose !== attempt.purpose) {
		return { result: 'not_found' };
	}
	// An id is found whole or not at all; read under another key than the one it was made with, its phone differs.
	if (row.phone_key !== attempt.phoneKey) {
		return { result: 'key_missing', verification: toVerification(row, [], now) };
	}
	const { failures } = attempt;
	const failed = readCounter(statements, failures.counter, now, failures.windowMs);
	const unevaluated = reasonNotToEvaluate(now, attempt, row, failed);
	if (unevaluated !== undefined) return { ...unevaluated, verification: toVerification(row, [], now) };
	const meant = attempt.candidates.find(({ keyId, shapes }) => keyId === row.key_id && shapes.includes(row.shape));
	const updated = evaluate(statements, now, row, meant?.mac ?? '', attempt.tombstoneMs);
	if (updated === undefined) throw new Error('a live verification refused a check');
	if (updated.state !== 'pending') forgetReplaced(statements, row.id);
	if (updated.state !== 'approved')
		writeCounter(statements, failures.counter, [...failed, now], now + failures.windowMs);
	else if (failed.length > 0) clearCounter(statements, failures.counter);
	const results = { approved: 'approved', locked: 'locked', pending: 'invalid_code' } as const;
	const state = updated.state === 'approved' || updated.state === 'locked' ? updated.state : 'pending';
	return { result: results[state], verification: toVerification({ ...row, ...updated }, [], now) };
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

/** The one statement that decides: it counts the attempt and compares only while the guards hold (rules 2 and 4). */
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

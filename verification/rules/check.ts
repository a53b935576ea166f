import { resultOfEnded } from '../state';
import type {
	CheckAnswer,
	CheckAttempt,
	EnteredCode,
	OtherVerifications,
	PhoneCheckAttempt,
	StoredCheck,
} from '../stores/store';
import { countIn, fullWindow, restOf } from './counters';
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
	const refusal = reasonNotToEvaluate(known, attempt, record, now);
	if (refusal !== undefined) {
		return { state: known, answer: { ...refusal, verification: toStoredCheck(record, now) } };
	}
	const evaluated = evaluate(attempt, attempt, record, now);
	const state = countResult(withEvaluated(known, evaluated), attempt, evaluated.state === 'approved', now);
	const result = evaluated.state === 'pending' ? 'invalid_code' : evaluated.state;
	return { state, answer: { result, verification: toStoredCheck(evaluated, now, result === 'approved') } };
}

/**
 * Compares an entry with the codes of all pending verifications of a phone and purpose. An attempt counts on each of
 * them, and the newest that matches is approved (docs/reference/verification-rules.md 2.2).
 * @param known the pending verifications of the phone and purpose, or else its newest one; their sends that keep a
 * replaced code, and the counter of failed checks
 */
export function checkPhone(
	known: PhoneState,
	attempt: PhoneCheckAttempt,
	now: number,
): Step<CheckAnswer | OtherVerifications> {
	const unchanged = (answer: CheckAnswer | OtherVerifications) => ({ state: known, answer });
	const [newest, ...older] = verificationsOf(known, attempt, now);
	if (newest === undefined) return unchanged({ result: 'not_found' });
	const pending = [newest, ...older].filter((each) => stateAt(each, now) === 'pending');
	const state = stateAt(newest, now);
	if (pending.length === 0 && state !== 'pending') return unchanged({ result: resultOfEnded[state] });
	const enteredFor = (record: VerificationRecord) =>
		attempt.entered.find(({ verificationId }) => verificationId === record.verificationId);
	if (!pending.every(enteredFor)) return unchanged({ pending: pending.map(({ verificationId }) => verificationId) });
	const readable = pending.filter((record) => readingsOf(enteredFor(record), record).length > 0);
	if (readable.length === 0) return unchanged({ result: 'malformed' });
	if (!readable.every((record) => enteredMac(enteredFor(record), record) !== undefined)) {
		return unchanged({ result: 'key_missing' });
	}
	const retryAfterMs = failureWait(known, attempt, now);
	if (retryAfterMs !== undefined) return unchanged({ result: 'rate_limited', retryAfterMs });
	return evaluateAll(known, attempt, readable, now);
}

function evaluateAll(
	known: PhoneState,
	attempt: PhoneCheckAttempt,
	records: readonly VerificationRecord[],
	now: number,
): Step<CheckAnswer> {
	let state = known;
	let approved: Evaluated | undefined;
	let isAnyPending = false;
	for (const record of records) {
		const entered = attempt.entered.find(({ verificationId }) => verificationId === record.verificationId);
		// A builder can give two verifications the same code. One entry approves one of them.
		const evaluated = evaluate(approved === undefined ? entered : undefined, attempt, record, now);
		state = withEvaluated(state, evaluated);
		if (evaluated.state === 'approved') approved = evaluated;
		isAnyPending ||= evaluated.state === 'pending';
	}
	state = countResult(state, attempt, approved !== undefined, now);
	if (approved !== undefined)
		return { state, answer: { result: 'approved', verification: toStoredCheck(approved, now, true) } };
	return { state, answer: { result: isAnyPending ? 'invalid_code' : 'locked' } };
}

/** Newest first. */
function verificationsOf(
	{ verifications }: PhoneState,
	{ namespace, phoneKey, purpose }: PhoneCheckAttempt,
	now: number,
): VerificationRecord[] {
	return verifications
		.filter((each) => each.namespace === namespace && each.phoneKey === phoneKey && each.purpose === purpose)
		.filter(({ purgeAt }) => purgeAt > now)
		.toSorted((a, b) => b.createdAt - a.createdAt);
}

function reasonNotToEvaluate(
	known: PhoneState,
	attempt: CheckAttempt,
	record: VerificationRecord,
	now: number,
): CheckAnswer | undefined {
	// The record was found by its whole id. If its phone differs, the attempt read the id with another key.
	if (record.phoneKey !== attempt.phoneKey) return { result: 'key_missing' };
	const state = stateAt(record, now);
	if (state !== 'pending') return { result: resultOfEnded[state] };
	if (readingsOf(attempt, record).length === 0) return { result: 'malformed' };
	if (enteredMac(attempt, record) === undefined) return { result: 'key_missing' };
	const retryAfterMs = failureWait(known, attempt, now);
	return retryAfterMs === undefined ? undefined : { result: 'rate_limited', retryAfterMs };
}

/** What the entry can mean for a code of this shape. */
function readingsOf(entered: EnteredCode | undefined, { shape }: VerificationRecord): EnteredCode['candidates'] {
	return entered?.candidates.filter(({ shapes }) => shapes.includes(shape)) ?? [];
}

function enteredMac(entered: EnteredCode | undefined, record: VerificationRecord): string | undefined {
	return readingsOf(entered, record).find(({ keyId }) => keyId === record.keyId)?.mac;
}

/** Milliseconds until the phone and the caller may fail again; undefined if they may now. */
function failureWait(
	{ counters }: PhoneState,
	{ failures, callers }: Pick<CheckAttempt, 'failures' | 'callers'>,
	now: number,
): number | undefined {
	return restOf(counters, failures, now) ?? fullWindow(counters, callers, now)?.retryAfterMs;
}

type Evaluated = VerificationRecord & { state: 'pending' | 'approved' | 'locked' };

function evaluate(
	entered: EnteredCode | undefined,
	{ tombstoneMs }: Pick<CheckAttempt, 'tombstoneMs'>,
	record: VerificationRecord,
	now: number,
): Evaluated {
	const attempts = record.attempts + 1;
	const ended = { attempts, mac: '', purgeAt: now + tombstoneMs };
	if (enteredMac(entered, record) === record.mac) return { ...record, ...ended, state: 'approved', verifiedAt: now };
	if (attempts >= record.maxAttempts) return { ...record, ...ended, state: 'locked' };
	return { ...record, attempts, state: 'pending' };
}

function withEvaluated(known: PhoneState, evaluated: Evaluated): PhoneState {
	const state = withVerification(known, evaluated);
	return evaluated.state === 'pending' ? state : withoutReplaced(state, evaluated);
}

/** A success resets the failed checks of the phone only (docs/reference/verification-rules.md 1.6). */
function countResult(
	state: PhoneState,
	{ failures: { counter, windowMs }, callers }: Pick<CheckAttempt, 'failures' | 'callers'>,
	isApproved: boolean,
	now: number,
): PhoneState {
	const { counters } = state;
	if (isApproved) return { ...state, counters: { ...counters, [counter]: { moments: [], purgeAt: now } } };
	return { ...state, counters: countIn(counters, [{ counter, windowMs }, ...callers], now) };
}

function toStoredCheck(record: VerificationRecord, now: number, isApproved = false): StoredCheck {
	const { verificationId, purpose, keyId, shape, attempts, maxAttempts, verifiedAt, sealedMetadata } = record;
	const state = stateAt(record, now);
	const check = { verificationId, purpose, state, keyId, shape, attempts, maxAttempts, verifiedAt, sealedMetadata };
	return isApproved ? { ...check, sealedPhone: record.sealedPhone } : check;
}

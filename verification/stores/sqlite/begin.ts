import { limitNames, type BeginAnswer, type BeginAttempt, type StoredVerification } from '../store';
import { countSend, fullWindow, readCounter, waitOf } from './counters';
import { currentCode } from './replaced-code';
import { deliveryRow, toDelivery, verificationRow, type VerificationRow } from './rows';
import type { Statements } from './statements';
import { readRow, requireRow, withDeliveries } from './verifications';

/** Begins or continues a verification, or says why not. Nothing is written before all limits are checked. */
export function begin(statements: Statements, now: number, attempt: BeginAttempt): BeginAnswer {
	const replay = replayed(statements, now, attempt);
	if (replay !== undefined) return replay;
	const row = attempt.continues ? readRow(statements, now, attempt.verificationId) : readLive(statements, now, attempt);
	const verification = row && withDeliveries(statements, now, row);
	if (attempt.continues && (row === undefined || !isLive(row, now))) return { answer: 'ended', verification };
	if (!attempt.continues && verification !== undefined) return { answer: 'live', verification };
	const refusal = refuse(statements, now, attempt, verification);
	if (refusal !== undefined) return refusal;
	// Before the new code is written, because the delivery keeps the code that it replaces.
	insertDelivery(statements, now, attempt);
	if (row === undefined) insertVerification(statements, now, attempt);
	else continueVerification(statements, now, attempt, row);
	countSend(statements, now, attempt.windows);
	const begun = requireRow(statements, now, attempt.verificationId);
	return { answer: 'begun', isResend: row !== undefined, verification: withDeliveries(statements, now, begun) };
}

/** The newest live verification of the phone and purpose. */
function readLive(
	statements: Statements,
	now: number,
	{ phoneKey, purpose }: BeginAttempt,
): VerificationRow | undefined {
	return statements.row(
		verificationRow,
		`SELECT * FROM verification WHERE phone_key = :phoneKey AND purpose = :purpose
			AND state IN ('pending', 'undeliverable') AND expires_at > :now ORDER BY created_at DESC LIMIT 1`,
		{ phoneKey, purpose, now },
	);
}

/** An undeliverable verification continues with the next send, for example through another provider or channel. */
function isLive(row: VerificationRow, now: number): boolean {
	return row.expires_at > now && (row.state === 'pending' || row.state === 'undeliverable');
}

/** A send with a known idempotency key is answered, not repeated. */
function replayed(statements: Statements, now: number, attempt: BeginAttempt): BeginAnswer | undefined {
	const { key, fingerprint, inFlightMs } = attempt.idempotency;
	const row = statements.row(deliveryRow, 'SELECT * FROM delivery WHERE idempotency_key = :key', { key });
	if (row === undefined) return undefined;
	const verification = readRow(statements, now, row.verification_id);
	if (verification === undefined) {
		// Its verification is over, and no purge has deleted it yet. The key is free again.
		statements.run('DELETE FROM delivery WHERE send_id = :id', { id: row.send_id });
		return undefined;
	}
	if (row.fingerprint !== fingerprint) return { answer: 'conflict' };
	if (row.status === 'sending' && row.started_at > now - inFlightMs) {
		return { answer: 'in_progress', verification: withDeliveries(statements, now, verification) };
	}
	// The process that began it never reported an outcome, so the message may have been sent.
	const delivery = toDelivery(row.status === 'sending' ? { ...row, status: 'unknown' } : row);
	if (row.status === 'sending') {
		statements.run(`UPDATE delivery SET status = 'unknown' WHERE send_id = :id`, { id: row.send_id });
	}
	return {
		answer: 'replayed',
		delivery,
		isResend: row.number > 1,
		verification: withDeliveries(statements, now, verification),
	};
}

function refuse(
	statements: Statements,
	now: number,
	attempt: BeginAttempt,
	verification: StoredVerification | undefined,
): BeginAnswer | undefined {
	if (verification !== undefined && verification.sends >= verification.maxSends) {
		const retryAfterMs = verification.expiresAt - now;
		return { answer: 'rate_limited', limit: limitNames.verification, retryAfterMs, verification };
	}
	if (verification !== undefined && now < verification.resendAt) {
		return { answer: 'cooldown', retryAfterMs: verification.resendAt - now, verification };
	}
	const { counter, windowMs } = attempt.failures;
	const blocked = waitOf(readCounter(statements, counter, now, windowMs), now, attempt.failures);
	const full =
		blocked === undefined
			? fullWindow(statements, now, attempt.windows)
			: { limit: limitNames.failures, retryAfterMs: blocked };
	if (full === undefined) return undefined;
	return { answer: 'rate_limited', ...full, verification };
}

function insertVerification(statements: Statements, now: number, attempt: BeginAttempt): void {
	const deadline = now + attempt.deadlineMs;
	statements.run(
		`INSERT INTO verification (id, namespace, phone_key, purpose, state, key_id, mac, shape, attempts, max_attempts,
			sends, max_sends, created_at, deadline_at, expires_at, resend_at, sealed_phone, sealed_metadata, purge_at)
		VALUES (:id, :namespace, :phoneKey, :purpose, 'pending', :keyId, :mac, :shape, 0, :maxAttempts,
			1, :maxSends, :now, :deadline, :expiresAt, :resendAt, :sealedPhone, :sealedMetadata, :purgeAt)`,
		{
			id: attempt.verificationId,
			namespace: attempt.namespace,
			phoneKey: attempt.phoneKey,
			purpose: attempt.purpose,
			keyId: attempt.keyId,
			mac: attempt.mac,
			shape: attempt.shape,
			maxAttempts: attempt.maxAttempts,
			maxSends: attempt.maxSends,
			now,
			deadline,
			expiresAt: Math.min(now + attempt.lifetimeMs, deadline),
			resendAt: now + cooldownAfter(attempt, 1),
			sealedPhone: attempt.sealedPhone,
			sealedMetadata: attempt.sealedMetadata,
			purgeAt: deadline + attempt.tombstoneMs,
		},
	);
}

/** The new code replaces the old one; attempts and the deadline stay (docs/reference/verification-rules.md 1.5). */
function continueVerification(statements: Statements, now: number, attempt: BeginAttempt, live: VerificationRow): void {
	statements.run(
		`UPDATE verification SET state = 'pending', key_id = :keyId, mac = :mac, shape = :shape, sends = sends + 1,
			expires_at = :expiresAt, resend_at = :resendAt, sealed_phone = :sealedPhone, sealed_metadata = :sealedMetadata
		WHERE id = :id`,
		{
			id: live.id,
			keyId: attempt.keyId,
			mac: attempt.mac,
			shape: attempt.shape,
			expiresAt: Math.min(now + attempt.lifetimeMs, live.deadline_at),
			resendAt: now + cooldownAfter(attempt, live.sends + 1),
			sealedPhone: attempt.sealedPhone,
			sealedMetadata: attempt.sealedMetadata,
		},
	);
}

function cooldownAfter(attempt: BeginAttempt, sends: number): number {
	return attempt.cooldownsMs[Math.min(sends, attempt.cooldownsMs.length) - 1] ?? 0;
}

/** The send is stored before the provider is called (docs/reference/verification-rules.md 4, 'Send'). */
function insertDelivery(statements: Statements, now: number, attempt: BeginAttempt): void {
	statements.run(
		`INSERT INTO delivery (send_id, verification_id, number, provider, status, times, drop_at, idempotency_key,
			fingerprint, started_at, replaced, purge_at)
		VALUES (:sendId, :id, (SELECT coalesce(max(number), 0) + 1 FROM delivery WHERE verification_id = :id),
			:provider, 'sending', :times, :dropAt, :key, :fingerprint, :now, ${currentCode}, :purgeAt)`,
		{
			sendId: attempt.sendId,
			id: attempt.verificationId,
			provider: attempt.provider,
			times: JSON.stringify({ sending: now }),
			dropAt: now + attempt.dropAfterMs,
			key: attempt.idempotency.key,
			fingerprint: attempt.idempotency.fingerprint,
			now,
			purgeAt: now + attempt.deadlineMs + attempt.tombstoneMs,
		},
	);
}

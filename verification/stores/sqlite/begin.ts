import { limitNames, type BeginAnswer, type BeginRequest, type StoredVerification } from '../store';
import { countSend, fullWindow, readCounter, waitOf } from './counters';
import { readRow, readStored, withDeliveries } from './verifications';
import { replacedCode } from './replaced-code';
import { deliveryRow, toDelivery, verificationRow, type Statements, type VerificationRow } from './rows';

/** Begins or continues a verification, or says why not. Nothing is written before every limit has been asked. */
export function begin(statements: Statements, now: number, request: BeginRequest): BeginAnswer {
	const replay = replayed(statements, now, request);
	if (replay !== undefined) return replay;
	const live = request.continues
		? readRow(statements, now, request.verificationId)
		: statements.row(
				verificationRow,
				`SELECT * FROM verification WHERE phone_key = :phoneKey AND purpose = :purpose
					AND state IN ('pending', 'undeliverable') AND expires_at > :now ORDER BY created_at DESC LIMIT 1`,
				{ phoneKey: request.phoneKey, purpose: request.purpose, now },
			);
	if (request.continues && (live === undefined || !isLive(live, now))) {
		return { answer: 'ended', ...(live === undefined ? {} : { verification: withDeliveries(statements, now, live) }) };
	}
	if (!request.continues && live !== undefined) {
		return { answer: 'live', verification: withDeliveries(statements, now, live) };
	}
	const verification = live === undefined ? undefined : withDeliveries(statements, now, live);
	const refusal = refuse(statements, now, request, verification);
	if (refusal !== undefined) return refusal;
	// Before the code is written: it keeps the one that is replaced.
	insertDelivery(statements, now, request);
	if (live === undefined) insertVerification(statements, now, request);
	else continueVerification(statements, now, request, live);
	countSend(statements, now, request.windows);
	return {
		answer: 'begun',
		isResend: live !== undefined,
		verification: readStored(statements, now, request.verificationId),
	};
}

/** An undeliverable verification goes on with the next send, be it through another provider or channel. */
function isLive(row: VerificationRow, now: number): boolean {
	return row.expires_at > now && (row.state === 'pending' || row.state === 'undeliverable');
}

/** A send that was made before under the same idempotency key is answered, not repeated. */
function replayed(statements: Statements, now: number, request: BeginRequest): BeginAnswer | undefined {
	const { key, fingerprint, inFlightMs } = request.idempotency;
	const row = statements.row(deliveryRow, 'SELECT * FROM delivery WHERE idempotency_key = :key', { key });
	if (row === undefined) return undefined;
	const verification = readRow(statements, now, row.verification_id);
	if (verification === undefined) {
		// Forgotten with its verification, and not purged yet: the key is free again.
		statements.run('DELETE FROM delivery WHERE send_id = :id', { id: row.send_id });
		return undefined;
	}
	if (row.fingerprint !== fingerprint) return { answer: 'conflict' };
	if (row.status === 'sending' && row.started_at > now - inFlightMs) {
		return { answer: 'in_progress', verification: withDeliveries(statements, now, verification) };
	}
	// Whoever began it never came back: it may have been sent.
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
	request: BeginRequest,
	verification: StoredVerification | undefined,
): BeginAnswer | undefined {
	if (verification !== undefined && verification.sends >= verification.maxSends) {
		const retryAfterMs = verification.expiresAt - now;
		return { answer: 'rate_limited', limit: limitNames.verification, retryAfterMs, verification };
	}
	if (verification !== undefined && now < verification.resendAt) {
		return { answer: 'cooldown', retryAfterMs: verification.resendAt - now, verification };
	}
	const { counter, windowMs } = request.failures;
	const blocked = waitOf(readCounter(statements, counter, now, windowMs), now, request.failures);
	const full =
		blocked === undefined
			? fullWindow(statements, now, request.windows)
			: { limit: limitNames.failures, retryAfterMs: blocked };
	if (full === undefined) return undefined;
	return { answer: 'rate_limited', ...full, ...(verification === undefined ? {} : { verification }) };
}

function insertVerification(statements: Statements, now: number, request: BeginRequest): void {
	const deadline = now + request.deadlineMs;
	statements.run(
		`INSERT INTO verification (id, namespace, phone_key, purpose, state, key_id, mac, shape, attempts, max_attempts,
			sends, max_sends, created_at, deadline_at, expires_at, resend_at, sealed_phone, sealed_metadata, purge_at)
		VALUES (:id, :namespace, :phoneKey, :purpose, 'pending', :keyId, :mac, :shape, 0, :maxAttempts,
			1, :maxSends, :now, :deadline, :expiresAt, :resendAt, :sealedPhone, :sealedMetadata, :purgeAt)`,
		{
			id: request.verificationId,
			namespace: request.namespace,
			phoneKey: request.phoneKey,
			purpose: request.purpose,
			keyId: request.keyId,
			mac: request.mac,
			shape: request.shape,
			maxAttempts: request.maxAttempts,
			maxSends: request.maxSends,
			now,
			deadline,
			expiresAt: Math.min(now + request.lifetimeMs, deadline),
			resendAt: now + cooldownAfter(request, 1),
			sealedPhone: request.sealedPhone,
			sealedMetadata: request.sealedMetadata,
			purgeAt: deadline + request.tombstoneMs,
		},
	);
}

/** A new code, the old one dead; attempts and the deadline stay (rule 5). */
function continueVerification(statements: Statements, now: number, request: BeginRequest, live: VerificationRow): void {
	statements.run(
		`UPDATE verification SET state = 'pending', key_id = :keyId, mac = :mac, shape = :shape, sends = sends + 1,
			expires_at = :expiresAt, resend_at = :resendAt, sealed_phone = :sealedPhone, sealed_metadata = :sealedMetadata
		WHERE id = :id`,
		{
			id: live.id,
			keyId: request.keyId,
			mac: request.mac,
			shape: request.shape,
			expiresAt: Math.min(now + request.lifetimeMs, live.deadline_at),
			resendAt: now + cooldownAfter(request, live.sends + 1),
			sealedPhone: request.sealedPhone,
			sealedMetadata: request.sealedMetadata,
		},
	);
}

function cooldownAfter(request: BeginRequest, sends: number): number {
	return request.cooldownsMs[Math.min(sends, request.cooldownsMs.length) - 1] ?? 0;
}

/** The intent is written before the provider is called (docs/reference/verification-rules.md 4, Send). */
function insertDelivery(statements: Statements, now: number, request: BeginRequest): void {
	statements.run(
		`INSERT INTO delivery (send_id, verification_id, number, provider, status, times, drop_at, idempotency_key,
			fingerprint, started_at, replaced, purge_at)
		VALUES (:sendId, :id, (SELECT coalesce(max(number), 0) + 1 FROM delivery WHERE verification_id = :id),
			:provider, 'sending', :times, :dropAt, :key, :fingerprint, :now, ${replacedCode}, :purgeAt)`,
		{
			sendId: request.sendId,
			id: request.verificationId,
			provider: request.provider,
			times: JSON.stringify({ sending: now }),
			dropAt: now + request.dropAfterMs,
			key: request.idempotency.key,
			fingerprint: request.idempotency.fingerprint,
			now,
			purgeAt: now + request.deadlineMs + request.tombstoneMs,
		},
	);
}

import { limitNames, type BeginAnswer, type BeginAttempt, type StoredVerification } from '../stores/store';
import { afterSend, cooldownOf, cooldownWait } from './cooldown';
import { countIn, fullWindow, restOf } from './counters';
import {
	deliveriesOf,
	findVerification,
	isLive,
	toStored,
	toStoredDelivery,
	withVerification,
	type CooldownRecord,
	type DeliveryRecord,
	type PhoneState,
	type ReplacedCode,
	type Step,
	type VerificationRecord,
} from './phone-state';

/**
 * Begins a verification, or continues the one that the attempt names, or says why not. Every limit is checked before
 * anything changes.
 * @param known the send with the same idempotency key and the verification to continue, each with all sends of its
 * verification, the counters that the attempt names, and the cool-down of the phone and purpose
 */
export function begin(known: PhoneState, attempt: BeginAttempt, now: number): Step<BeginAnswer> {
	const earlier = known.deliveries.find((each) => each.idempotencyKey === attempt.idempotency.key);
	if (earlier !== undefined && findVerification(known, earlier.verificationId, now) !== undefined) {
		return replay(known, attempt, earlier, now);
	}
	// The verification of that send is over, and its record not deleted yet. The key is free again.
	const state = { ...known, deliveries: known.deliveries.filter((each) => each !== earlier) };
	const named = attempt.continues ? findVerification(state, attempt.verificationId, now) : undefined;
	const shown = named && toStored(state, named.verificationId, now);
	if (attempt.continues && (named === undefined || !isLive(named, now))) {
		return { state, answer: { answer: 'ended', verification: shown } };
	}
	const refusal = refuse(state, attempt, shown, now);
	if (refusal !== undefined) return { state, answer: refusal };
	const after = sendCode(state, attempt, named, now);
	const verification = toStored(after, attempt.verificationId, now);
	return { state: after, answer: { answer: 'begun', isResend: named !== undefined, verification } };
}

function sendCode(
	state: PhoneState,
	attempt: BeginAttempt,
	named: VerificationRecord | undefined,
	now: number,
): PhoneState {
	const cooldown = afterSend(state, attempt, now);
	const begun = {
		verifications:
			named === undefined ? [...state.verifications, newRecord(attempt, cooldown, now)] : state.verifications,
		deliveries: [...state.deliveries, newDelivery(state, attempt, named, now)],
		counters: countIn(state.counters, attempt.windows, now),
		cooldowns: { ...state.cooldowns, [cooldownOf(attempt)]: cooldown },
	};
	return named === undefined ? begun : withVerification(begun, continued(attempt, named, cooldown, now));
}

/** A send with a known idempotency key is answered, not repeated. */
function replay(state: PhoneState, attempt: BeginAttempt, earlier: DeliveryRecord, now: number): Step<BeginAnswer> {
	const { verificationId, number, startedAt } = earlier;
	const { fingerprint, inFlightMs } = attempt.idempotency;
	if (earlier.fingerprint !== fingerprint) return { state, answer: { answer: 'conflict' } };
	if (earlier.status === 'sending' && startedAt > now - inFlightMs) {
		return { state, answer: { answer: 'in_progress', verification: toStored(state, verificationId, now) } };
	}
	// The process that began it never reported an outcome, so the message may have been sent.
	const lost: DeliveryRecord = earlier.status === 'sending' ? { ...earlier, status: 'unknown' } : earlier;
	const deliveries = state.deliveries.map((each) => (each === earlier ? lost : each));
	const after = { ...state, deliveries };
	const verification = toStored(after, verificationId, now);
	const delivery = toStoredDelivery(lost);
	return { state: after, answer: { answer: 'replayed', delivery, isResend: number > 1, verification } };
}

/** A refusal tells of the verification that the attempt names, and of no other one. */
function refuse(
	state: PhoneState,
	attempt: BeginAttempt,
	verification: StoredVerification | undefined,
	now: number,
): BeginAnswer | undefined {
	if (verification !== undefined && verification.sends >= verification.maxSends) {
		const retryAfterMs = verification.expiresAt - now;
		return { answer: 'rate_limited', limit: limitNames.verification, retryAfterMs, verification };
	}
	const pause = cooldownWait(state, attempt, now);
	if (pause !== undefined) return { answer: 'cooldown', retryAfterMs: pause, verification };
	const rest = restOf(state.counters, attempt.failures, now);
	const full =
		rest === undefined
			? fullWindow(state.counters, attempt.windows, now)
			: { limit: limitNames.failures, retryAfterMs: rest };
	return full && { answer: 'rate_limited', ...full, verification };
}

function newRecord(attempt: BeginAttempt, cooldown: CooldownRecord, now: number): VerificationRecord {
	const { verificationId, namespace, phoneKey, purpose, keyId, mac, shape, maxAttempts, maxSends } = attempt;
	const { sealedPhone, sealedMetadata } = attempt;
	const deadlineAt = now + attempt.deadlineMs;
	return {
		verificationId,
		namespace,
		phoneKey,
		purpose,
		keyId,
		mac,
		shape,
		maxAttempts,
		maxSends,
		sealedPhone,
		sealedMetadata,
		state: 'pending',
		attempts: 0,
		sends: 1,
		createdAt: now,
		deadlineAt,
		expiresAt: Math.min(now + attempt.lifetimeMs, deadlineAt),
		resendAt: cooldown.until,
		purgeAt: deadlineAt + attempt.tombstoneMs,
	};
}

/** The new code replaces the old one; attempts and the deadline stay (docs/reference/verification-rules.md 1.5). */
function continued(
	attempt: BeginAttempt,
	named: VerificationRecord,
	cooldown: CooldownRecord,
	now: number,
): VerificationRecord {
	const { keyId, mac, shape, sealedPhone, sealedMetadata } = attempt;
	return {
		...named,
		state: 'pending',
		keyId,
		mac,
		shape,
		sealedPhone,
		sealedMetadata,
		sends: named.sends + 1,
		expiresAt: Math.min(now + attempt.lifetimeMs, named.deadlineAt),
		resendAt: cooldown.until,
	};
}

/** The send is stored before the provider is called (docs/reference/verification-rules.md 4.4). */
function newDelivery(
	state: PhoneState,
	attempt: BeginAttempt,
	named: VerificationRecord | undefined,
	now: number,
): DeliveryRecord {
	const { sendId, verificationId, provider, idempotency } = attempt;
	return {
		sendId,
		verificationId,
		provider,
		status: 'sending',
		times: { sending: now },
		startedAt: now,
		number: Math.max(0, ...deliveriesOf(state, attempt).map(({ number }) => number)) + 1,
		dropAt: now + attempt.dropAfterMs,
		idempotencyKey: idempotency.key,
		fingerprint: idempotency.fingerprint,
		replaced: named && codeOf(named),
		purgeAt: now + attempt.deadlineMs + attempt.tombstoneMs,
	};
}

function codeOf({ mac, keyId, shape, expiresAt, sealedPhone, sealedMetadata }: VerificationRecord): ReplacedCode {
	return { mac, keyId, shape, expiresAt, sealedPhone, sealedMetadata };
}

import { limitNames, type BeginAnswer, type BeginAttempt, type StoredVerification } from '../stores/store';
import { counted, countSend, fullWindow, waitOf } from './counters';
import {
	deliveriesOf,
	findVerification,
	isLive,
	toStored,
	toStoredDelivery,
	withVerification,
	type DeliveryRecord,
	type PhoneState,
	type ReplacedCode,
	type Step,
	type VerificationRecord,
} from './phone-state';

/**
 * Begins or continues a verification, or says why not. Every limit is checked before anything changes.
 * @param known the send with the same idempotency key, the verification to continue or the phone's verifications for
 * the purpose, each with its sends, and the counters that the attempt names
 */
export function begin(known: PhoneState, attempt: BeginAttempt, now: number): Step<BeginAnswer> {
	const earlier = known.deliveries.find((each) => each.idempotencyKey === attempt.idempotency.key);
	if (earlier !== undefined && findVerification(known, earlier.verificationId, now) !== undefined) {
		return replay(known, attempt, earlier, now);
	}
	// The verification of that send is over, and its record not deleted yet. The key is free again.
	const state = { ...known, deliveries: known.deliveries.filter((each) => each !== earlier) };
	const unchanged = (answer: BeginAnswer) => ({ state, answer });
	const live = attempt.continues ? findVerification(state, attempt.verificationId, now) : findLive(state, attempt, now);
	const shown = live && toStored(state, live.verificationId, now);
	if (attempt.continues && (live === undefined || !isLive(live, now))) {
		return unchanged({ answer: 'ended', verification: shown });
	}
	if (!attempt.continues && shown !== undefined) return unchanged({ answer: 'live', verification: shown });
	const refusal = refuse(state, attempt, shown, now);
	if (refusal !== undefined) return unchanged(refusal);
	const sends = live === undefined ? [] : deliveriesOf(state, live);
	const begun = {
		verifications: live === undefined ? [...state.verifications, newRecord(attempt, now)] : state.verifications,
		deliveries: [...state.deliveries, newDelivery(attempt, live, sends, now)],
		counters: countSend(state.counters, attempt.windows, now),
	};
	const after = live === undefined ? begun : withVerification(begun, continued(attempt, live, now));
	const verification = toStored(after, attempt.verificationId, now);
	return { state: after, answer: { answer: 'begun', isResend: live !== undefined, verification } };
}

/** The newest live verification of the phone and purpose. */
function findLive(
	{ verifications }: PhoneState,
	{ phoneKey, purpose }: BeginAttempt,
	now: number,
): VerificationRecord | undefined {
	return verifications
		.filter((each) => each.phoneKey === phoneKey && each.purpose === purpose && isLive(each, now))
		.toSorted((a, b) => b.createdAt - a.createdAt)[0];
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

function refuse(
	{ counters }: PhoneState,
	{ failures, windows }: BeginAttempt,
	verification: StoredVerification | undefined,
	now: number,
): BeginAnswer | undefined {
	if (verification !== undefined && verification.sends >= verification.maxSends) {
		const retryAfterMs = verification.expiresAt - now;
		return { answer: 'rate_limited', limit: limitNames.verification, retryAfterMs, verification };
	}
	if (verification !== undefined && now < verification.resendAt) {
		return { answer: 'cooldown', retryAfterMs: verification.resendAt - now, verification };
	}
	const blocked = waitOf(counted(counters, failures.counter, now, failures.windowMs), now, failures);
	const full =
		blocked === undefined ? fullWindow(counters, windows, now) : { limit: limitNames.failures, retryAfterMs: blocked };
	return full && { answer: 'rate_limited', ...full, verification };
}

function newRecord(attempt: BeginAttempt, now: number): VerificationRecord {
	const { verificationId, namespace, phoneKey, purpose, keyId, mac, shape, maxAttempts, maxSends } = attempt;
	const { sealedPhone, sealedMetadata } = attempt;
	const deadlineAt = now + attempt.deadlineMs;
	return {
		...{ verificationId, namespace, phoneKey, purpose, keyId, mac, shape, maxAttempts, maxSends },
		...{ sealedPhone, sealedMetadata },
		...{ state: 'pending', attempts: 0, sends: 1, createdAt: now, deadlineAt },
		expiresAt: Math.min(now + attempt.lifetimeMs, deadlineAt),
		resendAt: now + cooldownAfter(attempt, 1),
		purgeAt: deadlineAt + attempt.tombstoneMs,
	};
}

/** The new code replaces the old one; attempts and the deadline stay (docs/reference/verification-rules.md 1.5). */
function continued(attempt: BeginAttempt, live: VerificationRecord, now: number): VerificationRecord {
	const { keyId, mac, shape, sealedPhone, sealedMetadata } = attempt;
	const sends = live.sends + 1;
	return {
		...live,
		...{ state: 'pending', keyId, mac, shape, sealedPhone, sealedMetadata, sends },
		expiresAt: Math.min(now + attempt.lifetimeMs, live.deadlineAt),
		resendAt: now + cooldownAfter(attempt, sends),
	};
}

function cooldownAfter({ cooldownsMs }: BeginAttempt, sends: number): number {
	return cooldownsMs[Math.min(sends, cooldownsMs.length) - 1] ?? 0;
}

/** The send is stored before the provider is called (docs/reference/verification-rules.md 4.4). */
function newDelivery(
	attempt: BeginAttempt,
	live: VerificationRecord | undefined,
	sends: readonly DeliveryRecord[],
	now: number,
): DeliveryRecord {
	const { sendId, verificationId, provider, idempotency } = attempt;
	return {
		...{ sendId, verificationId, provider, status: 'sending', times: { sending: now }, startedAt: now },
		number: Math.max(0, ...sends.map(({ number }) => number)) + 1,
		dropAt: now + attempt.dropAfterMs,
		idempotencyKey: idempotency.key,
		fingerprint: idempotency.fingerprint,
		replaced: live && codeOf(live),
		purgeAt: now + attempt.deadlineMs + attempt.tombstoneMs,
	};
}

function codeOf({ mac, keyId, shape, expiresAt, sealedPhone, sealedMetadata }: VerificationRecord): ReplacedCode {
	return { mac, keyId, shape, expiresAt, sealedPhone, sealedMetadata };
}

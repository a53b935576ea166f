import { isNewStatus, type DeliveryStatus } from '../state';
import type { StoredDelivery, StoredVerification } from '../stores/store';

// The rules of a verification, without a store: each step is one pure function of (what the store has of a phone, the
// step, the time), and returns what the store has then, and the answer. A store applies it in one atomic step. The
// SQLite store does so in its transaction. Redis has the same rules as scripts; a fuzz test compares both.

/** What a store has of one phone. A step gets only the part that it needs, so nothing here is a complete list. */
export interface PhoneState {
	verifications: readonly VerificationRecord[];
	/** Ordered by number within a verification. */
	deliveries: readonly DeliveryRecord[];
	counters: Counters;
	cooldowns: Cooldowns;
}

/** What the store has after a step, and the answer to the caller. Records that did not change are the same objects. */
export interface Step<Answer> {
	state: PhoneState;
	answer: Answer;
}

export interface VerificationRecord extends Omit<StoredVerification, 'deliveries' | 'now'> {
	/** Empty after the end. */
	mac: string;
	deadlineAt: number;
	/** From then on the verification counts as deleted. */
	purgeAt: number;
}

export interface DeliveryRecord extends StoredDelivery {
	verificationId: string;
	/** 1 for the first send of the verification. */
	number: number;
	startedAt: number;
	/** Absent once the message arrived, failed or was claimed: then it can't be dropped any more. */
	dropAt?: number;
	idempotencyKey: string;
	fingerprint: string;
	/** The code that this send replaced. Absent if there was none, or it can't become valid again. */
	replaced?: ReplacedCode;
	/** From then on the store may delete it. Its verification ends earlier. */
	purgeAt: number;
}

/** A code that is valid again if the send that replaced it is withdrawn. */
export type ReplacedCode = Pick<
	VerificationRecord,
	'mac' | 'keyId' | 'shape' | 'expiresAt' | 'sealedPhone' | 'sealedMetadata'
>;

/** By the name of the counter. */
export type Counters = Readonly<Record<string, Counter>>;

/** A sliding window: the times of what it counts, oldest first. */
export interface Counter {
	moments: readonly number[];
	purgeAt: number;
}

/** By phone and purpose (`cooldownOf`). */
export type Cooldowns = Readonly<Record<string, CooldownRecord>>;

/** The pause of a phone and purpose between two sends. */
export interface CooldownRecord {
	/** The next send is allowed from then on. */
	until: number;
	/** The times of the sends that choose the step, oldest first. */
	sends: readonly number[];
	/** The newest withdrawn send may be made again during the pause, this many times. */
	retry?: { key: string; left: number };
	purgeAt: number;
}

/** A verification whose tombstone is over counts as deleted, even if the store has not deleted it yet. */
export function findVerification(
	{ verifications }: Pick<PhoneState, 'verifications'>,
	verificationId: string,
	now: number,
): VerificationRecord | undefined {
	return verifications.find((each) => each.verificationId === verificationId && each.purgeAt > now);
}

export function deliveriesOf(
	{ deliveries }: Pick<PhoneState, 'deliveries'>,
	{ verificationId }: Pick<VerificationRecord, 'verificationId'>,
): DeliveryRecord[] {
	return deliveries.filter((each) => each.verificationId === verificationId);
}

/** An undeliverable verification continues with the next send, for example through another provider or channel. */
export function isLive({ state, expiresAt }: VerificationRecord, now: number): boolean {
	return expiresAt > now && (state === 'pending' || state === 'undeliverable');
}

export function canBeDropped(status: DeliveryStatus): boolean {
	return isNewStatus(status, 'dropped');
}

/** A copy of the state in which the record is in the place of the other one. */
export function withVerification(state: PhoneState, record: VerificationRecord): PhoneState {
	const { verificationId } = record;
	const verifications = state.verifications.map((each) => (each.verificationId === verificationId ? record : each));
	return { ...state, verifications };
}

/** The verification as the store shows it: without the code, and `expired` after its expiry. */
export function toStored(state: PhoneState, verificationId: string, now: number): StoredVerification {
	const record = findVerification(state, verificationId, now);
	if (record === undefined) throw new Error(`verification ${verificationId} is gone`);
	const { namespace, phoneKey, purpose, keyId, shape, attempts, maxAttempts, sends, maxSends } = record;
	const { createdAt, expiresAt, resendAt, verifiedAt, sealedPhone, sealedMetadata } = record;
	return {
		verificationId,
		namespace,
		phoneKey,
		purpose,
		keyId,
		shape,
		attempts,
		maxAttempts,
		sends,
		maxSends,
		createdAt,
		expiresAt,
		resendAt,
		verifiedAt,
		sealedPhone,
		sealedMetadata,
		state: stateAt(record, now),
		deliveries: deliveriesOf(state, record).map(toStoredDelivery),
		now,
	};
}

export function toStoredDelivery(record: DeliveryRecord): StoredDelivery {
	const { sendId, provider, status, message, waId, times, error } = record;
	return { sendId, provider, status, message, waId, times, error };
}

export function stateAt({ state, expiresAt }: VerificationRecord, now: number): VerificationRecord['state'] {
	return state === 'pending' && now >= expiresAt ? 'expired' : state;
}

import type { CodeShape } from '../code';
import type { CheckResult, DeliveryStatus, VerificationState } from '../state';

/**
 * Keeps verifications, in three groups of verbs. Every verb is one atomic step by the store's own clock, also if
 * several processes use the same store at the same time. Every verb throws StoreUnavailableError if the store can't
 * answer. All stores pass the same test suite. Times are in milliseconds since 1970.
 */
export interface VerificationStore extends LifeCycle {
	readonly verifications: Verifications;
	readonly keyValue: KeyValue;
}

export interface Verifications {
	begin(attempt: BeginAttempt): Promise<BeginAnswer>;
	/** @returns undefined if the send is unknown, or nothing is left of its verification */
	recordSend(report: SendReport): Promise<StoredVerification | undefined>;
	check(attempt: CheckAttempt): Promise<CheckAnswer>;
	/** Checks all pending verifications of a phone and purpose at once. */
	checkPhone(attempt: PhoneCheckAttempt): Promise<CheckAnswer | OtherVerifications>;
	/** @returns undefined if the store does not know the send */
	recordDelivery(update: DeliveryUpdate): Promise<DeliveryAnswer | undefined>;
	get(query: VerificationQuery | MessageQuery): Promise<StoredVerification | undefined>;
	end(ending: Ending): Promise<EndAnswer | undefined>;
	/**
	 * Marks sends of the provider as `dropped` that are due and have not arrived. Each is claimed exactly once.
	 * @returns at most `limit` of them; an empty list if there are none
	 */
	claimDropped(claim: DropClaim): Promise<StoredMessage[]>;
}

/** Short texts with a lifetime. Keys of `setOnce` and keys of `set` are separate: each has its own name space. */
export interface KeyValue {
	/** @returns true exactly once within `forMs` for the same key */
	setOnce(key: string, forMs: number): Promise<boolean>;
	/** Replaces the value that the key had, for `forMs`. */
	set(key: string, value: string, forMs: number): Promise<void>;
	/** @returns undefined if the key has no value, or its lifetime is over */
	get(key: string): Promise<string | undefined>;
	delete(key: string): Promise<void>;
}

export interface LifeCycle {
	/**
	 * Reads and writes once.
	 * @returns warnings for the operator, one sentence each
	 * @throws StoreUnavailableError if the store can't be read or written
	 */
	probe(): Promise<string[]>;
	close(): Promise<void>;
}

export interface StoredVerification {
	verificationId: string;
	namespace: string;
	phoneKey: string;
	purpose: string;
	/** By the store's clock: a pending verification past its expiry is `expired`. */
	state: VerificationState;
	keyId: string;
	shape: CodeShape;
	attempts: number;
	maxAttempts: number;
	sends: number;
	maxSends: number;
	createdAt: number;
	expiresAt: number;
	resendAt: number;
	verifiedAt?: number;
	/** Sealed by the engine; the store can't read them. Metadata is empty if there is none. */
	sealedPhone: string;
	sealedMetadata: string;
	deliveries: StoredDelivery[];
	/** The store's clock when it answered. */
	now: number;
}

export interface StoredDelivery {
	sendId: string;
	provider: string;
	status: DeliveryStatus;
	message?: StoredMessageId;
	/** Sealed by the engine; the store can't read it. */
	waId?: string;
	/** When each status was reached. */
	times: Partial<Record<DeliveryStatus, number>>;
	/** Sealed by the engine: a provider's error text may hold a phone number. */
	error?: string;
}

/** A provider's id of a message. It can hold the phone number, as a wamid does, so no store keeps it in clear. */
export interface StoredMessageId {
	/** A keyed hash of provider and id: it can be looked up, not read. */
	key: string;
	/** Sealed by the engine; the store can't read it. */
	sealed: string;
}

/** A send and its verification. */
export interface StoredMessage {
	verification: StoredVerification;
	delivery: StoredDelivery;
}

/** What a refusal calls the limits that are not windows of sends. */
export const limitNames = {
	verification: 'sends per verification',
	failures: 'failed checks per phone in 24 hours',
};

/** A sliding window of sends, or of failed checks of a caller. */
export interface CountedWindow {
	/** A keyed hash: a store dump names no phone. A counter that contains the phone key is kept with the phone. */
	counter: string;
	name: string;
	limit: number;
	windowMs: number;
}

/** Failed checks of a phone. When they reach the limit, and after every further few, the phone rests. */
export interface FailureBudget {
	counter: string;
	limit: number;
	windowMs: number;
	/** The rest doubles after this many further failed checks. */
	every: number;
	/** The first rest, and the longest. */
	restMs: number;
	maxRestMs: number;
}

/** One send: it begins a verification, or continues a live one with a new code. What continues names the id. */
export interface BeginAttempt extends SendIdentity, StoredCode, SealedDetails, SendTerms {
	windows: readonly CountedWindow[];
	failures: FailureBudget;
	idempotency: { key: string; fingerprint: string; inFlightMs: number };
}

export interface SendIdentity {
	/** The id of a new verification, or of the one that this send continues (`continues`). */
	verificationId: string;
	continues: boolean;
	sendId: string;
	namespace: string;
	phoneKey: string;
	purpose: string;
	provider: string;
}

/** A code as the store keeps it (docs/reference/verification-rules.md 1.8). */
export interface StoredCode {
	/** The key that made the MAC and sealed the details. */
	keyId: string;
	mac: string;
	shape: CodeShape;
}

export interface SealedDetails {
	sealedPhone: string;
	sealedMetadata: string;
}

export interface SendTerms {
	/** The send counts as dropped if nothing was reported about it by then. */
	dropAfterMs: number;
	lifetimeMs: number;
	deadlineMs: number;
	tombstoneMs: number;
	maxAttempts: number;
	maxSends: number;
	cooldown: Cooldown;
}

/** The pause of a phone and purpose between two sends, whichever verifications they belong to. */
export interface Cooldown {
	/** The wait after the first, second, ... send within the window; the last one repeats. */
	stepsMs: readonly number[];
	windowMs: number;
}

export type BeginAnswer =
	| { answer: 'begun'; verification: StoredVerification; isResend: boolean }
	/** This send was made before; `delivery` is how it stands now. */
	| { answer: 'replayed'; verification: StoredVerification; delivery: StoredDelivery; isResend: boolean }
	| { answer: 'in_progress'; verification: StoredVerification }
	| { answer: 'conflict' }
	/** These name a verification only if the attempt named it: no answer tells of another one. */
	| { answer: 'cooldown'; retryAfterMs: number; verification?: StoredVerification }
	| { answer: 'rate_limited'; limit: string; retryAfterMs: number; verification?: StoredVerification }
	| { answer: 'ended'; verification?: StoredVerification };

export interface SendReport {
	verificationId: string;
	phoneKey: string;
	purpose: string;
	sendId: string;
	/**
	 * `withdrawn`: nothing was sent. The send does not count, and the code that it replaced is valid again until that
	 * code's own expiry. A send can't be withdrawn once another outcome or a status of it is known.
	 */
	outcome: 'accepted' | 'unknown' | 'failed' | 'withdrawn';
	message?: StoredMessageId;
	/** Sealed, like the error. */
	waId?: string;
	error?: string;
	/** A withdrawn send is taken off these counters. */
	counters: readonly string[];
	/** The pause of the phone and purpose after a withdrawn send. */
	withdrawnCooldownMs: number;
}

export interface VerificationQuery {
	namespace: string;
	phoneKey: string;
	/** Without an id, the query finds the phone's newest verification for this purpose. */
	verificationId?: string;
	purpose?: string;
}

/** Finds the verification of a message. */
export interface MessageQuery {
	/** Keyed hashes of provider and message id, one for each signing secret, newest first. */
	messageKeys: readonly string[];
}

export interface DropClaim {
	provider: string;
	limit: number;
}

/** Ends a verification without a check in this store. */
export interface Ending {
	namespace: string;
	phoneKey: string;
	verificationId: string;
	state: 'canceled' | 'approved' | 'locked';
	tombstoneMs: number;
}

export interface EndAnswer {
	/** True if this call ended it; false if it had ended before. */
	ended: boolean;
	verification: StoredVerification;
}

export interface CheckTerms {
	namespace: string;
	phoneKey: string;
	purpose: string;
	failures: FailureBudget;
	/** Failed checks of the caller, if the caller is known. */
	callers: readonly CountedWindow[];
	tombstoneMs: number;
}

/** An entry as the store compares it with the code of one verification. */
export interface EnteredCode {
	verificationId: string;
	/** What the entry can mean: its MAC under every key, and the code shapes that fit. Empty if it is malformed. */
	candidates: ReadonlyArray<{ keyId: string; mac: string; shapes: readonly CodeShape[] }>;
}

export interface CheckAttempt extends CheckTerms, EnteredCode {}

export interface PhoneCheckAttempt extends CheckTerms {
	/** One for each pending verification of the phone and purpose that the caller knows. */
	entered: readonly EnteredCode[];
}

/** The phone has pending verifications that the attempt did not name. Nothing was checked. */
export interface OtherVerifications {
	/** All pending ones, newest first. */
	pending: string[];
}

/** What the answer to a check needs. Reading the rest of the verification would take longer than the check. */
export type StoredCheck = Pick<
	StoredVerification,
	| 'verificationId'
	| 'purpose'
	| 'state'
	| 'keyId'
	| 'shape'
	| 'attempts'
	| 'maxAttempts'
	| 'verifiedAt'
	| 'sealedMetadata'
> & {
	/** Only of an approved verification: others need not be opened. */
	sealedPhone?: string;
};

export interface CheckAnswer {
	/** `key_missing`: the verification was made with a key that made neither the id nor the candidates. */
	result: CheckResult | 'key_missing';
	/** A check by phone names no verification, unless it approved one. */
	verification?: StoredCheck;
	retryAfterMs?: number;
}

/** A status of the send `sendId`. The sealed values can be opened for this send only. */
export interface DeliveryUpdate extends MessageQuery {
	provider: string;
	sendId: string;
	/** Phones that the send can belong to: one for each signing secret if only the send id is known. */
	phoneKeys: readonly string[];
	/** Ids of the configured keys. For another key nothing is recorded, so the event is still new when it comes again. */
	keyIds: readonly string[];
	message?: StoredMessageId;
	status: DeliveryStatus;
	occurredAt: number;
	/** Sealed, like the error. */
	waId?: string;
	error?: string;
}

export type DeliveryAnswer =
	/** `isNew`: whether the status changed; false for a status that was known before, or comes late. */
	| (StoredMessage & { isNew: boolean })
	/** The id of the key that sealed the verification; it is not one of `keyIds`. */
	| { keyMissing: string };

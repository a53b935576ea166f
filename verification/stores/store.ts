import type { CodeShape } from '../code';
import type { CheckResult, DeliveryStatus, VerificationState } from '../state';

/**
 * Where verifications live. Each verb is one atomic step by the store's own clock; every store passes the same
 * suite. Every verb throws StoreUnavailableError where the store can't answer. Times are milliseconds since 1970.
 */
export interface VerificationStore {
	begin(request: BeginRequest): Promise<BeginAnswer>;
	recordSend(report: SendReport): Promise<StoredVerification | undefined>;
	check(attempt: CheckAttempt): Promise<CheckAnswer>;
	recordDelivery(news: DeliveryNews): Promise<DeliveryAnswer | undefined>;
	get(query: VerificationQuery | MessageQuery): Promise<StoredVerification | undefined>;
	end(ending: Ending): Promise<EndAnswer | undefined>;
	/** Notes a mark for so long. @returns whether it was not noted before: true exactly once in that time */
	remember(mark: string, forMs: number): Promise<boolean>;
	/** Keeps a note under a key for so long, in place of the one before. */
	keep(key: string, note: string, forMs: number): Promise<void>;
	/** @returns the note under a key, while it is kept */
	kept(key: string): Promise<string | undefined>;
	/** Ends a note before its time. */
	forget(key: string): Promise<void>;
	/**
	 * Marks sends of the provider that are due without having arrived as `dropped`, each exactly once.
	 * @returns at most `limit` of them; none where none is left
	 */
	claimDropped(claim: DropClaim): Promise<StoredMessage[]>;
	/**
	 * Whether it can be read and written now.
	 * @returns what its operator should know, a sentence each
	 * @throws StoreUnavailableError where it can't
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
	/** Sealed by the engine; the store can't read them. Metadata is empty where there is none. */
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
	/** Sealed by the engine: a provider's words may hold a number. */
	error?: string;
}

/** A provider's id of a message. It can hold the phone number, as a wamid does, so no store has it in clear. */
export interface StoredMessageId {
	/** Keyed: provider and id can be looked up, not read. */
	key: string;
	/** Sealed by the engine; the store can't read it. */
	sealed: string;
}

/** A send and the verification that it is of. */
export interface StoredMessage {
	verification: StoredVerification;
	delivery: StoredDelivery;
}

/** What a refusal says of the limits that are not windows of sends. */
export const limitNames = {
	verification: 'sends per verification',
	failures: 'failed checks per phone in 24 hours',
};

/** A sliding window of sends. */
export interface SendWindow {
	/** Keyed: a store dump names no phone. What holds the phone key is counted with the phone, all else apart. */
	counter: string;
	name: string;
	limit: number;
	windowMs: number;
}

export interface FailureBudget {
	counter: string;
	limit: number;
	windowMs: number;
}

export interface BeginRequest {
	/** Of a new verification, or of the live one that this send continues (`continues`). */
	verificationId: string;
	continues: boolean;
	/** Only continue; a verification that has ended answers `ended`. */
	resendOnly: boolean;
	sendId: string;
	namespace: string;
	phoneKey: string;
	purpose: string;
	keyId: string;
	mac: string;
	shape: CodeShape;
	sealedPhone: string;
	sealedMetadata: string;
	provider: string;
	/** Until the send counts as dropped where nothing was heard of it. */
	dropAfterMs: number;
	lifetimeMs: number;
	deadlineMs: number;
	tombstoneMs: number;
	maxAttempts: number;
	maxSends: number;
	/** Until the next send is allowed, after the first, second, ... send; the last repeats. */
	cooldownsMs: readonly number[];
	windows: readonly SendWindow[];
	failures: FailureBudget;
	idempotency: { key: string; fingerprint: string; inFlightMs: number };
}

export type BeginAnswer =
	| { answer: 'begun'; verification: StoredVerification; isResend: boolean }
	/** Another verification of this phone and purpose is live: mint the code for it and begin again. */
	| { answer: 'live'; verification: StoredVerification }
	/** This send was made before: what became of it. */
	| { answer: 'replayed'; verification: StoredVerification; delivery: StoredDelivery; isResend: boolean }
	| { answer: 'in_progress'; verification: StoredVerification }
	| { answer: 'conflict' }
	| { answer: 'cooldown'; verification: StoredVerification; retryAfterMs: number }
	| { answer: 'rate_limited'; limit: string; retryAfterMs: number; verification?: StoredVerification }
	| { answer: 'ended'; verification?: StoredVerification };

export interface SendReport {
	verificationId: string;
	phoneKey: string;
	sendId: string;
	/**
	 * `withdrawn`: nothing was sent; the send does not count, and the code that it replaced is good again until its own
	 * expiry. What was reported otherwise, or heard of, is not withdrawn any more.
	 */
	outcome: 'accepted' | 'unknown' | 'failed' | 'withdrawn';
	message?: StoredMessageId;
	/** Sealed, as is the error. */
	waId?: string;
	error?: string;
	/** Counters to give the send back to when it is withdrawn. */
	counters: readonly string[];
}

export interface VerificationQuery {
	namespace: string;
	phoneKey: string;
	/** Without an id: the phone's newest verification for this purpose. */
	verificationId?: string;
	purpose?: string;
}

/** The verification that a message belongs to. */
export interface MessageQuery {
	/** Of provider and message id under each signing secret, newest first. */
	messageKeys: readonly string[];
}

/** Which sends are to be marked as dropped. */
export interface DropClaim {
	provider: string;
	limit: number;
}

/** An end that is not decided by a check of ours. */
export interface Ending {
	namespace: string;
	phoneKey: string;
	verificationId: string;
	state: 'canceled' | 'approved' | 'locked';
	tombstoneMs: number;
}

export interface EndAnswer {
	/** Whether it ended now; false where it had ended before. */
	ended: boolean;
	verification: StoredVerification;
}

export interface CheckAttempt {
	namespace: string;
	phoneKey: string;
	verificationId: string;
	purpose: string;
	/** Empty: malformed. Else the entry's MAC under every key, as every text that could be meant, and its shapes. */
	candidates: ReadonlyArray<{ keyId: string; mac: string; shapes: readonly CodeShape[] }>;
	failures: FailureBudget;
	tombstoneMs: number;
}

/** What the answer to a check needs of a verification; to read the rest would cost more than the check. */
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
>;

export interface CheckAnswer {
	/** `key_missing`: neither the id nor the candidates were made with the keys of the verification. */
	result: CheckResult | 'key_missing';
	verification?: StoredCheck;
	retryAfterMs?: number;
}

/** News of the send that it names; what is sealed opens for this send alone. */
export interface DeliveryNews extends MessageQuery {
	provider: string;
	sendId: string;
	/** That the send can be of: one for each signing secret where only its id is known. */
	phoneKeys: readonly string[];
	/** Of the configured signing secrets. News that nobody could be told of is not recorded: it may come again. */
	keyIds: readonly string[];
	message: StoredMessageId;
	status: DeliveryStatus;
	occurredAt: number;
	/** Sealed, as is the error. To read any of it takes the engine longer than to record it takes the store. */
	waId: string | undefined;
	error: string | undefined;
}

export type DeliveryAnswer =
	/** `news`: whether it changed what is known; a duplicate or late-comer doesn't. */
	| (StoredMessage & { news: boolean })
	/** The id of the key that the verification was sealed with, which is none of the given ones. */
	| { keyMissing: string };

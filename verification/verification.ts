import { z } from 'zod';
import { isTestShape } from './code';
import type { Keyring } from './keys';
import { omitUndefined } from './omit-undefined';
import { times } from './policy';
import { openDelivery, type Delivery } from './sealed-delivery';
import type { VerificationState } from './state';
import type { Ending, StoredCheck, StoredVerification, VerificationStore } from './stores/store';

/** A verification as the nodes see it. */
export interface Verification {
	verificationId: string;
	status: VerificationState;
	/** The number of the last send, in E.164. */
	to: string;
	purpose: string;
	namespace: string;
	metadata: Record<string, unknown>;
	/** Only of a test number: the code that is valid now is the fixed one. */
	isTest?: true;
	attemptsRemaining: number;
	sendsRemaining: number;
	expiresAt: Date;
	/** Absent if no send is left. */
	resendAvailableAt?: Date;
	verifiedAt?: Date;
	deliveries: Delivery[];
}

/** The part of a verification that the answer to a check holds. */
export type CheckedVerification = Pick<
	Verification,
	'verificationId' | 'status' | 'purpose' | 'metadata' | 'isTest' | 'attemptsRemaining' | 'verifiedAt'
>;

/** Names one verification. */
export interface VerificationRef {
	verificationId: string;
	namespace: string;
}

/** @returns undefined if the namespace has no such verification, or no longer has it */
export async function getVerification(
	store: VerificationStore,
	keyring: Keyring,
	{ verificationId, namespace }: VerificationRef,
): Promise<Verification | undefined> {
	for (const { phoneKey } of keyring.phoneKeysOf(verificationId)) {
		const stored = await store.verifications.get({ verificationId, namespace, phoneKey });
		if (stored !== undefined) return describe(stored, keyring);
	}
	return undefined;
}

/**
 * Ends a pending verification without a check.
 * @returns undefined if there is no such verification; `ended` is false if it had ended before
 */
export async function endVerification(
	store: VerificationStore,
	keyring: Keyring,
	{ verificationId, namespace }: VerificationRef,
	state: Ending['state'],
): Promise<{ ended: boolean; verification: Verification } | undefined> {
	for (const { phoneKey } of keyring.phoneKeysOf(verificationId)) {
		const ending = { verificationId, namespace, phoneKey, state, tombstoneMs: times.tombstone };
		const answer = await store.verifications.end(ending);
		if (answer !== undefined) return { ...answer, verification: describe(answer.verification, keyring) };
	}
	return undefined;
}

const metadataSchema = z.record(z.unknown());

/**
 * Empty if there is no metadata: most verifications have none, and opening it takes longer than the rest of a check.
 */
export function sealMetadata(metadata: Record<string, unknown>, verificationId: string, keyring: Keyring): string {
	return Object.keys(metadata).length === 0 ? '' : keyring.seal(JSON.stringify(metadata), `${verificationId} metadata`);
}

/** @throws SigningKeyMissingError if the secret that sealed it is no longer configured */
export function openMetadata(
	{ verificationId, sealedMetadata }: StoredCheck,
	keyring: Keyring,
): Record<string, unknown> {
	if (sealedMetadata === '') return {};
	return metadataSchema.parse(JSON.parse(keyring.open(sealedMetadata, `${verificationId} metadata`)));
}

/** @throws SigningKeyMissingError if the secret that sealed the number is no longer configured */
export function describe(stored: StoredVerification, keyring: Keyring): Verification {
	return {
		...describeWithoutDeliveries(stored, keyring),
		deliveries: stored.deliveries.map((delivery) => openDelivery(delivery, keyring)),
	};
}

/** Does not open the deliveries: an event of one message does not need the other sends. */
export function describeWithoutDeliveries(
	stored: StoredVerification,
	keyring: Keyring,
): Omit<Verification, 'deliveries'> {
	const { verificationId, state, maxSends, sends } = stored;
	const sendsRemaining = state === 'pending' || state === 'undeliverable' ? Math.max(0, maxSends - sends) : 0;
	return omitUndefined({
		...describeChecked(stored, keyring),
		to: keyring.open(stored.sealedPhone, `${verificationId} phone`),
		namespace: stored.namespace,
		sendsRemaining,
		expiresAt: new Date(stored.expiresAt),
		resendAvailableAt: sendsRemaining === 0 ? undefined : new Date(stored.resendAt),
	});
}

/** Does not open the number and the deliveries: that would take longer than the rest of a check. */
export function describeChecked(stored: StoredCheck, keyring: Keyring): CheckedVerification {
	const { verificationId, state: status, purpose, shape, maxAttempts, attempts, verifiedAt } = stored;
	const checked: CheckedVerification = {
		verificationId,
		status,
		purpose,
		metadata: openMetadata(stored, keyring),
		attemptsRemaining: maxAttempts - attempts,
	};
	if (isTestShape(shape)) checked.isTest = true;
	if (verifiedAt !== undefined) checked.verifiedAt = new Date(verifiedAt);
	return checked;
}

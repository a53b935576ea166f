import { z } from 'zod';
import { openDelivery, type Delivery } from './deliveries';
import type { Keyring } from './keys';
import type { VerificationState } from './state';
import type { StoredCheck, StoredMessage, StoredVerification } from './stores/store';

/** A verification as the nodes see it. Times are Dates. */
export interface Verification {
	verificationId: string;
	status: VerificationState;
	/** The number it was last sent to, in E.164. */
	to: string;
	purpose: string;
	namespace: string;
	metadata: Record<string, unknown>;
	attemptsRemaining: number;
	sendsRemaining: number;
	expiresAt: Date;
	/** Absent once no send is left. */
	resendAvailableAt?: Date;
	verifiedAt?: Date;
	deliveries: Delivery[];
}

/** What the answer to a check tells. */
export type CheckedVerification = Pick<
	Verification,
	'verificationId' | 'status' | 'purpose' | 'metadata' | 'attemptsRemaining' | 'verifiedAt'
>;

/** A send and the verification that it is of. */
export interface RecordedMessage {
	verification: Omit<Verification, 'deliveries'>;
	delivery: Delivery;
}

const metadataSchema = z.record(z.unknown());

/** Empty where there is none: most have none, and to open it would take longer than all the rest of a check. */
export function sealMetadata(metadata: Record<string, unknown>, verificationId: string, keyring: Keyring): string {
	return Object.keys(metadata).length === 0 ? '' : keyring.seal(JSON.stringify(metadata), `${verificationId} metadata`);
}

/** @throws SigningKeyMissingError where the secret that it was sealed under is not configured any more */
export function openMetadata(
	{ verificationId, sealedMetadata }: StoredCheck,
	keyring: Keyring,
): Record<string, unknown> {
	if (sealedMetadata === '') return {};
	return metadataSchema.parse(JSON.parse(keyring.open(sealedMetadata, `${verificationId} metadata`)));
}

/** @throws SigningKeyMissingError where the secret that sealed the number is not configured any more */
export function describe(stored: StoredVerification, keyring: Keyring): Verification {
	return {
		...describeAlone(stored, keyring),
		deliveries: stored.deliveries.map((delivery) => openDelivery(delivery, keyring)),
	};
}

/** Leaves sealed what other sends became, which news of one message does not tell. */
function describeAlone(stored: StoredVerification, keyring: Keyring): RecordedMessage['verification'] {
	const { verificationId, state, maxSends, sends } = stored;
	const sendsRemaining = state === 'pending' || state === 'undeliverable' ? Math.max(0, maxSends - sends) : 0;
	return {
		...describeChecked(stored, keyring),
		to: keyring.open(stored.sealedPhone, `${verificationId} phone`),
		namespace: stored.namespace,
		sendsRemaining,
		expiresAt: new Date(stored.expiresAt),
		...(sendsRemaining === 0 ? {} : { resendAvailableAt: new Date(stored.resendAt) }),
	};
}

/** Leaves sealed what a check does not tell: opening the number and each delivery would cost more than all the rest. */
export function describeChecked(stored: StoredCheck, keyring: Keyring): CheckedVerification {
	const { verificationId, state: status, purpose, maxAttempts, attempts, verifiedAt } = stored;
	const metadata = openMetadata(stored, keyring);
	const checked: CheckedVerification = {
		verificationId,
		status,
		purpose,
		metadata,
		attemptsRemaining: maxAttempts - attempts,
	};
	if (verifiedAt !== undefined) checked.verifiedAt = new Date(verifiedAt);
	return checked;
}

export function openMessage({ verification, delivery }: StoredMessage, keyring: Keyring): RecordedMessage {
	return { verification: describeAlone(verification, keyring), delivery: openDelivery(delivery, keyring) };
}

/**
 * The same of messages that nobody is told of again: one of another installation, or of a lost secret, must not take
 * the rest along. Nothing is left to be opened later.
 * @throws SigningKeyMissingError where there are some and none of them can be opened
 */
export function openClaimed(claimed: readonly StoredMessage[], keyring: Keyring): RecordedMessage[] {
	let failure: Error | undefined;
	const opened = claimed.flatMap((message) => {
		try {
			const { verification, delivery } = openMessage(message, keyring);
			return [{ verification: { ...verification }, delivery }];
		} catch (error) {
			failure = error instanceof Error ? error : new Error('A message can not be opened', { cause: error });
			return [];
		}
	});
	if (opened.length === 0 && failure !== undefined) throw failure;
	return opened;
}

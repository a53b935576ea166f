import { z } from 'zod';

import type { Keyring } from './keys';
import type { VerificationState } from './state';
import type { StoredDelivery, StoredVerification } from './stores/store';

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
	deliveries: StoredDelivery[];
}

const metadataSchema = z.record(z.unknown());

/** @throws SigningKeyMissingError where the secret that sealed the number is not configured any more */
export function describe(stored: StoredVerification, keyring: Keyring): Verification {
	const { verificationId, state, maxAttempts, attempts, maxSends, sends } = stored;
	const sendsRemaining = state === 'pending' || state === 'undeliverable' ? Math.max(0, maxSends - sends) : 0;
	return {
		verificationId,
		status: state,
		to: keyring.open(stored.sealedPhone, `${verificationId} phone`),
		purpose: stored.purpose,
		namespace: stored.namespace,
		metadata: metadataSchema.parse(JSON.parse(keyring.open(stored.sealedMetadata, `${verificationId} metadata`))),
		attemptsRemaining: maxAttempts - attempts,
		sendsRemaining,
		expiresAt: new Date(stored.expiresAt),
		...(sendsRemaining === 0 ? {} : { resendAvailableAt: new Date(stored.resendAt) }),
		...(stored.verifiedAt === undefined ? {} : { verifiedAt: new Date(stored.verifiedAt) }),
		deliveries: stored.deliveries.map((delivery) => withOpenNumber(delivery, keyring)),
	};
}

/** A WhatsApp id is a phone number: no store keeps it in clear (verification.md, rule 13). */
export function withSealedNumber<News extends { waId?: string }>(news: News, keyring: Keyring): News {
	return news.waId === undefined ? news : { ...news, waId: keyring.seal(news.waId, 'wa_id') };
}

export function withOpenNumber(delivery: StoredDelivery, keyring: Keyring): StoredDelivery {
	return delivery.waId === undefined ? delivery : { ...delivery, waId: keyring.open(delivery.waId, 'wa_id') };
}

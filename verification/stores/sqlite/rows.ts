import { isCodeShape, type CodeShape } from '../../code';
import { deliveryStatuses, verificationStates } from '../../state';
import type { StoredDelivery, StoredVerification } from '../store';
import { number, numberOrNull, numbersByWord, oneOf, text, textOrNull, type Row } from './row-reader';

export type EvaluatedRow = ReturnType<typeof evaluatedRow>;
export type VerificationRow = ReturnType<typeof verificationRow>;
export type DeliveryRow = ReturnType<typeof deliveryRow>;

/** The columns of `verification` that an evaluation changes. */
export function evaluatedRow(row: Row) {
	return {
		state: oneOf(verificationStates, row.state),
		attempts: number(row.attempts),
		verified_at: numberOrNull(row.verified_at),
	};
}

/** A row of `verification`. */
export function verificationRow(row: Row) {
	return {
		state: oneOf(verificationStates, row.state),
		attempts: number(row.attempts),
		verified_at: numberOrNull(row.verified_at),
		id: text(row.id),
		namespace: text(row.namespace),
		phone_key: text(row.phone_key),
		purpose: text(row.purpose),
		key_id: text(row.key_id),
		mac: textOrNull(row.mac),
		shape: shape(row.shape),
		max_attempts: number(row.max_attempts),
		sends: number(row.sends),
		max_sends: number(row.max_sends),
		created_at: number(row.created_at),
		deadline_at: number(row.deadline_at),
		expires_at: number(row.expires_at),
		resend_at: number(row.resend_at),
		sealed_phone: text(row.sealed_phone),
		sealed_metadata: text(row.sealed_metadata),
	};
}

/** A row of `delivery`. */
export function deliveryRow(row: Row) {
	return {
		send_id: text(row.send_id),
		verification_id: text(row.verification_id),
		number: number(row.number),
		provider: text(row.provider),
		status: oneOf(deliveryStatuses, row.status),
		message_key: textOrNull(row.message_key),
		sealed_message_id: textOrNull(row.sealed_message_id),
		sealed_wa_id: textOrNull(row.sealed_wa_id),
		sealed_error: textOrNull(row.sealed_error),
		times: numbersByWord(deliveryStatuses, row.times),
		/** Null once it arrived, failed or was claimed: then it can't be dropped any more. */
		drop_at: numberOrNull(row.drop_at),
		fingerprint: text(row.fingerprint),
		started_at: number(row.started_at),
		/** The code that this send replaced, as JSON. Null if there was none, or it can't become valid again. */
		replaced: textOrNull(row.replaced),
	};
}

function shape(value: unknown): CodeShape {
	const given = text(value);
	if (!isCodeShape(given)) throw new Error('a code has an unknown shape');
	return given;
}

export function toDelivery(row: DeliveryRow): StoredDelivery {
	const { message_key: key, sealed_message_id: sealed } = row;
	return {
		sendId: row.send_id,
		provider: row.provider,
		status: row.status,
		message: key === null || sealed === null ? undefined : { key, sealed },
		waId: row.sealed_wa_id ?? undefined,
		times: row.times,
		error: row.sealed_error ?? undefined,
	};
}

export function toVerification(row: VerificationRow, deliveries: DeliveryRow[], now: number): StoredVerification {
	return {
		verificationId: row.id,
		namespace: row.namespace,
		phoneKey: row.phone_key,
		purpose: row.purpose,
		state: row.state === 'pending' && now >= row.expires_at ? 'expired' : row.state,
		keyId: row.key_id,
		shape: row.shape,
		attempts: row.attempts,
		maxAttempts: row.max_attempts,
		sends: row.sends,
		maxSends: row.max_sends,
		createdAt: row.created_at,
		expiresAt: row.expires_at,
		resendAt: row.resend_at,
		verifiedAt: row.verified_at ?? undefined,
		sealedPhone: row.sealed_phone,
		sealedMetadata: row.sealed_metadata,
		deliveries: deliveries.map(toDelivery),
		now,
	};
}

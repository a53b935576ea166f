import { isCodeShape, type CodeShape } from '../../code';
import type {
	CooldownRecord,
	Counter,
	DeliveryRecord,
	ReplacedCode,
	VerificationRecord,
} from '../../rules/phone-state';
import { deliveryStatuses, verificationStates } from '../../state';
import {
	number,
	numberList,
	numbers,
	numberOrNull,
	numbersByWord,
	object,
	oneOf,
	text,
	textOrNull,
	type Row,
} from './row-reader';

/** A row of `verification`. */
export function verificationRow(row: Row): VerificationRecord {
	return {
		verificationId: text(row.id),
		namespace: text(row.namespace),
		phoneKey: text(row.phone_key),
		purpose: text(row.purpose),
		state: oneOf(verificationStates, row.state),
		keyId: text(row.key_id),
		mac: textOrNull(row.mac) ?? '',
		shape: shape(row.shape),
		attempts: number(row.attempts),
		maxAttempts: number(row.max_attempts),
		sends: number(row.sends),
		maxSends: number(row.max_sends),
		createdAt: number(row.created_at),
		deadlineAt: number(row.deadline_at),
		expiresAt: number(row.expires_at),
		resendAt: number(row.resend_at),
		verifiedAt: numberOrNull(row.verified_at) ?? undefined,
		sealedPhone: text(row.sealed_phone),
		sealedMetadata: text(row.sealed_metadata),
		purgeAt: number(row.purge_at),
	};
}

/** A row of `delivery`. */
export function deliveryRow(row: Row): DeliveryRecord {
	const [key, sealed] = [textOrNull(row.message_key), textOrNull(row.sealed_message_id)];
	const replaced = textOrNull(row.replaced);
	return {
		sendId: text(row.send_id),
		verificationId: text(row.verification_id),
		number: number(row.number),
		provider: text(row.provider),
		status: oneOf(deliveryStatuses, row.status),
		message: key === null || sealed === null ? undefined : { key, sealed },
		waId: textOrNull(row.sealed_wa_id) ?? undefined,
		error: textOrNull(row.sealed_error) ?? undefined,
		times: numbersByWord(deliveryStatuses, row.times),
		dropAt: numberOrNull(row.drop_at) ?? undefined,
		idempotencyKey: text(row.idempotency_key),
		fingerprint: text(row.fingerprint),
		startedAt: number(row.started_at),
		replaced: replaced === null ? undefined : readReplaced(replaced),
		purgeAt: number(row.purge_at),
	};
}

/** A row of `counter`. */
export function counterRow(row: Row): Counter {
	return { moments: numberList(row.stamps), purgeAt: number(row.purge_at) };
}

/** A row of `counter` that holds a cool-down as JSON. */
export function cooldownRow(row: Row): CooldownRecord {
	const stored = object(text(row.stamps));
	const [key, left] = [stored.key ?? null, stored.left ?? null];
	return {
		until: number(stored.until),
		sends: numbers(stored.sends),
		retry: key === null || left === null ? undefined : { key: text(key), left: number(left) },
		purgeAt: number(row.purge_at),
	};
}

export function writeCooldown({ until, sends, retry }: CooldownRecord): string {
	return JSON.stringify({ until, sends, ...retry });
}

/**
 * The MAC comes first: SQLite stores the end of a long value on pages that it does not overwrite when they become free.
 */
export function writeReplaced({ mac, keyId, shape, expiresAt, sealedPhone, sealedMetadata }: ReplacedCode): string {
	return JSON.stringify({
		mac,
		key_id: keyId,
		shape,
		expires_at: expiresAt,
		sealed_phone: sealedPhone,
		sealed_metadata: sealedMetadata,
	});
}

function readReplaced(json: string): ReplacedCode {
	const code = object(json);
	return {
		mac: text(code.mac),
		keyId: text(code.key_id),
		shape: shape(code.shape),
		expiresAt: number(code.expires_at),
		sealedPhone: text(code.sealed_phone),
		sealedMetadata: text(code.sealed_metadata),
	};
}

function shape(value: unknown): CodeShape {
	const given = text(value);
	if (!isCodeShape(given)) throw new Error('a code has an unknown shape');
	return given;
}

import { z } from 'zod';
import type { Keyring } from './keys';
import { omitUndefined } from './omit-undefined';
import type { DeliveryStatus } from './state';
import type { StoredDelivery, StoredMessageId } from './stores/store';

/** One send of a verification. Times are milliseconds since 1970. */
export interface Delivery {
	sendId: string;
	provider: string;
	status: DeliveryStatus;
	/** The provider's id of the message; absent until the provider gave one. */
	messageId?: string;
	/** The recipient's WhatsApp id: a phone number, digits only. */
	waId?: string;
	/** When each status was reached. */
	times: Partial<Record<DeliveryStatus, number>>;
	error?: DeliveryError;
}

/** Why a provider could not deliver. It never holds a code or a full phone number. */
export interface DeliveryError {
	code?: number | string;
	title?: string;
	details?: string;
	class?: string;
}

/** What a provider says about a message. */
export interface MessageDetails {
	messageId?: string;
	/** The recipient's WhatsApp id: a phone number, digits only. */
	waId?: string;
	error?: DeliveryError;
}

/** The same as a store keeps it: the store can't read it. */
export interface SealedMessageDetails {
	message?: StoredMessageId;
	waId?: string;
	error?: string;
}

const errorSchema: z.ZodType<DeliveryError> = z.object({
	code: z.union([z.number(), z.string()]).optional(),
	title: z.string().optional(),
	details: z.string().optional(),
	class: z.string().optional(),
});

/**
 * Everything that may hold a phone number is sealed (docs/reference/verification-rules.md 1.13). The sealed values can
 * be opened for this send only.
 */
export function sealMessageDetails(
	{ messageId, waId, error }: MessageDetails,
	{ sendId, provider }: Pick<Delivery, 'sendId' | 'provider'>,
	keyring: Keyring,
): SealedMessageDetails {
	return {
		message: messageId === undefined ? undefined : sealMessageId(messageId, provider, sendId, keyring),
		waId: waId === undefined ? undefined : keyring.seal(waId, `${sendId} wa_id`),
		error: error === undefined ? undefined : keyring.seal(JSON.stringify(error), `${sendId} delivery error`),
	};
}

function sealMessageId(messageId: string, provider: string, sendId: string, keyring: Keyring): StoredMessageId {
	const key = messageKey(keyring.newest, messageId, provider, keyring);
	return { key, sealed: keyring.seal(messageId, `${sendId} message id`) };
}

/**
 * The keys under which a store may know a message, one for each signing secret, newest first. The store has the key of
 * the secret that was newest when the message was sent.
 */
export function messageKeys(messageId: string, provider: string, keyring: Keyring): string[] {
	return keyring.ids.map((keyId) => messageKey(keyId, messageId, provider, keyring));
}

function messageKey(keyId: string, messageId: string, provider: string, keyring: Keyring): string {
	return keyring.lookup(keyId, 'message', provider, messageId);
}

/** @throws SigningKeyMissingError if the secret that sealed it is no longer configured */
export function openWaId({ waId, sendId }: StoredDelivery, keyring: Keyring): string | undefined {
	return waId === undefined ? undefined : keyring.open(waId, `${sendId} wa_id`);
}

/** @throws SigningKeyMissingError if the secret that sealed it is no longer configured */
export function openDelivery(stored: StoredDelivery, keyring: Keyring): Delivery {
	const { sendId, provider, status, times, message } = stored;
	return omitUndefined({
		sendId,
		provider,
		status,
		messageId: message && keyring.open(message.sealed, `${sendId} message id`),
		waId: openWaId(stored, keyring),
		times,
		error: openError(stored, keyring),
	});
}

function openError({ error, sendId }: StoredDelivery, keyring: Keyring): DeliveryError | undefined {
	if (error === undefined) return undefined;
	return errorSchema.parse(JSON.parse(keyring.open(error, `${sendId} delivery error`)));
}

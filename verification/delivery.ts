import { z } from 'zod';

import type { Keyring } from './keys';
import type { DeliveryStatus } from './state';
import type { StoredDelivery, StoredMessageId } from './stores/store';

/** One send of a verification. Times are milliseconds since 1970. */
export interface Delivery {
	sendId: string;
	provider: string;
	status: DeliveryStatus;
	/** The provider's; absent until it gave one. */
	messageId?: string;
	/** The recipient's WhatsApp id: a phone number, digits only. */
	waId?: string;
	/** When each status was reached. */
	times: Partial<Record<DeliveryStatus, number>>;
	error?: DeliveryError;
}

/** Why a provider could not deliver; never holds a code or a full phone number. */
export interface DeliveryError {
	code?: number | string;
	title?: string;
	details?: string;
	class?: string;
}

/** What a provider tells of a message. */
export interface Told {
	messageId?: string | undefined;
	/** The recipient's WhatsApp id: a phone number, digits only. */
	waId?: string | undefined;
	error?: DeliveryError | undefined;
}

const errorSchema: z.ZodType<DeliveryError> = z.object({
	code: z.union([z.number(), z.string()]).optional(),
	title: z.string().optional(),
	details: z.string().optional(),
	class: z.string().optional(),
});

/** Which send something is told of. */
type Send = Pick<Delivery, 'sendId' | 'provider'>;

/** Whatever may hold a phone number is kept from the store (verification.md, rule 13). It opens for this send alone. */
export function sealTold(
	{ messageId, waId, error }: Told,
	send: Send,
	keyring: Keyring,
): { message?: StoredMessageId; waId?: string; error?: string } {
	return {
		...(messageId === undefined ? {} : { message: sealMessageId(messageId, send, keyring) }),
		...(waId === undefined ? {} : { waId: keyring.seal(waId, `${send.sendId} wa_id`) }),
		...(error === undefined ? {} : { error: keyring.seal(JSON.stringify(error), `${send.sendId} delivery error`) }),
	};
}

export function sealMessageId(
	messageId: string,
	send: Send,
	keyring: Keyring,
	[key = ''] = messageKeys(messageId, send.provider, keyring),
): StoredMessageId {
	return { key, sealed: keyring.seal(messageId, `${send.sendId} message id`) };
}

/** What a message is looked up by, under every signing secret, newest first: the store has it under what was newest then. */
export function messageKeys(messageId: string, provider: string, keyring: Keyring): string[] {
	return keyring.ids.map((keyId) => keyring.lookup(keyId, 'message', provider, messageId));
}

/** @throws SigningKeyMissingError where the secret that sealed it is not configured any more */
export function openDelivery({ message, waId, error, ...send }: StoredDelivery, keyring: Keyring): Delivery {
	return {
		...send,
		...(message === undefined ? {} : { messageId: keyring.open(message.sealed, `${send.sendId} message id`) }),
		...(waId === undefined ? {} : { waId: keyring.open(waId, `${send.sendId} wa_id`) }),
		...(error === undefined ? {} : { error: errorSchema.parse(JSON.parse(keyring.open(error, `${send.sendId} delivery error`))) }),
	};
}

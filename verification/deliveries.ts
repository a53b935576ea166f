import { z } from 'zod';
import type { Keyring } from './keys';
import type { DeliveryStatus } from './state';
import type { DeliveryNews, StoredDelivery, StoredMessageId } from './stores/store';

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

/** Whatever may hold a phone number is kept from the store (docs/reference/verification-rules.md 1.13). It opens for this send alone. */
export function sealTold(
	{ messageId, waId, error }: Told,
	send: Send,
	keyring: Keyring,
): { message?: StoredMessageId; waId?: string; error?: string } {
	return {
		...(messageId === undefined ? {} : { message: sealMessageId(messageId, send, keyring) }),
		...(waId === undefined ? {} : { waId: sealWaId(waId, send, keyring) }),
		...(error === undefined ? {} : { error: sealError(error, send, keyring) }),
	};
}

function sealMessageId(
	messageId: string,
	send: Send,
	keyring: Keyring,
	[key = '']: readonly string[] = messageKeys(messageId, send.provider, keyring),
): StoredMessageId {
	return { key, sealed: keyring.seal(messageId, `${send.sendId} message id`) };
}

const sealWaId = (waId: string, { sendId }: Send, keyring: Keyring) => keyring.seal(waId, `${sendId} wa_id`);

const sealError = (error: DeliveryError, { sendId }: Send, keyring: Keyring) =>
	keyring.seal(JSON.stringify(error), `${sendId} delivery error`);

/** What a message is looked up by, under every signing secret, newest first: the store has it under what was newest then. */
export function messageKeys(messageId: string, provider: string, keyring: Keyring): string[] {
	return keyring.ids.map((keyId) => keyring.lookup(keyId, 'message', provider, messageId));
}

/** News of a message. `occurredAt` is in milliseconds since 1970. */
export interface DeliveryEvent extends Told {
	provider: string;
	messageId: string;
	/** What the provider gave back of ours, where it does. */
	sendId?: string;
	status: DeliveryStatus;
	occurredAt: number;
}

/** What was found out of the send already. */
type Found = { sendId: string } & Partial<Pick<DeliveryNews, 'phoneKeys' | 'messageKeys'>>;

/** Derives and seals what a store asks for, when it does: that takes longer than to record, and it has most of it. */
export class News implements DeliveryNews {
	readonly sendId: string;
	readonly provider: string;
	readonly status: DeliveryStatus;
	readonly occurredAt: number;

	constructor(
		private readonly event: DeliveryEvent,
		private readonly found: Found,
		private readonly keyring: Keyring,
	) {
		this.sendId = found.sendId;
		this.provider = event.provider;
		this.status = event.status;
		this.occurredAt = event.occurredAt;
	}

	get keyIds(): readonly string[] {
		return this.keyring.ids;
	}

	get phoneKeys(): readonly string[] {
		return this.found.phoneKeys ?? this.keyring.phoneKeysOf(this.sendId).map(({ phoneKey }) => phoneKey);
	}

	get messageKeys(): readonly string[] {
		return (this.found.messageKeys ??= messageKeys(this.event.messageId, this.provider, this.keyring));
	}

	get message(): StoredMessageId {
		return sealMessageId(this.event.messageId, this, this.keyring, this.messageKeys);
	}

	get waId(): string | undefined {
		const { waId } = this.event;
		return waId === undefined ? undefined : sealWaId(waId, this, this.keyring);
	}

	get error(): string | undefined {
		const { error } = this.event;
		return error === undefined ? undefined : sealError(error, this, this.keyring);
	}
}

/** @throws SigningKeyMissingError where the secret that sealed it is not configured any more */
export function openWaId({ waId, sendId }: StoredDelivery, keyring: Keyring): string | undefined {
	return waId === undefined ? undefined : keyring.open(waId, `${sendId} wa_id`);
}

/** @throws SigningKeyMissingError where the secret that sealed it is not configured any more */
export function openDelivery(stored: StoredDelivery, keyring: Keyring): Delivery {
	const { sendId, provider, status, times, message, error } = stored;
	const waId = openWaId(stored, keyring);
	return {
		...{ sendId, provider, status, times },
		...(message === undefined ? {} : { messageId: keyring.open(message.sealed, `${sendId} message id`) }),
		...(waId === undefined ? {} : { waId }),
		...(error === undefined
			? {}
			: { error: errorSchema.parse(JSON.parse(keyring.open(error, `${sendId} delivery error`))) }),
	};
}

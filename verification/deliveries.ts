import type { SendTicket } from './begin';
import { SigningKeyMissingError } from './errors';
import type { Keyring } from './keys';
import { omitUndefined } from './omit-undefined';
import { times } from './policy';
import {
	messageKeys,
	openDelivery,
	openWaId,
	sealMessageDetails,
	type Delivery,
	type MessageDetails,
} from './sealed-delivery';
import type { DeliveryStatus } from './state';
import type { DeliveryUpdate, SendReport, StoredMessage, VerificationStore } from './stores/store';
import {
	describe,
	describeChecked,
	describeWithoutDeliveries,
	type CheckedVerification,
	type Verification,
} from './verification';

/** How a send ended, and what the provider said about the message. */
export type SendOutcome = Pick<SendReport, 'outcome'> & MessageDetails;

/** A status of a message, from a webhook or a status call. `occurredAt` is in milliseconds since 1970. */
export interface DeliveryEvent extends MessageDetails {
	provider: string;
	messageId: string;
	/** The callback data that we passed with the send, if the provider returns it. */
	sendId?: string;
	status: DeliveryStatus;
	occurredAt: number;
}

export interface DeliveryOutcome {
	/** False for a status that was known before, or comes late. */
	isNew: boolean;
	verification: CheckedVerification;
	delivery: Pick<Delivery, 'sendId' | 'status' | 'waId'>;
}

/** A send and its verification. */
export interface RecordedMessage {
	verification: Omit<Verification, 'deliveries'>;
	delivery: Delivery;
}

/** Messages of one claim: an embedded store stops this process while it marks them. */
const maxDroppedPerClaim = 50;

/**
 * Stores how a send ended that `begin` allowed.
 * @returns the verification; undefined if it is gone, because its only send was withdrawn
 */
export async function recordSend(
	store: VerificationStore,
	keyring: Keyring,
	ticket: SendTicket,
	{ outcome, ...details }: SendOutcome,
): Promise<Verification | undefined> {
	const { withdrawnCooldown: withdrawnCooldownMs } = times;
	const report = { ...ticket, outcome, withdrawnCooldownMs, ...sealMessageDetails(details, ticket, keyring) };
	const stored = await store.verifications.recordSend(report);
	return stored && describe(stored, keyring);
}

/**
 * @returns undefined if the message is not in the store
 * @throws SigningKeyMissingError before anything is recorded, so that the event is still new when it comes again
 */
export async function recordDelivery(
	store: VerificationStore,
	keyring: Keyring,
	event: DeliveryEvent,
): Promise<DeliveryOutcome | undefined> {
	const update = await toUpdate(store, keyring, event);
	const answer = update && (await store.verifications.recordDelivery(update));
	if (answer === undefined) return undefined;
	if ('keyMissing' in answer) throw new SigningKeyMissingError(answer.keyMissing);
	const { sendId, status } = answer.delivery;
	return {
		isNew: answer.isNew,
		verification: describeChecked(answer.verification, keyring),
		delivery: omitUndefined({ sendId, status, waId: event.waId ?? openWaId(answer.delivery, keyring) }),
	};
}

/** Our callback data names the send. Without it, the message id leads to the send. */
async function toUpdate(
	store: VerificationStore,
	keyring: Keyring,
	event: DeliveryEvent,
): Promise<DeliveryUpdate | undefined> {
	const { provider, messageId, sendId = '', status, occurredAt } = event;
	const keys = messageKeys(messageId, provider, keyring);
	const known = { provider, messageKeys: keys, keyIds: keyring.ids, status, occurredAt };
	if (keyring.canBeId(sendId)) {
		const phoneKeys = keyring.phoneKeysOf(sendId).map(({ phoneKey }) => phoneKey);
		return { ...known, sendId, phoneKeys, ...sealMessageDetails(event, { sendId, provider }, keyring) };
	}
	// A shared number reports mostly messages of other systems. For those, this read is all that happens.
	const stored = await store.verifications.get({ messageKeys: keys });
	const delivery = stored?.deliveries.find(({ message }) => message !== undefined && keys.includes(message.key));
	if (stored === undefined || delivery === undefined) return undefined;
	const sealed = sealMessageDetails(event, { sendId: delivery.sendId, provider }, keyring);
	return { ...known, sendId: delivery.sendId, phoneKeys: [stored.phoneKey], ...sealed };
}

/** @returns undefined if the store has no message with this id */
export async function findMessage(
	store: VerificationStore,
	keyring: Keyring,
	provider: string,
	messageId: string,
): Promise<RecordedMessage | undefined> {
	const stored = await store.verifications.get({ messageKeys: messageKeys(messageId, provider, keyring) });
	const verification = stored && describe(stored, keyring);
	const delivery = verification?.deliveries.find((candidate) => candidate.messageId === messageId);
	return verification === undefined || delivery === undefined ? undefined : { verification, delivery };
}

/**
 * Marks messages of this provider as dropped if no delivery was reported in time. Each goes to one caller only.
 * @returns some of them; call again until the list is empty
 * @throws SigningKeyMissingError if some were claimed and none of them can be opened
 */
export async function claimDropped(
	store: VerificationStore,
	keyring: Keyring,
	provider: string,
): Promise<RecordedMessage[]> {
	const claimed = await store.verifications.claimDropped({ provider, limit: maxDroppedPerClaim });
	let failure: Error | undefined;
	const opened: RecordedMessage[] = [];
	for (const message of claimed) {
		// No claim returns these messages again. So a message of another installation, or one that was sealed with
		// a lost secret, must not stop the others.
		try {
			opened.push(openMessage(message, keyring));
		} catch (error) {
			failure = error instanceof Error ? error : new Error('A message can not be opened', { cause: error });
		}
	}
	if (opened.length === 0 && failure !== undefined) throw failure;
	return opened;
}

function openMessage({ verification, delivery }: StoredMessage, keyring: Keyring): RecordedMessage {
	return { verification: describeWithoutDeliveries(verification, keyring), delivery: openDelivery(delivery, keyring) };
}

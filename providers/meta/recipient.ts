import { listOf, objectOf, phoneDigitsOf, shortTextOf } from '../webhook';
import type { StatusEvent } from '../webhook-events';

/** Who got a message, as far as the provider says. */
export type Recipient = Pick<
	StatusEvent,
	'recipient' | 'recipientUserId' | 'recipientParentUserId' | 'recipientUsername'
>;

/** The entries of `value.contacts[]` by each id in them. */
export type Contacts = ReadonlyMap<string, Record<string, unknown>>;

export function contactsById(contacts: unknown): Contacts {
	const byId = new Map<string, Record<string, unknown>>();
	for (const contact of listOf(contacts).map(objectOf)) {
		for (const id of [contact.wa_id, contact.user_id].map(shortTextOf)) if (id !== undefined) byId.set(id, contact);
	}
	return byId;
}

/** A business-scoped user id, such as DE.1a2b; with ENT, that of a group of businesses. */
const userId = /^[A-Z]{2}\.(?<parent>ENT\.)?[A-Za-z0-9]{1,128}$/;

/**
 * Reads the recipient of a status. Since 2026 a person can hide the number, and an id that is no number may stand in
 * its place (docs/reference/providers.md 1.10).
 */
export function readRecipient(status: Record<string, unknown>, contacts: Contacts): Recipient {
	const { recipient_id, message, recipient_user_id, recipient_parent_user_id } = status;
	const ids = [recipient_id, objectOf(message).recipient_id];
	const scoped = ids.map(shortTextOf).find((id) => id !== undefined && userId.test(id));
	const isParent = userId.exec(scoped ?? '')?.groups?.parent !== undefined;
	const known = [recipient_user_id, ...ids].map(shortTextOf).find((id) => id !== undefined && contacts.has(id));
	const contact = objectOf(contacts.get(known ?? ''));
	return {
		recipient: [...ids, contact.wa_id].map(phoneDigitsOf).find((digits) => digits !== undefined),
		recipientUserId: shortTextOf(recipient_user_id) ?? shortTextOf(contact.user_id) ?? (isParent ? undefined : scoped),
		recipientParentUserId:
			shortTextOf(recipient_parent_user_id) ?? shortTextOf(contact.parent_user_id) ?? (isParent ? scoped : undefined),
		recipientUsername: shortTextOf(objectOf(contact.profile).username) ?? shortTextOf(contact.username),
	};
}

import { listOf, maxEntries, objectOf, shortTextOf } from '../webhook';
import type { WebhookEvent } from '../webhook-events';
import { readChanges } from './changes';
import { explainCode } from './errors';
import { contactsById } from './recipient';
import { readReports } from './reports';
import { readStatuses } from './statuses';
import { readTemplateEvent } from './template-events';

/** Every event in a webhook of Meta's shape (docs/reference/providers.md 1.9, 1.10, 1.11, 1.13). */
export function readEvents(payload: unknown): WebhookEvent[] {
	/** How many more statuses and messages are read. */
	let left = maxEntries;
	return readChanges(payload).flatMap((change): WebhookEvent[] => {
		const template = readTemplateEvent(change);
		if (template !== undefined) return [template];
		const { messages, metadata, contacts } = change.value;
		const senderId = shortTextOf(objectOf(metadata).phone_number_id);
		const statuses = listOf(change.value.statuses).slice(0, left);
		left -= statuses.length;
		const events = readStatuses(statuses, {
			explain: explainCode,
			givesBackCallbackData: true,
			senderId,
			contacts: contactsById(contacts),
		});
		const incoming = listOf(messages).slice(0, left);
		left -= incoming.length;
		return [...events, ...readReports(incoming, senderId)];
	});
}

import type { WebhookEvent } from '../provider';
import { listOf, maxEntries, objectOf, shortTextOf } from '../webhook';
import { readChanges } from './changes';
import { explainCode } from './errors';
import { contactsById } from './recipient';
import { readStatuses } from './statuses';
import { readTemplateEvent } from './template-events';

/** Every event in a webhook of Meta's shape (docs/reference/providers.md 1.9, 1.10, 1.11). */
export function readEvents(payload: unknown): WebhookEvent[] {
	/** How many more statuses are read. */
	let left = maxEntries;
	return readChanges(payload).flatMap((change): WebhookEvent[] => {
		const template = readTemplateEvent(change);
		if (template !== undefined) return [template];
		const statuses = listOf(change.value.statuses).slice(0, left);
		left -= statuses.length;
		return readStatuses(statuses, {
			explain: explainCode,
			givesBackCallbackData: true,
			senderId: shortTextOf(objectOf(change.value.metadata).phone_number_id),
			contacts: contactsById(change.value.contacts),
		});
	});
}

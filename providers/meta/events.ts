import type { WebhookEvent } from '../provider';
import { listOf, mostEntries } from '../webhook';
import { readChanges } from './changes';
import { explainCode } from './errors';
import { readStatuses } from './statuses';
import { readTemplateEvent } from './template-events';

/** Every event in a webhook of Meta's shape, from any number of entries and changes (docs/reference/providers.md 1.9-1.11). */
export function readEvents(payload: unknown): WebhookEvent[] {
	let left = mostEntries;
	return readChanges(payload).flatMap((change): WebhookEvent[] => {
		const template = readTemplateEvent(change);
		if (template !== undefined) return [template];
		const statuses = listOf(change.value.statuses).slice(0, left);
		left -= statuses.length;
		return readStatuses(statuses, { explain: explainCode, givesBackCallbackData: true });
	});
}

import { objectOf, phoneDigitsOf, shortTextOf, timeOf } from '../webhook';
import type { ReportEvent } from '../webhook-events';

/** The button "I didn't request a code" (docs/reference/providers.md 1.13). */
const payload = 'DID_NOT_REQUEST_CODE';

/** Every report of a code in a list of incoming messages. Skips all other messages. */
export function readReports(list: readonly unknown[], senderId: string | undefined): ReportEvent[] {
	return list.flatMap((raw) => {
		const { type, button, context, from, timestamp } = objectOf(raw);
		const messageId = shortTextOf(objectOf(context).id);
		if (type !== 'button' || objectOf(button).payload !== payload || messageId === undefined) return [];
		const recipient = phoneDigitsOf(from);
		return [{ kind: 'report', messageId, occurredAt: timeOf(timestamp), recipient, senderId, raw }];
	});
}

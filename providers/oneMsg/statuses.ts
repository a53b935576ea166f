import { z } from 'zod';
import { explainCode } from '../meta/errors';
import { readStatuses } from '../meta/statuses';
import type { StatusEvent } from '../provider';
import { listOf } from '../webhook';

const payload = z.object({ hooks: z.unknown(), ack: z.unknown() });
const text = z.string().optional().catch(undefined);
const hook = z.object({ status: z.string(), recipient_id: text, chatId: text }).passthrough();

/** Words that 1MSG has besides Meta's (docs/reference/providers.md 4.5). */
const meta = new Map([
	['viewed', 'read'],
	['undelivered', 'failed'],
]);

/** Every status in one of 1MSG's two shapes, `hooks[]` and `ack[]`; what is unknown is passed over. */
export function readHooks(body: unknown): StatusEvent[] {
	const { hooks, ack } = payload.safeParse(body).data ?? {};
	return [...listOf(hooks), ...listOf(ack)].flatMap(toEvents);
}

const source = { explain: explainCode, givesBackCallbackData: false };

function toEvents(raw: unknown): StatusEvent[] {
	const entry = hook.safeParse(raw).data;
	if (entry === undefined) return [];
	const { status, chatId, recipient_id = chatId?.replace(/@.*$/s, ''), ...others } = entry;
	const asMeta = { ...others, recipient_id, status: meta.get(status) ?? status };
	return readStatuses([asMeta], source).map((event) => ({ ...event, raw }));
}

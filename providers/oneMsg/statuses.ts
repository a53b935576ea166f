import { z } from 'zod';

import { readStatuses } from '../metaCloud/statuses';
import type { StatusEvent } from '../provider';

const list = z.array(z.unknown()).optional().catch(undefined);
const payload = z.object({ hooks: list, ack: list });
const hook = z.object({ status: z.string(), recipient_id: z.string().optional(), chatId: z.string().optional() }).passthrough();

/** Words that 1MSG has besides Meta's (providers.md 4.5). */
const meta = new Map([
	['viewed', 'read'],
	['undelivered', 'failed'],
]);

/** Every status in one of 1MSG's two shapes, `hooks[]` and `ack[]`; what is unknown is passed over. */
export function readHooks(body: unknown): StatusEvent[] {
	const { hooks = [], ack = [] } = payload.safeParse(body).data ?? {};
	return [...hooks, ...ack].flatMap(toEvents);
}

function toEvents(raw: unknown): StatusEvent[] {
	const entry = hook.safeParse(raw).data;
	if (entry === undefined) return [];
	const { status, chatId, recipient_id = chatId?.replace(/@.*$/, ''), ...others } = entry;
	const asMeta = { ...others, recipient_id, status: meta.get(status) ?? status };
	return readStatuses({ statuses: [asMeta] }).map((event) => ({ ...event, raw }));
}

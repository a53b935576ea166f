import { z } from 'zod';

import type { StatusError, StatusEvent } from '../provider';
import { explainCode } from './errors';

const errorEntry = z.object({
	code: z.union([z.number(), z.string()]).catch(0),
	title: z.string().optional().catch(undefined),
	message: z.string().optional().catch(undefined),
	error_data: z.object({ details: z.string() }).optional().catch(undefined),
	details: z.string().optional().catch(undefined),
});

const statusEntry = z.object({
	id: z.string().min(1),
	status: z.string(),
	timestamp: z.union([z.string(), z.number()]).optional(),
	recipient_id: z.string().optional().catch(undefined),
	message: z.object({ recipient_id: z.string() }).optional().catch(undefined),
	biz_opaque_callback_data: z.string().optional().catch(undefined),
	errors: z.array(z.unknown()).optional().catch(undefined),
});

const list = z.array(z.unknown()).catch([]);
const payload = z.object({ entry: list.optional(), statuses: list.optional() });
const entry = z.object({ changes: list });
const change = z.object({ value: z.object({ statuses: list }) });

/** The last one that a Date can hold. */
const lastSecond = 8.64e12;

const statuses = new Set<string>(['sent', 'delivered', 'read', 'failed']);
const isStatus = (status: string): status is StatusEvent['status'] => statuses.has(status);

/**
 * Every status in a webhook of Meta's shape: several entries, changes and statuses (providers.md 1.10), or the bare
 * list of On-Premises (2.6). What is unknown is passed over.
 */
export function readStatuses(body: unknown): StatusEvent[] {
	const read = payload.safeParse(body).data;
	if (read === undefined) return [];
	const nested = (read.entry ?? [])
		.flatMap((item) => entry.safeParse(item).data?.changes ?? [])
		.flatMap((item) => change.safeParse(item).data?.value.statuses ?? []);
	return [...nested, ...(read.statuses ?? [])].flatMap(toEvent);
}

function toEvent(raw: unknown): StatusEvent[] {
	const status = statusEntry.safeParse(raw).data;
	if (status === undefined || !isStatus(status.status)) return [];
	const seconds = Number(status.timestamp);
	const recipient = status.recipient_id ?? status.message?.recipient_id;
	const error = status.status === 'failed' ? toError(status.errors?.[0]) : undefined;
	return [
		{
			kind: 'status',
			messageId: status.id,
			status: status.status,
			occurredAt: seconds > 0 && seconds <= lastSecond ? Math.floor(seconds * 1000) : Date.now(),
			...(recipient === undefined ? {} : { recipient }),
			...(status.biz_opaque_callback_data === undefined ? {} : { callbackData: status.biz_opaque_callback_data }),
			...(error === undefined ? {} : { error }),
			raw,
		},
	];
}

function toError(raw: unknown): StatusError {
	const { code, title, message, error_data, details } = errorEntry.safeParse(raw).data ?? { code: 0 };
	const known = explainCode(code);
	const text = error_data?.details ?? details;
	return {
		code,
		title: title ?? message ?? known.what,
		...(text === undefined ? {} : { details: text }),
		class: known.class,
		hint: known.fix,
	};
}

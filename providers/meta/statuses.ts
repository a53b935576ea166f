import { z } from 'zod';
import type { ErrorEntry } from '../errors';
import type { StatusError, StatusEvent } from '../provider';
import { objectOf, shortTextOf, timeOf } from '../webhook';

/** The reason of a failure; providers tell it in several places, and some not at all (docs/reference/providers.md 1.10). */
const errorEntry = z.object({
	code: z
		.union([z.number(), z.string().max(100)])
		.optional()
		.catch(undefined),
	title: z.string().optional().catch(undefined),
	message: z.string().optional().catch(undefined),
	error_data: z.object({ details: z.string() }).optional().catch(undefined),
	details: z.string().optional().catch(undefined),
});

const statuses = new Set<unknown>(['sent', 'delivered', 'read', 'failed']);
const isStatus = (status: unknown): status is StatusEvent['status'] => statuses.has(status);

/** Who sends statuses of Meta's shape. */
export interface StatusSource extends Pick<StatusEvent, 'givesBackCallbackData'> {
	/** What the code of a failure means. */
	explain(code: number | string): Explained;
}

type Explained = Pick<ErrorEntry, 'class' | 'what' | 'fix'>;

/** Every status in a list of Meta's shape; what is unknown is passed over. */
export function readStatuses(list: readonly unknown[], source: StatusSource): StatusEvent[] {
	return list.flatMap((raw) => toEvent(raw, source) ?? []);
}

function toEvent(raw: unknown, source: StatusSource): StatusEvent | undefined {
	const { id, status, timestamp, recipient_id, message, biz_opaque_callback_data, errors } = objectOf(raw);
	const messageId = shortTextOf(id);
	if (messageId === undefined || !isStatus(status)) return undefined;
	const recipient = (shortTextOf(recipient_id) ?? shortTextOf(objectOf(message).recipient_id))?.replace(/^\+/, '');
	const callbackData = shortTextOf(biz_opaque_callback_data);
	return {
		kind: 'status',
		...{ messageId, status },
		occurredAt: timeOf(timestamp),
		...(recipient === undefined ? {} : { recipient }),
		...(callbackData === undefined ? {} : { callbackData }),
		givesBackCallbackData: source.givesBackCallbackData,
		...(status === 'failed' ? { error: toError(errors, source) } : {}),
		raw,
	};
}

const unexplained = {
	class: 'permanent',
	what: 'The provider gave no reason',
	fix: 'Use another channel for this person, such as SMS',
} as const;

/** The same length as in answers to a send. */
const shortened = (text: string) => text.slice(0, 500);

function toError(errors: unknown, source: StatusSource): StatusError {
	const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
	const { code, title, message, error_data, details } = errorEntry.safeParse(first).data ?? {};
	const known = code === undefined ? unexplained : source.explain(code);
	const text = error_data?.details ?? details;
	return {
		code: code ?? 'unknown',
		title: shortened(title ?? message ?? known.what),
		...(text === undefined ? {} : { details: shortened(text) }),
		class: known.class,
		hint: known.fix,
	};
}

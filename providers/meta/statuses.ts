import { z } from 'zod';
import { shortened, type ErrorMeaning } from '../errors';
import { objectOf, shortTextOf, timeOf } from '../webhook';
import type { StatusError, StatusEvent } from '../webhook-events';
import { readRecipient, type Contacts } from './recipient';

/** Why a message failed. Providers write it in several places, or nowhere (docs/reference/providers.md 1.10). */
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

/** What differs between the providers that send statuses of Meta's shape. */
export interface StatusSource extends Pick<StatusEvent, 'givesBackCallbackData' | 'senderId'> {
	/** What the provider's error codes mean. */
	explain(errorCode: number | string): ErrorMeaning;
	contacts?: Contacts;
}

const noContacts: Contacts = new Map();

/** Every status in a list of Meta's shape. Skips unknown statuses and what has another shape. */
export function readStatuses(list: readonly unknown[], source: StatusSource): StatusEvent[] {
	return list.flatMap((raw) => toEvent(raw, source) ?? []);
}

function toEvent(raw: unknown, source: StatusSource): StatusEvent | undefined {
	const entry = objectOf(raw);
	const { id, type, status, timestamp, biz_opaque_callback_data, errors } = entry;
	const messageId = shortTextOf(id);
	// Payments and calls have statuses, too (docs/reference/providers.md 1.10).
	const isOfMessage = typeof type !== 'string' || type === 'message';
	if (messageId === undefined || !isOfMessage || !isStatus(status)) return undefined;
	return {
		kind: 'status',
		messageId,
		status,
		occurredAt: timeOf(timestamp),
		...readRecipient(entry, source.contacts ?? noContacts),
		senderId: source.senderId,
		callbackData: shortTextOf(biz_opaque_callback_data),
		givesBackCallbackData: source.givesBackCallbackData,
		error: status === 'failed' ? toError(errors, source) : undefined,
		raw,
	};
}

const unexplained: ErrorMeaning = {
	class: 'permanent',
	what: 'The provider gave no reason',
	fix: 'Use another channel for this person, such as SMS',
} as const;

function toError(errors: unknown, source: StatusSource): StatusError {
	const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
	const { code, title, message, error_data, details } = errorEntry.safeParse(first).data ?? {};
	const { class: errorClass, what, fix } = code === undefined ? unexplained : source.explain(code);
	const longDetails = error_data?.details ?? details;
	return {
		code: code ?? 'unknown',
		title: shortened(title ?? message ?? what),
		details: longDetails === undefined ? undefined : shortened(longDetails),
		class: errorClass,
		hint: fix,
	};
}

import { z } from 'zod';
import { omitUndefined } from '../../omit-undefined';
import type { Call } from '../../provider';
import { detailsOf, Refusal } from '../../refusal';
import type { Schedule, StatusChange } from '../../status-schedule';
import { webhookUrl } from '../../webhook-delivery';
import { id } from './account';
import { answer, webhookError } from './error-codes';
import { OnPremisesState } from './state';

/** Fields and bounds of docs/reference/providers.md 2.5. */
const settings = z
	.object({
		webhooks: z
			.object({
				url: webhookUrl.optional(),
				max_concurrent_requests: z.union([z.literal(6), z.literal(12), z.literal(18), z.literal(24)]).optional(),
				message: z
					.object({ sent: z.boolean(), delivered: z.boolean(), read: z.boolean() })
					.partial()
					.strict()
					.optional(),
			})
			.strict()
			.optional(),
		sent_status: z.boolean().optional(),
		callback_persist: z.boolean().optional(),
		callback_backoff_delay_ms: z.number().int().min(0).optional(),
		max_callback_backoff_delay_ms: z.number().int().min(0).optional(),
	})
	.strict();

const path = '/v1/settings/application';

/** A PATCH replaces the given fields and keeps the others. */
const setWebhook: Call = {
	name: 'setWebhook',
	method: 'PATCH',
	path,
	handle({ body }, state) {
		const read = settings.safeParse(body);
		if (!read.success) throw new Refusal(1009, { details: detailsOf(read.error) });
		const { webhooks = {} } = read.data;
		const own = state.own(id, OnPremisesState);
		const before = own.settings;
		const { url = before.webhooks?.url ?? '' } = webhooks;
		const message = { ...before.webhooks?.message, ...webhooks.message };
		const isSet = Object.keys(message).length > 0;
		const changed = { ...before.webhooks, ...webhooks, ...(isSet ? { message } : {}) };
		own.settings = { ...before, ...read.data, ...(read.data.webhooks === undefined ? {} : { webhooks: changed }) };
		state.webhooks.subscribe(id, url === '' ? undefined : { url, headers: {} });
		return answer(200, {});
	},
};

const getWebhook: Call = {
	name: 'getWebhook',
	method: 'GET',
	path,
	handle: (_request, state) => answer(200, { settings: { application: state.own(id, OnPremisesState).settings } }),
};

const deleteWebhook: Call = {
	name: 'deleteWebhook',
	method: 'DELETE',
	path,
	handle(_request, state) {
		state.own(id, OnPremisesState).settings = {};
		state.webhooks.subscribe(id, undefined);
		return answer(200, {});
	},
};

/** The settings of the server's webhooks: the address and the statuses (docs/reference/providers.md 2.5). */
export const webhookCalls: Call[] = [setWebhook, getWebhook, deleteWebhook];

function statusOf({ message, status, at }: StatusChange, unknownFields: boolean): unknown {
	const error = status === 'failed' ? message.error : undefined;
	return omitUndefined({
		id: message.id,
		status,
		timestamp: String(Math.floor(at / 1000)),
		recipient_id: message.to,
		errors: error && [webhookError(error)],
		message: error && { recipient_id: `+${message.to}` },
		type: error && 'message',
		orbit: unknownFields ? { planet: 'Mars', turns: 3 } : undefined,
	});
}

/** The body of a status webhook: the list stands at the top level (docs/reference/providers.md 2.6). */
export function statusEvent(changes: StatusChange[], { unknownFields }: Schedule): unknown {
	return { statuses: changes.map((change) => statusOf(change, unknownFields)) };
}

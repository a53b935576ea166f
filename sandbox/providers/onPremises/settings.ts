import { z } from 'zod';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import { answer } from './errors';

const id = 'onPremises';

/** Fields and bounds of docs/reference/providers.md 2.5. */
const settings = z
	.object({
		webhooks: z
			.object({
				// The real server wants https; here everything is on loopback. Empty: no webhook any more.
				url: z
					.union([
						z.literal(''),
						z
							.string()
							.url()
							.regex(/^https?:/, 'must be an http(s) URL'),
					])
					.optional(),
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

export type GivenSettings = z.output<typeof settings>;

const path = '/v1/settings/application';

/** A PATCH replaces the fields that are given and keeps the others. */
const setSettings: Call = {
	name: 'setWebhook',
	method: 'PATCH',
	path,
	handle({ body }, world) {
		const read = settings.safeParse(body);
		if (!read.success) {
			const details = read.error.issues.map(({ path: place, message }) => `${place.join('.')}: ${message}`);
			throw new Refusal(1009, { details });
		}
		const { webhooks = {} } = read.data;
		const server = world.servers[id];
		const given = server.settings;
		const { url = given.webhooks?.url ?? '' } = webhooks;
		const message = { ...given.webhooks?.message, ...webhooks.message };
		server.settings = { ...given, ...read.data, webhooks: { ...given.webhooks, ...webhooks, message } };
		world.postman.subscribe(id, url === '' ? undefined : { url, headers: {} });
		return answer(200, {});
	},
};

const getSettings: Call = {
	name: 'getWebhook',
	method: 'GET',
	path,
	handle: (_request, world) => answer(200, { settings: { application: world.servers[id].settings } }),
};

const resetSettings: Call = {
	name: 'deleteWebhook',
	method: 'DELETE',
	path,
	handle(_request, world) {
		world.servers[id].resetSettings();
		world.postman.subscribe(id, undefined);
		return answer(200, {});
	},
};

/** Where the server reports to, and what (docs/reference/providers.md 2.5). */
export const settingsCalls: Call[] = [setSettings, getSettings, resetSettings];

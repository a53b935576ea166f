import { z } from 'zod';
import type { ProviderId } from '../../accounts';
import type { Call } from '../../provider';
import { configs } from './envelopes';

const subscription = z.object({
	// The real service wants https; here everything is on loopback. Empty: no webhook any more.
	url: z.union([
		z.literal(''),
		z
			.string()
			.url()
			.regex(/^https?:/, 'Must be an http(s) URL'),
	]),
	headers: z.record(z.string()).optional(),
});

const setWebhook = (id: ProviderId): Call => ({
	name: 'setWebhook',
	method: 'POST',
	path: '/v1/configs/webhook',
	handle({ body }, world) {
		const read = subscription.safeParse(body);
		if (!read.success) {
			const details = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
			return configs(400, 'Invalid webhook', details);
		}
		const { url, headers = {} } = read.data;
		world.postman.subscribe(id, url === '' ? undefined : { url, headers });
		return { status: 200, body: { url, headers } };
	},
});

const getWebhook = (id: ProviderId): Call => ({
	name: 'getWebhook',
	method: 'GET',
	path: '/v1/configs/webhook',
	handle: (_request, world) => ({
		status: 200,
		body: world.postman.subscription(id) ?? { url: '', headers: {} },
	}),
});

/** The webhook of one number, the same on both hostings (docs/reference/providers.md 3.1). */
export const webhookCalls = (id: ProviderId): Call[] => [setWebhook(id), getWebhook(id)];

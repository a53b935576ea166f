import { z } from 'zod';
import type { Call } from '../../provider';
import { detailsOf } from '../../refusal';
import { webhookUrl } from '../../webhook-delivery';
import { configsAnswer } from './error-codes';

const subscription = z.object({ url: webhookUrl, headers: z.record(z.string()).optional() });

const setWebhook = (id: string): Call => ({
	name: 'setWebhook',
	method: 'POST',
	path: '/v1/configs/webhook',
	handle({ body }, state) {
		const read = subscription.safeParse(body);
		if (!read.success) return configsAnswer(400, 'Invalid webhook', detailsOf(read.error));
		const { url, headers = {} } = read.data;
		state.webhooks.subscribe(id, url === '' ? undefined : { url, headers });
		return { status: 200, body: { url, headers } };
	},
});

const getWebhook = (id: string): Call => ({
	name: 'getWebhook',
	method: 'GET',
	path: '/v1/configs/webhook',
	handle: (_request, state) => ({
		status: 200,
		body: state.webhooks.subscription(id) ?? { url: '', headers: {} },
	}),
});

/** The webhook of one number, the same on both hostings (docs/reference/providers.md 3.1). */
export const webhookCalls = (id: string): Call[] => [setWebhook(id), getWebhook(id)];

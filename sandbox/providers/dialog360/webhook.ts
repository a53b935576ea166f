import { z } from 'zod';
import type { Call } from '../../provider';
import { detailsOf } from '../../refusal';
import { webhookUrl } from '../../webhook-delivery';
import { configsAnswer } from './error-codes';

type Hosting = 'cloud' | 'onPremises';

const subscription = z.object({ url: webhookUrl, headers: z.record(z.string()).optional() });

/**
 * With Cloud hosting, the host may have neither an underscore nor a port (docs/reference/providers.md 3.7). The
 * receivers of the sandbox, on loopback, have a port.
 */
export const isForCloud = (url: string): boolean => {
	if (!URL.canParse(url)) return true;
	const { hostname, port } = new URL(url);
	return !hostname.includes('_') && (port === '' || hostname === '127.0.0.1' || hostname === 'localhost');
};

export const noUnderscoreOrPort = 'Webhook URLs do not support "_" (underscore) or ":xxxx" (port) in domain names';

const cloudSubscription = subscription.refine(({ url }) => isForCloud(url), {
	message: noUnderscoreOrPort,
	path: ['url'],
});

const setWebhook = (id: string, hosting: Hosting): Call => ({
	name: 'setWebhook',
	method: 'POST',
	path: '/v1/configs/webhook',
	handle({ body }, state) {
		const read = (hosting === 'cloud' ? cloudSubscription : subscription).safeParse(body);
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

/** The webhook of one number (docs/reference/providers.md 3.1). */
export const webhookCalls = (id: string, hosting: Hosting): Call[] => [setWebhook(id, hosting), getWebhook(id)];

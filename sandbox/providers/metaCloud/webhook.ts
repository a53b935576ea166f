import { createHmac, randomInt } from 'node:crypto';
import axios from 'axios';
import { z } from 'zod';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { Seal } from '../../seal';
import { account, id } from './account';
import { checkAccount, invalid, version } from './request';
import { MetaCloudState } from './state';

const path = `${version}/:account/subscribed_apps`;

const override = z
	.object({ override_callback_uri: z.string().url(), verify_token: z.string().min(1) })
	.or(z.object({ override_callback_uri: z.undefined(), verify_token: z.undefined() }));

const http = axios.create({ proxy: false, maxRedirects: 0, timeout: 10_000, validateStatus: () => true });

/** Meta sends nothing to an address that does not return the challenge (docs/reference/providers.md 1.9). */
async function verify(url: string, token: string): Promise<void> {
	const challenge = String(randomInt(1e9));
	const params = { 'hub.mode': 'subscribe', 'hub.challenge': challenge, 'hub.verify_token': token };
	const answer = await http.get<unknown>(url, { params, responseType: 'text' }).catch(() => undefined);
	if (answer?.status === 200 && answer.data === challenge) return;
	const reason = answer ? `HTTP Status Code = ${answer.status}` : 'the address does not answer';
	throw new Refusal(2200, { title: `Callback verification failed with the following errors: ${reason}` });
}

const setWebhook: Call = {
	name: 'setWebhook',
	method: 'POST',
	path,
	async handle({ params, query, body }, state) {
		checkAccount(params);
		const given = override.safeParse({ ...query, ...z.record(z.unknown()).safeParse(body).data });
		if (!given.success) throw invalid('override_callback_uri and verify_token belong together');
		const { override_callback_uri: url, verify_token: token } = given.data;
		if (url !== undefined) await verify(url, token);
		// Without this address Meta uses the app's address. The app of the sandbox has none.
		state.webhooks.subscribe(id, url === undefined ? undefined : { url, headers: {} });
		state.own(id, MetaCloudState).subscribe(url);
		return { status: 200, body: { success: true } };
	},
};

const getWebhook: Call = {
	name: 'getWebhook',
	method: 'GET',
	path,
	handle({ params }, state) {
		checkAccount(params);
		const { isSubscribed, callbackUrl } = state.own(id, MetaCloudState);
		const link = `https://www.facebook.com/games/?app_id=${account.appId}`;
		const app = {
			whatsapp_business_api_data: { link, name: 'Sandbox', id: account.appId },
			override_callback_uri: callbackUrl,
		};
		return { status: 200, body: { data: isSubscribed ? [app] : [] } };
	},
};

const deleteWebhook: Call = {
	name: 'deleteWebhook',
	method: 'DELETE',
	path,
	handle({ params }, state) {
		checkAccount(params);
		state.webhooks.subscribe(id, undefined);
		state.own(id, MetaCloudState).unsubscribe();
		return { status: 200, body: { success: true } };
	},
};

export const webhookCalls: Call[] = [setWebhook, getWebhook, deleteWebhook];

/** Signs the bytes. Characters beyond ASCII are escaped in lower case first (docs/reference/providers.md 1.9). */
export function seal(body: unknown, secret: string): Seal {
	const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
	const text = JSON.stringify(body).replace(/[\u0080-\uffff]/g, escaped);
	const signature = createHmac('sha256', secret).update(text).digest('hex');
	return { text, headers: { 'x-hub-signature-256': `sha256=${signature}` } };
}

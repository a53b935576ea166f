import { createHmac, randomInt } from 'node:crypto';
import axios from 'axios';
import { z } from 'zod';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { Seal } from '../../seal';
import type { State } from '../../state';
import { account, id } from './account';
import { checkAccount, invalid, read, version } from './request';
import { MetaCloudState } from './state';

const path = `${version}/:account/subscribed_apps`;

/** Meta takes at most 200 characters (docs/reference/providers.md 1.9). */
const callbackUrl = z.string().url().max(200);

const override = z
	.object({ override_callback_uri: callbackUrl, verify_token: z.string().min(1) })
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
		if (url !== undefined) {
			checkSubscribed(state);
			await verify(url, token);
		}
		state.own(id, MetaCloudState).subscribe(url);
		deliver(state);
		return { status: 200, body: { success: true } };
	},
};

/** An address in place of the app's needs the plain subscription first (docs/reference/providers.md 1.9). */
function checkSubscribed(state: State): void {
	if (state.own(id, MetaCloudState).isSubscribed) return;
	throw new Refusal(100, { title: 'Before the callback is overridden, your app must be subscribed to the account' });
}

/** Sends the events where the settings now say. */
function deliver(state: State): void {
	const { receiver } = state.own(id, MetaCloudState);
	state.webhooks.subscribe(id, receiver === undefined ? undefined : { url: receiver, headers: {} });
}

const numberOverride = z.object({
	webhook_configuration: z
		.object({ override_callback_uri: callbackUrl, verify_token: z.string().min(1) })
		.or(z.object({ override_callback_uri: z.literal(''), verify_token: z.string().optional() })),
});

/** The override of one number. An empty text takes it away (docs/reference/providers.md 1.9). */
const setNumberWebhook: Call = {
	name: 'setNumberWebhook',
	method: 'POST',
	path: `${version}/${account.phoneNumberId}`,
	async handle({ body }, state) {
		const { override_callback_uri: url, verify_token: token = '' } = read(numberOverride, body).webhook_configuration;
		if (url !== '') {
			checkSubscribed(state);
			await verify(url, token);
		}
		state.own(id, MetaCloudState).override('phone_number', url === '' ? undefined : url);
		deliver(state);
		return { status: 200, body: { success: true } };
	},
};

const getWebhook: Call = {
	name: 'getWebhook',
	method: 'GET',
	path,
	handle({ params }, state) {
		checkAccount(params);
		const { isSubscribed, overrides } = state.own(id, MetaCloudState);
		const link = `https://www.facebook.com/games/?app_id=${account.appId}`;
		const app = {
			whatsapp_business_api_data: { link, name: 'Sandbox', id: account.appId },
			override_callback_uri: overrides.whatsapp_business_account,
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
		state.own(id, MetaCloudState).unsubscribe();
		deliver(state);
		return { status: 200, body: { success: true } };
	},
};

export const webhookCalls: Call[] = [setNumberWebhook, setWebhook, getWebhook, deleteWebhook];

/** Signs the bytes. Characters beyond ASCII are escaped in lower case first (docs/reference/providers.md 1.9). */
export function seal(body: unknown, secret: string): Seal {
	const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
	const text = JSON.stringify(body).replace(/[\u0080-\uffff]/g, escaped);
	const signature = createHmac('sha256', secret).update(text).digest('hex');
	return { text, headers: { 'x-hub-signature-256': `sha256=${signature}` } };
}

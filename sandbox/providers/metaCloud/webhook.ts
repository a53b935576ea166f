import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { Seal } from '../../seal';
import type { State } from '../../state';
import { account, id } from './account';
import { callbackUrl, verify } from './callback';
import { checkAccount, invalid, read, version } from './request';
import { MetaCloudState } from './state';

const path = `${version}/:account/subscribed_apps`;

const override = z
	.object({ override_callback_uri: callbackUrl, verify_token: z.string().min(1) })
	.or(z.object({ override_callback_uri: z.undefined(), verify_token: z.undefined() }));

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
		return { status: 200, body: { success: true } };
	},
};

/** An address in place of the app's needs the plain subscription first (docs/reference/providers.md 1.9). */
function checkSubscribed(state: State): void {
	if (state.own(id, MetaCloudState).isSubscribed) return;
	throw new Refusal(100, { title: 'Before the callback is overridden, your app must be subscribed to the account' });
}

const numberOverride = z.object({
	webhook_configuration: z
		.object({ override_callback_uri: callbackUrl, verify_token: z.string().min(1) })
		.or(z.object({ override_callback_uri: z.literal(''), verify_token: z.string().optional() })),
});

/** The override of one number. An empty text takes it away (docs/reference/providers.md 1.9). */
const setNumberWebhook: Call = {
	name: 'setWebhook',
	method: 'POST',
	path: `${version}/${account.phoneNumberId}`,
	async handle({ body }, state) {
		const { override_callback_uri: url, verify_token: token = '' } = read(numberOverride, body).webhook_configuration;
		if (url !== '') {
			checkSubscribed(state);
			await verify(url, token);
		}
		state.own(id, MetaCloudState).override('phone_number', url === '' ? undefined : url);
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

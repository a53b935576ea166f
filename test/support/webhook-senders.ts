import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { sandboxCredentials } from '../../dev/sandbox-credentials';
import { accounts, type ProviderId } from '../../sandbox/accounts';
import { anyString } from './matchers';
import type { CredentialData } from './n8n-core';
import { callerOf, dialog360At, type Caller } from './sandbox-callers';

/** An account of the sandbox that sends delivery events. */
export interface WebhookAccount {
	account: ProviderId;
	/** The name of the provider in the node. */
	provider: string;
	/** The name of the credential in the sandbox. */
	credential: string;
	/** A caller with access to the account, as another system has. @param url the sandbox's */
	admin: (url: string) => Promise<Caller>;
	/** The headers that prove the sender, for a provider that signs. The others return what was registered. */
	sign?: (body: string | Uint8Array) => Record<string, string>;
}

/** An account whose webhook is set by calls, so that any other webhook can be restored. */
export interface WebhookSender extends WebhookAccount {
	/** Sets the webhook of another system, without the node. */
	setElsewhere: (admin: Caller, url: string) => Promise<unknown>;
	/** All that the provider returns about its webhook. */
	look: (admin: Caller) => Promise<unknown>;
	/** The error code of a message to a person without WhatsApp, and the error in the trigger's item. */
	undelivered: { code: number | string; error: object };
}

const path360 = '/v1/configs/webhook';
const settings = '/v1/settings/application';
const elsewhere360 = (admin: Caller, url: string) =>
	admin.post(path360, { url, headers: { Authorization: 'Basic x' } });
const look360 = async (admin: Caller) => (await admin.get(path360)).data;

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** An error that the trigger reports with the provider's code. */
const undeliveredWith = (code: number | string) => ({
	code,
	error: { code, class: 'recipient', hint: 'Send this person a code by SMS or e-mail' },
});

const session = z.object({ users: z.tuple([z.object({ token: z.string() })]) });

async function onPremisesAdmin(url: string): Promise<Caller> {
	const { username, password } = accounts.onPremises;
	const basic = { Authorization: `Basic ${btoa(`${username}:${password}`)}` };
	const { data } = await callerOf(`${url}/on-premises`, basic).post('/v1/users/login', {});
	return callerOf(`${url}/on-premises`, bearer(session.parse(data).users[0].token));
}

export const webhookSenders: WebhookSender[] = [
	{
		account: 'dialog360',
		provider: 'dialog360',
		credential: '360dialog account',
		admin: async (url) => dialog360At(url),
		setElsewhere: elsewhere360,
		look: look360,
		undelivered: undeliveredWith(131026),
	},
	{
		account: 'dialog360OnPremises',
		provider: 'dialog360',
		credential: '360dialog On-Premises account',
		admin: async (url) =>
			callerOf(`${url}/360dialog-on-premises`, { 'D360-API-KEY': accounts.dialog360OnPremises.apiKey }),
		setElsewhere: elsewhere360,
		look: look360,
		undelivered: undeliveredWith(1026),
	},
	{
		account: 'onPremises',
		provider: 'onPremises',
		credential: 'On-Premises account',
		admin: onPremisesAdmin,
		setElsewhere: (admin, url) =>
			admin.patch(settings, {
				webhooks: { url, max_concurrent_requests: 12, message: { sent: true, delivered: true, read: false } },
				sent_status: false,
				callback_persist: true,
			}),
		look: async (admin) => (await admin.get(settings)).data,
		undelivered: undeliveredWith(1026),
	},
	{
		account: 'oneMsg',
		provider: 'oneMsg',
		credential: '1MSG account',
		admin: async (url) => callerOf(`${url}/1msg/${accounts.oneMsg.channelId}`, bearer(accounts.oneMsg.token)),
		setElsewhere: (admin, url) => admin.post('/webhook', { webhookUrl: [url, `${url}&second`] }),
		look: async (admin) => (await admin.get('/settings')).data,
		// 1MSG's `ack` does not say why a message was not delivered.
		undelivered: { code: 131026, error: { code: 'unknown', class: 'permanent', hint: anyString } },
	},
];

/** Meta can restore only addresses of this n8n (docs/reference/providers.md 1.9), so that it has separate tests. */
export const metaSender: WebhookAccount = {
	account: 'metaCloud',
	provider: 'metaCloud',
	credential: 'Meta Cloud API account',
	admin: async (url) => callerOf(`${url}/meta`, bearer(accounts.metaCloud.accessToken)),
	sign: (body) => {
		const signature = createHmac('sha256', accounts.metaCloud.appSecret).update(body).digest('hex');
		return { 'x-hub-signature-256': `sha256=${signature}` };
	},
};

/** The account's credential, as a person fills it in. */
export function credentialOf(
	url: string,
	{ credential }: Pick<WebhookAccount, 'credential'>,
): Record<string, CredentialData> {
	const found = sandboxCredentials(url).find(({ name }) => name === credential);
	if (found === undefined) throw new Error(`The sandbox has no ${credential}`);
	return { [found.type]: z.record(z.union([z.string(), z.number(), z.boolean()])).parse(found.data) };
}

import { z } from 'zod';
import { sandboxCredentials } from '../../dev/sandbox-credentials';
import { accounts, type ProviderId } from '../../sandbox/accounts';
import type { CredentialData } from './n8n-core';
import { callerOf, type Caller } from './sandbox-callers';

/** An account of the sandbox that sends delivery events. */
export interface WebhookSender {
	account: Exclude<ProviderId, 'waCr'>;
	/** The name of the provider in the node. */
	provider: string;
	/** The name of the credential in the sandbox. */
	credential: string;
	/** Sets the webhook of another system, without the node. */
	setElsewhere: (admin: Caller, url: string) => Promise<unknown>;
	/** All that the provider returns about its webhook. */
	look: (admin: Caller) => Promise<unknown>;
}

const path360 = '/v1/configs/webhook';
const settings = '/v1/settings/application';
const elsewhere360 = (admin: Caller, url: string) =>
	admin.post(path360, { url, headers: { Authorization: 'Basic x' } });
const look360 = async (admin: Caller) => (await admin.get(path360)).data;

export const webhookSenders: WebhookSender[] = [
	{
		account: 'dialog360',
		provider: 'dialog360',
		credential: '360dialog account',
		setElsewhere: elsewhere360,
		look: look360,
	},
	{
		account: 'dialog360OnPremises',
		provider: 'dialog360',
		credential: '360dialog On-Premises account',
		setElsewhere: elsewhere360,
		look: look360,
	},
	{
		account: 'onPremises',
		provider: 'onPremises',
		credential: 'On-Premises account',
		setElsewhere: (admin, url) =>
			admin.patch(settings, {
				webhooks: { url, max_concurrent_requests: 12, message: { sent: true, delivered: true, read: false } },
				sent_status: false,
				callback_persist: true,
			}),
		look: async (admin) => (await admin.get(settings)).data,
	},
	{
		account: 'oneMsg',
		provider: 'oneMsg',
		credential: '1MSG account',
		setElsewhere: (admin, url) => admin.post('/webhook', { webhookUrl: [url, `${url}&second`] }),
		look: async (admin) => (await admin.get('/settings')).data,
	},
];

export const metaSender: Pick<WebhookSender, 'account' | 'provider' | 'credential'> = {
	account: 'metaCloud',
	provider: 'metaCloud',
	credential: 'Meta Cloud API account',
};

/** The account's credential, as a person fills it in. */
export function credentialOf(
	url: string,
	{ credential }: Pick<WebhookSender, 'credential'>,
): Record<string, CredentialData> {
	const found = sandboxCredentials(url).find(({ name }) => name === credential);
	if (found === undefined) throw new Error(`The sandbox has no ${credential}`);
	return { [found.type]: z.record(z.union([z.string(), z.number(), z.boolean()])).parse(found.data) };
}

const session = z.object({ users: z.tuple([z.object({ token: z.string() })]) });

/** A caller with access to the account, as another system has. */
export async function adminOf(url: string, account: WebhookSender['account']): Promise<Caller> {
	const { dialog360, dialog360OnPremises, metaCloud, oneMsg, onPremises } = accounts;
	if (account === 'dialog360') return callerOf(`${url}/360dialog`, { 'D360-API-KEY': dialog360.apiKey });
	if (account === 'dialog360OnPremises') {
		return callerOf(`${url}/360dialog-on-premises`, { 'D360-API-KEY': dialog360OnPremises.apiKey });
	}
	if (account === 'oneMsg') {
		return callerOf(`${url}/1msg/${oneMsg.channelId}`, { Authorization: `Bearer ${oneMsg.token}` });
	}
	if (account === 'metaCloud') return callerOf(`${url}/meta`, { Authorization: `Bearer ${metaCloud.accessToken}` });
	const basic = { Authorization: `Basic ${btoa(`${onPremises.username}:${onPremises.password}`)}` };
	const { data } = await callerOf(`${url}/on-premises`, basic).post('/v1/users/login', {});
	return callerOf(`${url}/on-premises`, { Authorization: `Bearer ${session.parse(data).users[0].token}` });
}

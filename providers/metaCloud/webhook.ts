import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { findEntry, ProviderError, type Refused } from '../errors';
import { metaErrors } from '../meta/error-codes';
import { readEvents } from '../meta/events';
import type { Connection, RawWebhook, RegisteredWebhook, WebhookSupport, WebhookTarget } from '../provider';
import { isSecret, readBody } from '../webhook';
import type { Account } from './account';
import { accountMissing, accountPath, okOrThrow, parseOrThrow, request } from './request';

/**
 * Meta sends events to the address of the app, unless a business account has another address, which overrides the app's
 * (docs/reference/providers.md 1.9). We register such an override.
 */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: true,
	signedWith: { field: 'appSecret', displayName: 'App Secret', whereToFind: 'App Settings > Basic of your app' },
	setUpNotice:
		"Your app at Meta must subscribe to the webhook field 'messages'. For template events, also subscribe to " +
		"the fields that begin with 'message_template' and to 'template_category_update'.",
	restoreLimit: "Meta restores only addresses of this n8n. For any other address it uses the app's own webhook.",
	address: ({ url }) => url,
	read,
	isComplete: ({ urls: [url] }, target) => url === target.url,
	register: (connection, { url, verifyToken }) =>
		subscribe(connection, { override_callback_uri: url, verify_token: verifyToken }),
	restore,
	authenticate: isSigned,
	parse: (raw) => readEvents(readBody(raw)),
	handshake,
	byHand,
};

const subscription = z.object({
	whatsapp_business_api_data: z.object({ id: z.string() }).optional().catch(undefined),
	override_callback_uri: z.string().optional().catch(undefined),
});
const subscriptions = z.object({ data: z.array(subscription) });
const state = z.object({ isSubscribed: z.boolean(), override: z.string().optional() });

const subscribedApps = (account: Account) => accountPath(account, 'subscribed_apps');

async function read(connection: Connection<Account>): Promise<RegisteredWebhook> {
	const response = await request(connection, { method: 'GET', path: subscribedApps(connection.account) });
	const { data } = parseOrThrow(subscriptions, response);
	const own = await ofThisApp(connection, data);
	const override = own.find((one) => one.override_callback_uri !== undefined)?.override_callback_uri;
	const found: z.output<typeof state> = { isSubscribed: own.length > 0, override };
	return { urls: override === undefined ? [] : [override], state: found };
}

const app = z.object({ id: z.string() });

/** Several apps can subscribe to one account. We may only change the subscription of the access token's app. */
async function ofThisApp(connection: Connection<Account>, list: Array<z.output<typeof subscription>>) {
	if (list.length < 2) return list;
	const response = await request(connection, { method: 'GET', path: '/app', query: { fields: 'id' } });
	const id = app.safeParse(response.body).data?.id;
	// If Meta does not name the token's app, any of them may be it.
	return id === undefined ? list : list.filter((one) => one.whatsapp_business_api_data?.id === id);
}

const done = z.object({ success: z.literal(true) });

async function subscribe(connection: Connection<Account>, body: Record<string, string>): Promise<void> {
	const path = subscribedApps(connection.account);
	parseOrThrow(done, await request(connection, { method: 'POST', path, body }));
}

/**
 * Meta asks an address for its verify token before it registers the address. We only know the token of this n8n, so
 * that Meta refuses the address of another system. The address of the app is used then.
 */
async function restore(connection: Connection<Account>, found: unknown, target: WebhookTarget): Promise<void> {
	const { isSubscribed = true, override } = state.safeParse(found).data ?? {};
	if (!isSubscribed) return await unsubscribe(connection);
	if (override === undefined) return await subscribe(connection, {});
	try {
		await subscribe(connection, { override_callback_uri: override, verify_token: target.verifyToken });
	} catch (error) {
		if (!(error instanceof ProviderError)) throw error;
		await subscribe(connection, {});
	}
}

async function unsubscribe(connection: Connection<Account>): Promise<void> {
	okOrThrow(await request(connection, { method: 'DELETE', path: subscribedApps(connection.account) }));
}

/**
 * Checks the signature over the bytes as they came: the same JSON written differently has another signature
 * (docs/reference/providers.md 1.9).
 */
function isSigned({ headers, body }: RawWebhook, appSecret: string): boolean {
	if (appSecret === '') return false;
	const signature = createHmac('sha256', appSecret).update(body).digest('hex');
	return isSecret(headers['x-hub-signature-256'], `sha256=${signature}`);
}

/** Meta calls this the verification request (docs/reference/providers.md 1.9). @returns the challenge */
function handshake(query: RawWebhook['query'], verifyToken: string): string | undefined {
	const challenge = query['hub.challenge'];
	const isKnown = isSecret(query['hub.verify_token'], verifyToken);
	return isKnown && query['hub.mode'] === 'subscribe' && typeof challenge === 'string' ? challenge : undefined;
}

/** Someone who administers the app can register the webhook there if the access token lacks the permission. */
function byHand({ providerCode }: Refused, { url, verifyToken }: WebhookTarget): string | undefined {
	const permission = findEntry(metaErrors, 200);
	const lacksPermission = permission !== undefined && findEntry([permission], providerCode) !== undefined;
	if (!lacksPermission && providerCode !== accountMissing) return undefined;
	return [
		'open WhatsApp > Configuration in your app at developers.facebook.com',
		`paste the callback URL ${url} and the verify token ${verifyToken}`,
		'and subscribe to messages and the message_template fields',
	].join(', ');
}

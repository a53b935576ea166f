import { z } from 'zod';
import { findEntry, ProviderError, type Refused } from '../errors';
import type { Connection, RegisteredWebhook, WebhookSupport, WebhookTarget } from '../provider';
import { readBody } from '../webhook';
import type { Account } from './account';
import { metaErrors } from '../meta/error-codes';
import { toProviderError } from '../meta/errors';
import { readEvents } from '../meta/events';
import { accountMissing, edge, okOrThrow } from './request';
import { handshake, isSigned } from './signature';

/**
 * Meta tells an app, and for one business account another address than the app's where that was overridden
 * (docs/reference/providers.md 1.9).
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

const apps = (account: Account) => edge(account, 'subscribed_apps');

async function read(connection: Connection<Account>): Promise<RegisteredWebhook> {
	const { http, account } = connection;
	const response = await http({ method: 'GET', url: apps(account) });
	const list = subscriptions.safeParse(okOrThrow(response));
	// Whoever can't be read may have a webhook that is not ours to replace.
	if (!list.success) throw toProviderError(response);
	const own = await ofThisApp(connection, list.data.data);
	const override = own.find((one) => one.override_callback_uri !== undefined)?.override_callback_uri;
	const found: z.output<typeof state> = {
		isSubscribed: own.length > 0,
		...(override === undefined ? {} : { override }),
	};
	return { urls: override === undefined ? [] : [override], state: found };
}

const app = z.object({ id: z.string() });

/** An account can tell several apps, and only the one of the access token is ours to change. */
async function ofThisApp({ http, account }: Connection<Account>, list: Array<z.output<typeof subscription>>) {
	if (list.length < 2) return list;
	const response = await http({ method: 'GET', url: `${account.graph}/app`, query: { fields: 'id' } });
	const id = app.safeParse(response.body).data?.id;
	// Where Meta does not say which app it is, each may be.
	return id === undefined ? list : list.filter((one) => one.whatsapp_business_api_data?.id === id);
}

const done = z.object({ success: z.literal(true) });

async function subscribe({ http, account }: Connection<Account>, body: Record<string, string>): Promise<void> {
	const response = await http({ method: 'POST', url: apps(account), body });
	if (!done.safeParse(okOrThrow(response)).success) throw toProviderError(response);
}

/**
 * Meta asks an address for its verify token before it takes it, and tells nobody what the token was: only addresses of
 * this installation can be put back, for others the app's own comes back.
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

async function unsubscribe({ http, account }: Connection<Account>): Promise<void> {
	okOrThrow(await http({ method: 'DELETE', url: apps(account) }));
}

/** Only a lack of permission is no reason to mend the credential: whoever owns the app can set the webhook there. */
function byHand({ providerCode: code }: Refused, { url, verifyToken }: WebhookTarget): string | undefined {
	const lacksPermission = findEntry(metaErrors, 200)?.codes.some((known) => String(known) === String(code));
	if (!lacksPermission && code !== accountMissing) return undefined;
	return `open WhatsApp > Configuration in your app at developers.facebook.com, paste the callback URL ${url} and the verify token ${verifyToken}, and subscribe to messages and the message_template fields`;
}

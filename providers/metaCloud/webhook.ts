import { createHmac } from 'node:crypto';
import { findEntry, ProviderError, type Refused } from '../errors';
import { metaErrors } from '../meta/error-codes';
import { readEvents } from '../meta/events';
import type {
	Connection,
	OwnAddresses,
	RawWebhook,
	RegisteredWebhook,
	WebhookSupport,
	WebhookTarget,
} from '../provider';
import { isSecret, readBody } from '../webhook';
import type { Account } from './account';
import { accountMissing } from './request';
import {
	overrideNumber,
	readSubscription,
	subscribe,
	subscriptionSchema,
	unsubscribe,
	type Subscription,
} from './subscription';

/**
 * Meta sends events to the address of the app, unless the number or its business account has another address, which
 * overrides the app's (docs/reference/providers.md 1.9). We register such an override.
 */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: true,
	signedWith: { field: 'appSecret', displayName: 'App Secret', whereToFind: 'App Settings > Basic of your app' },
	senderIdField: 'phoneNumberId',
	setUpNotice: "Your app at Meta must subscribe to the webhook field 'messages'.",
	templateEventsLimit:
		"Meta sends template events only to the app's own callback URL. For them, turn on 'Webhook Set by Hand', and " +
		"subscribe your app to the fields that begin with 'message_template' and to 'template_category_update'.",
	restoreLimit: 'Meta verifies a restored address, so that only addresses of this n8n can be restored.',
	address: ({ url }) => url,
	read,
	isComplete,
	register,
	restore,
	authenticate: isSigned,
	parse: (raw) => readEvents(readBody(raw)),
	handshake,
	byHand,
};

async function read(connection: Connection<Account>): Promise<RegisteredWebhook> {
	const state = await readSubscription(connection);
	const url = addressIn(state);
	return { urls: url === undefined ? [] : [url], state };
}

/** The override that the events of the number go to; undefined if they go to the address of the app. */
const addressIn = ({ override, numberOverride }: Subscription) => numberOverride ?? override;

function isComplete({ state }: RegisteredWebhook, { url }: WebhookTarget): boolean {
	const found = subscriptionSchema.safeParse(state).data;
	return found?.isSubscribed === true && addressIn(found) === url;
}

/** The most characters that Meta takes (docs/reference/providers.md 1.9). */
const maxUrlLength = 200;

/** Registers an override of the account or, if the number has one, which comes first, of the number. */
async function register(connection: Connection<Account>, { url, verifyToken }: WebhookTarget): Promise<void> {
	if (url.length > maxUrlLength) throw tooLong(url);
	const { isSubscribed, numberOverride } = await readSubscription(connection);
	if (!isSubscribed) await subscribe(connection);
	try {
		if (numberOverride === undefined) await subscribe(connection, url, verifyToken);
		else await overrideNumber(connection, url, verifyToken);
	} catch (error) {
		// Without our address, the app must not stay subscribed. The first error says more than one of this.
		if (!isSubscribed) await unsubscribe(connection).catch(() => undefined);
		throw error;
	}
}

function tooLong({ length }: string): ProviderError {
	return new ProviderError({
		class: 'permanent',
		what: `The webhook address of n8n has ${length} characters, and Meta takes at most ${maxUrlLength}`,
		fix: 'Use a shorter host name or path in the variable WEBHOOK_URL of n8n',
		providerCode: 'address',
		httpStatus: 0,
	});
}

/**
 * Meta asks an address for its verify token before it registers the address. We only know the token of this n8n, so
 * that Meta refuses the address of another system. The override is taken away then.
 */
async function restore(
	connection: Connection<Account>,
	found: unknown,
	target: WebhookTarget,
	{ mayReturn }: OwnAddresses,
): Promise<void> {
	const former = subscriptionSchema.safeParse(found).data ?? { isSubscribed: true };
	const { numberOverride } = await readSubscription(connection);
	// Our address is at the level that comes first. The other level is not ours to change.
	const [url, set] =
		numberOverride === undefined ? [former.override, subscribe] : [former.numberOverride, overrideNumber];
	const back = url !== undefined && mayReturn(url) ? url : undefined;
	if (former.isSubscribed || set === overrideNumber) await restoreOverride(connection, set, back, target);
	if (!former.isSubscribed) await unsubscribe(connection);
}

async function restoreOverride(
	connection: Connection<Account>,
	set: typeof subscribe,
	url: string | undefined,
	{ verifyToken }: WebhookTarget,
): Promise<void> {
	if (url === undefined) return await set(connection);
	try {
		await set(connection, url, verifyToken);
	} catch (error) {
		if (!(error instanceof ProviderError)) throw error;
		await set(connection);
	}
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

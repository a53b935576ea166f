import { createHmac } from 'node:crypto';
import type { Connection } from '../connection';
import { findEntry, ProviderError, type Refused } from '../errors';
import { metaErrors } from '../meta/error-codes';
import { readEvents } from '../meta/events';
import { isSecret, readBody } from '../webhook';
import type {
	Obstacle,
	OwnAddresses,
	RawWebhook,
	RegisteredWebhook,
	WebhookSupport,
	WebhookTarget,
} from '../webhook-support';
import type { Account } from './account';
import { removeAppCallback, setAppCallback, type AppCallback } from './app-callback';
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
 * Meta sends events of messages to the address of the number, else of the business account, else of the app. Events of
 * templates go to the app's address only (docs/reference/providers.md 1.9).
 */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: true,
	sendsReports: true,
	signedWith: { field: 'appSecret', displayName: 'App Secret', whereToFind: 'App Settings > Basic of your app' },
	signatureHeaders: ['x-hub-signature-256', 'x-hub-signature'],
	sendsAgain: true,
	senderIdField: 'phoneNumberId',
	setUpNotice:
		"The best set-up is an app at Meta for n8n alone, with 'Listen At' set to App: every other system keeps its " +
		"webhook. For the other places, your app must subscribe to the webhook field 'messages'.",
	templateEventsLimit:
		"Meta sends template events only to the app's own callback URL. For them, set the option 'Listen At' to App. Or " +
		"turn on 'Webhook Set by Hand', and subscribe your app to the fields that begin with 'message_template' and to " +
		"'template_category_update'.",
	restoreLimit: 'Meta verifies a restored address, so that only addresses of this n8n can be restored.',
	places: [
		{ id: 'number', name: 'Phone Number', description: 'The address of this number. Other numbers are not touched.' },
		{ id: 'account', name: 'Business Account', description: 'The address for all numbers of the account' },
		{
			id: 'app',
			name: 'App',
			description: "The app's own callback URL. Only it gets template events. It is set with the App Secret.",
			sendsTemplateEvents: true,
		},
	],
	address: ({ url }) => url,
	read,
	isComplete,
	obstacle,
	register,
	restore,
	authenticate: isSigned,
	parse: (raw) => readEvents(readBody(raw)),
	handshake,
	byHand,
};

type Place = 'number' | 'account' | 'app';
const placeOf = ({ place }: WebhookTarget): Place => (place === 'account' || place === 'app' ? place : 'number');

/** The fields that the app needs for these events. */
function fieldsFor({ events = [] }: WebhookTarget): string[] {
	const all = events.map((event) => templateFields[event] ?? 'messages');
	return [...new Set(all.length === 0 ? ['messages'] : all)];
}

const templateFields: Record<string, string> = {
	'template.status': 'message_template_status_update',
	'template.quality': 'message_template_quality_update',
	'template.category': 'template_category_update',
};

const needsApp = (target: WebhookTarget) => (application?: string) =>
	placeOf(target) === 'app' || application === target.url;

async function read(connection: Connection<Account>, target: WebhookTarget): Promise<RegisteredWebhook> {
	const state = await readSubscription(connection, needsApp(target));
	const { numberOverride, override, application } = state;
	const replaced = replacedBy(target, state);
	const all = [numberOverride, override, application].filter((url) => url !== undefined);
	return { urls: replaced === undefined ? [] : [replaced], beside: all.filter((url) => url !== replaced), state };
}

/** The address that loses its events if ours is set in this place. */
function replacedBy(target: WebhookTarget, found: Subscription): string | undefined {
	const { isSubscribed, numberOverride, override, application } = found;
	// The app gets nothing of an account that it is not subscribed to.
	const ofApp = isSubscribed ? application : undefined;
	const byPlace = { number: numberOverride ?? override ?? ofApp, account: override ?? ofApp, app: application };
	return byPlace[placeOf(target)];
}

function isComplete({ state }: RegisteredWebhook, target: WebhookTarget): boolean {
	const found = subscriptionSchema.safeParse(state).data;
	if (found?.isSubscribed !== true || winner(found, target) !== undefined) return false;
	const { url } = target;
	if (placeOf(target) === 'number') return found.numberOverride === url;
	if (placeOf(target) === 'account') return found.override === url;
	const { app } = found;
	return app?.url === url && app.isActive && fieldsFor(target).every((field) => app.fields.includes(field));
}

/** Another address that would get the events although ours is set. */
function winner({ numberOverride, override }: Subscription, target: WebhookTarget): string | undefined {
	const place = placeOf(target);
	if (place === 'number') return undefined;
	if (place === 'app' && !fieldsFor(target).includes('messages')) return undefined;
	const first = place === 'app' ? (numberOverride ?? override) : numberOverride;
	return first === target.url ? undefined : first;
}

function obstacle({ state }: RegisteredWebhook, target: WebhookTarget): Obstacle | undefined {
	const found = subscriptionSchema.safeParse(state).data;
	const url = found && winner(found, target);
	if (found === undefined || url === undefined) return undefined;
	const isOfNumber = url === found.numberOverride;
	return {
		url,
		what: `The ${isOfNumber ? 'number' : 'business account'} at Meta has an address that comes before this place`,
		fix: `Set the option 'Listen At' to ${isOfNumber ? 'Phone Number' : 'Phone Number or Business Account'}`,
	};
}

/** The most characters that Meta takes (docs/reference/providers.md 1.9). */
const maxUrlLength = 200;

async function register(connection: Connection<Account>, target: WebhookTarget): Promise<void> {
	if (target.url.length > maxUrlLength) throw tooLong(target.url);
	const { isSubscribed, app } = await readSubscription(connection, needsApp(target));
	if (!isSubscribed) await subscribe(connection);
	try {
		await setIn(placeOf(target), connection, target, app);
	} catch (error) {
		// Without our address, the app must not stay subscribed. The first error says more than one of this.
		if (!isSubscribed) await unsubscribe(connection).catch(() => undefined);
		throw error;
	}
}

async function setIn(place: Place, connection: Connection<Account>, target: WebhookTarget, app?: AppCallback) {
	const { url, verifyToken } = target;
	if (place === 'number') return await overrideNumber(connection, url, verifyToken);
	if (place === 'account') return await subscribe(connection, url, verifyToken);
	// The app keeps its other fields: the address that we replace gets their events from us.
	const fields = [...new Set([...(app?.fields ?? []), ...fieldsFor(target)])];
	await setAppCallback(connection, { url, fields }, verifyToken);
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
 * that Meta refuses the address of another system. Our address is taken away then.
 */
async function restore(
	connection: Connection<Account>,
	found: unknown,
	target: WebhookTarget,
	own: OwnAddresses,
): Promise<void> {
	const former = subscriptionSchema.safeParse(found).data ?? { isSubscribed: true };
	const now = await readSubscription(connection, (url) => url !== undefined && own.isOurs(url));
	// What others set or removed meanwhile stays.
	const isFree = (url: string | undefined, place: Place) =>
		url === undefined ? place === placeOf(target) : own.isOurs(url);
	if (isFree(now.numberOverride, 'number')) {
		await putBack(now.numberOverride, former.numberOverride, own, (url) =>
			overrideNumber(connection, url, target.verifyToken),
		);
	}
	if (isFree(now.override, 'account')) {
		await putBack(now.override, former.override, own, (url) => subscribe(connection, url, target.verifyToken));
	}
	if (isFree(now.application, 'app')) {
		const fields = former.app?.fields ?? [];
		await putBack(now.application, former.app?.url, own, (url) =>
			url === undefined
				? removeAppCallback(connection)
				: setAppCallback(connection, { url, fields }, target.verifyToken),
		);
	}
	const isNeeded = [now.numberOverride, now.override].some((url) => url !== undefined && !own.isOurs(url));
	if (!former.isSubscribed && !isNeeded) await unsubscribe(connection);
}

/** @param set without a URL, it takes the address of this place away */
async function putBack(
	now: string | undefined,
	former: string | undefined,
	{ mayReturn, onNotRestored }: OwnAddresses,
	set: (url?: string) => Promise<void>,
): Promise<void> {
	const back = former !== undefined && mayReturn(former) ? former : undefined;
	if (now === undefined && back === undefined) return;
	if (back === undefined) return await set();
	try {
		await set(back);
	} catch (error) {
		if (!(error instanceof ProviderError)) throw error;
		await set();
		onNotRestored(back);
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

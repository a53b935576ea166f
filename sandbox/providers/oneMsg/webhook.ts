import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Incoming } from '../../incoming';
import { omitUndefined } from '../../omit-undefined';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { State } from '../../state';
import { defaultSchedule, type ReportedStatus, type Schedule, type StatusChange } from '../../status-schedule';
import { webhookUrl as address } from '../../webhook-delivery';
import { metaWebhookError } from '../meta/error-codes';
import { metaIncomingEvent, metaStatusEvent } from '../meta/webhook';
import { account, id } from './account';
import { channel, read } from './request';
import { OneMsgState, settings } from './state';

/** What may differ from the documents. */
type Oddities = Pick<Schedule, 'unknownFields' | 'withoutNumber'>;

/** A field that 1MSG's documents do not have. */
const orbit = { planet: 'Mars', turns: 3 };

/** One element of `hooks[]` (docs/reference/providers.md 4.5). */
function hookOf({ message, status, at }: StatusChange, { unknownFields, withoutNumber }: Oddities): unknown {
	const timestamp = Math.floor(at / 1000);
	const conversation = {
		id: randomBytes(16).toString('hex'),
		origin: { type: 'authentication' },
		expiration_timestamp: timestamp + 24 * 3600,
	};
	return omitUndefined({
		id: message.id,
		type: 'message',
		status,
		timestamp: String(timestamp),
		recipient_id: withoutNumber ? undefined : message.to,
		pricing: { billable: true, category: 'authentication', pricing_model: 'CBP' },
		conversation: status === 'sent' ? conversation : undefined,
		errors: status === 'failed' && message.error ? [metaWebhookError(message.error)] : undefined,
		orbit: unknownFields ? orbit : undefined,
	});
}

/** The statuses that have another name in `ack[]`. */
const ackWords: Partial<Record<ReportedStatus, string>> = { read: 'viewed', failed: 'undelivered' };

function ackOf({ message, status }: StatusChange, { unknownFields, withoutNumber }: Oddities): unknown {
	return omitUndefined({
		id: message.id,
		chatId: withoutNumber ? '184467440737095@lid' : `${message.to}@c.us`,
		status: ackWords[status] ?? status,
		orbit: unknownFields ? orbit : undefined,
	});
}

/** Meta's own form with `rawHooks`, otherwise `hooks[]`, or `ack[]` with `ackNotificationsOn`. */
export function statusEvent(changes: StatusChange[], oddities: Schedule, state: State): unknown {
	const { ackNotificationsOn, rawHooks } = state.own(id, OneMsgState).settings;
	if (rawHooks) return { instanceId: account.channelId, ...metaStatusEvent(metaAccount, changes, oddities) };
	const list = ackNotificationsOn
		? { ack: changes.map((change) => ackOf(change, oddities)) }
		: { hooks: changes.map((change) => hookOf(change, oddities)) };
	return { ...list, instanceId: account.channelId };
}

/** Only `rawHooks` has a documented form (docs/reference/providers.md 1.13, 4.5). */
export function incomingEvent(incoming: Incoming, state: State): unknown {
	const { rawHooks } = state.own(id, OneMsgState).settings;
	return rawHooks ? { instanceId: account.channelId, ...metaIncomingEvent(metaAccount, incoming) } : undefined;
}

/** The number as Meta knows it. */
const metaAccount = {
	businessAccountId: '203000000000001',
	phoneNumberId: '203000000000002',
	displayPhoneNumber: account.displayPhoneNumber,
};

const hookQuery = z.object({ messageId: z.string().min(1) });

const getStatus: Call = {
	name: 'getStatus',
	method: 'GET',
	path: `${channel}/hookInfo`,
	handle({ query }, state) {
		const { messageId } = read(hookQuery, query);
		const [message] = state.messages.list((one) => one.provider === id && one.id === messageId);
		const hooks = message?.history.flatMap(({ status, at }) =>
			status === 'accepted' ? [] : [hookOf({ message, status, at: Date.parse(at) }, defaultSchedule)],
		);
		return { status: 200, body: { hooks: hooks ?? [] } };
	},
};

const webhookUrl = address.or(z.array(address).max(5));

/** Replaces all addresses by one address or up to five. */
function register(state: State, registered: z.output<typeof webhookUrl>): void {
	const urls = [registered].flat().filter((url) => url !== '');
	state.webhooks.subscribe(
		id,
		urls.map((url) => ({ url, headers: {} })),
	);
}

function registeredUrls(state: State): string | string[] {
	const urls = state.webhooks.subscriptions(id).map(({ url }) => url);
	return urls.length > 1 ? urls : (urls[0] ?? '');
}

const setWebhook: Call = {
	name: 'setWebhook',
	method: 'POST',
	path: `${channel}/webhook`,
	handle({ body }, state) {
		const wanted = read(z.object({ webhookUrl }).strict(), body).webhookUrl;
		const isEmpty = [wanted].flat().every((url) => url === '');
		if (isEmpty) throw new Refusal('bad_request', { title: 'webhookUrl is empty' });
		register(state, wanted);
		return { status: 200, body: { set: true, message: [wanted].flat().join(', ') } };
	},
};

const getWebhook: Call = {
	name: 'getWebhook',
	method: 'GET',
	path: `${channel}/webhook`,
	// 1MSG also writes several addresses as one text with commas (docs/reference/providers.md 4.5).
	handle: (_request, state) => ({ status: 200, body: { webhookUrl: [registeredUrls(state)].flat().join(', ') } }),
};

const boolean = z.boolean();
const settingsChange = z
	.object({ webhookUrl, ackNotificationsOn: boolean, guaranteedHooks: boolean, rawHooks: boolean })
	.partial()
	.strict();

const setSettings: Call = {
	name: 'setSettings',
	method: 'POST',
	path: `${channel}/settings`,
	handle({ body }, state) {
		const { webhookUrl: urls, ...switches } = read(settingsChange, body);
		if (urls !== undefined) register(state, urls);
		const own = state.own(id, OneMsgState);
		own.settings = settings.parse({ ...own.settings, ...switches });
		return { status: 200, body: { update: body } };
	},
};

const getSettings: Call = {
	name: 'getSettings',
	method: 'GET',
	path: `${channel}/settings`,
	handle: (_request, state) => ({
		status: 200,
		body: { webhookUrl: registeredUrls(state), ...state.own(id, OneMsgState).settings },
	}),
};

/** The calls about deliveries (docs/reference/providers.md 4.5). */
export const webhookCalls: Call[] = [getStatus, setWebhook, getWebhook, setSettings, getSettings];

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { metaWebhookError } from '../meta/errors';
import type { Call } from '../../provider';
import type { ReportedStatus, StatusChange } from '../../status-schedule';
import type { World } from '../../state';
import { account, channel, id, read } from './channel';

const strangeFields = { orbit: { planet: 'Mars', turns: 3 } };

/** One element of `hooks[]` (docs/reference/providers.md 4.5). */
function hookOf({ message, status, at }: StatusChange, unknownFields: boolean): unknown {
	const timestamp = Math.floor(at / 1000);
	const conversation = {
		id: randomBytes(16).toString('hex'),
		origin: { type: 'authentication' },
		expiration_timestamp: timestamp + 24 * 3600,
	};
	return {
		id: message.id,
		type: 'message',
		status,
		timestamp: String(timestamp),
		recipient_id: message.to,
		pricing: { billable: true, category: 'authentication', pricing_model: 'CBP' },
		...(status === 'sent' && { conversation }),
		...(status === 'failed' &&
			message.error && { errors: [metaWebhookError(message.error.code, message.error.details)] }),
		...(unknownFields && strangeFields),
	};
}

/** The words of the other shape. */
const ackWords: Partial<Record<ReportedStatus, string>> = { read: 'viewed', failed: 'undelivered' };

function ackOf({ message, status }: StatusChange, unknownFields: boolean): unknown {
	return {
		id: message.id,
		chatId: `${message.to}@c.us`,
		status: ackWords[status] ?? status,
		...(unknownFields && strangeFields),
	};
}

const settings = z.object({
	ackNotificationsOn: z.boolean().default(false),
	guaranteedHooks: z.boolean().default(false),
	rawHooks: z.boolean().default(false),
});

const settingsOf = (world: World) => settings.parse(world.settings.get(id) ?? {});

/** `hooks[]`, or `ack[]` once the account has turned on `ackNotificationsOn`. */
export function statusEvent(changes: StatusChange[], unknownFields: boolean, world: World): unknown {
	const list = settingsOf(world).ackNotificationsOn
		? { ack: changes.map((change) => ackOf(change, unknownFields)) }
		: { hooks: changes.map((change) => hookOf(change, unknownFields)) };
	return { ...list, instanceId: account.channelId };
}

const hookQuery = z.object({ messageId: z.string().min(1) });

const getStatus: Call = {
	name: 'getStatus',
	method: 'GET',
	path: `${channel}/hookInfo`,
	handle({ query }, world) {
		const { messageId } = read(hookQuery, query);
		const [message] = world.messages.list((one) => one.provider === id && one.id === messageId);
		const hooks = message?.history.flatMap(({ status, at }) =>
			status === 'accepted' ? [] : [hookOf({ message, status, at: Date.parse(at) }, false)],
		);
		return { status: 200, body: { hooks: hooks ?? [] } };
	},
};

// The real service wants https; here everything is on loopback. Empty: no webhook any more.
const address = z.literal('').or(
	z
		.string()
		.url()
		.regex(/^https?:/, 'Must be an http(s) URL'),
);
const webhookUrl = address.or(z.array(address).max(5));

/** One address or up to five, which take the place of those before. */
function register(world: World, registered: z.output<typeof webhookUrl>): void {
	const urls = [registered].flat().filter((url) => url !== '');
	world.postman.subscribe(
		id,
		urls.map((url) => ({ url, headers: {} })),
	);
}

function registeredUrls(world: World): string | string[] {
	const urls = world.postman.subscriptions(id).map(({ url }) => url);
	return urls.length > 1 ? urls : (urls[0] ?? '');
}

const setWebhook: Call = {
	name: 'setWebhook',
	method: 'POST',
	path: `${channel}/webhook`,
	handle({ body }, world) {
		const wanted = read(z.object({ webhookUrl }).strict(), body).webhookUrl;
		register(world, wanted);
		return { status: 200, body: { set: true, message: [wanted].flat().join(', ') } };
	},
};

const getWebhook: Call = {
	name: 'getWebhook',
	method: 'GET',
	path: `${channel}/webhook`,
	handle: (_request, world) => ({ status: 200, body: { webhookUrl: registeredUrls(world) } }),
};

const setSettings: Call = {
	name: 'setSettings',
	method: 'POST',
	path: `${channel}/settings`,
	handle({ body }, world) {
		const boolean = z.boolean();
		const change = z
			.object({ webhookUrl, ackNotificationsOn: boolean, guaranteedHooks: boolean, rawHooks: boolean })
			.partial()
			.strict();
		const { webhookUrl: urls, ...switches } = read(change, body);
		if (urls !== undefined) register(world, urls);
		world.settings.set(id, { ...settingsOf(world), ...switches });
		return { status: 200, body: { update: body } };
	},
};

const getSettings: Call = {
	name: 'getSettings',
	method: 'GET',
	path: `${channel}/settings`,
	handle: (_request, world) => ({
		status: 200,
		body: { webhookUrl: registeredUrls(world), ...settingsOf(world) },
	}),
};

/** Everything about deliveries (docs/reference/providers.md 4.5). */
export const hookCalls: Call[] = [getStatus, setWebhook, getWebhook, setSettings, getSettings];

import { z } from 'zod';
import { explainCode } from '../meta/errors';
import { readStatuses } from '../meta/statuses';
import type { Connection, RegisteredWebhook, StatusEvent, WebhookSupport, WebhookTarget } from '../provider';
import { addressWithSecret, hasSecretInAddress, listOf, objectOf, readBody } from '../webhook';
import type { Account } from './account';
import { isRefusal, okOrThrow, parseOrThrow, request, toProviderError } from './request';

/**
 * 1MSG does not sign its events and sends no headers that we choose. So the secret is part of the address
 * (docs/reference/providers.md 4.5).
 */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: false,
	address: addressWithSecret,
	read,
	isComplete: ({ urls: [url, ...others], state }, target) =>
		url === addressWithSecret(target) &&
		others.length === 0 &&
		settings.safeParse(state).data?.ackNotificationsOn !== false,
	register,
	restore: (connection, state) => write(connection, settings.safeParse(state).data ?? { webhookUrl: [] }),
	authenticate: hasSecretInAddress,
	parse: (raw) => readHooks(readBody(raw)),
};

/** One address or several. 1MSG sends its events to all of them (docs/reference/providers.md 4.5). */
const registered = z.object({
	webhookUrl: z
		.union([z.string(), z.array(z.string()), z.null()])
		.transform((given) => [given ?? []].flat().filter((url) => url !== '')),
});
/** According to one of two documents, statuses come only if this is on (docs/reference/providers.md 6.15). */
const switches = z.object({ ackNotificationsOn: z.boolean().optional().catch(undefined) });
const settings = registered.merge(switches);

async function read(connection: Connection<Account>): Promise<RegisteredWebhook> {
	const response = await request(connection, { method: 'GET', path: '/webhook' });
	const { webhookUrl: urls } = parseOrThrow(registered, response);
	const answer = await request(connection, { method: 'GET', path: '/settings' });
	// A channel without settings has no switch.
	const { ackNotificationsOn } = (isRefusal(answer) ? undefined : switches.safeParse(answer.body).data) ?? {};
	return { urls, state: { webhookUrl: urls, ackNotificationsOn } };
}

async function register(connection: Connection<Account>, target: WebhookTarget): Promise<void> {
	const { ackNotificationsOn: isOn } = settings.parse((await read(connection)).state);
	const ackNotificationsOn = isOn === false ? true : undefined;
	await write(connection, { webhookUrl: [addressWithSecret(target)], ackNotificationsOn });
}

const notSet = z.object({ set: z.literal(false) });

/** Sets the addresses, and the switch unless it is undefined. */
async function write(connection: Connection<Account>, wanted: z.output<typeof settings>): Promise<void> {
	const {
		webhookUrl: [first = '', ...others],
		ackNotificationsOn,
	} = wanted;
	const body = { webhookUrl: others.length > 0 ? [first, ...others] : first };
	const response = await request(connection, { method: 'POST', path: '/webhook', body });
	if (notSet.safeParse(okOrThrow(response)).success) throw toProviderError(response);
	if (ackNotificationsOn === undefined) return;
	okOrThrow(await request(connection, { method: 'POST', path: '/settings', body: { ackNotificationsOn } }));
}

const text = z.string().optional().catch(undefined);
const hook = z.object({ status: z.string(), recipient_id: text, chatId: text }).passthrough();

/** Words that 1MSG has in place of Meta's (docs/reference/providers.md 4.5). */
const metaStatuses = new Map([
	['viewed', 'read'],
	['undelivered', 'failed'],
]);

/**
 * The statuses in either of 1MSG's two shapes, `hooks[]` and `ack[]` (docs/reference/providers.md 4.5). Skips unknown
 * statuses.
 */
export function readHooks(body: unknown): StatusEvent[] {
	const { hooks, ack } = objectOf(body);
	return [...listOf(hooks), ...listOf(ack)].flatMap(toEvents);
}

const source = { explain: explainCode, givesBackCallbackData: false };

function toEvents(raw: unknown): StatusEvent[] {
	const entry = hook.safeParse(raw).data;
	if (entry === undefined) return [];
	const { status, chatId, recipient_id = chatId?.replace(/@.*$/s, ''), ...others } = entry;
	const asMeta = { ...others, recipient_id, status: metaStatuses.get(status) ?? status };
	return readStatuses([asMeta], source).map((event) => ({ ...event, raw }));
}

import { z } from 'zod';
import { explainCode as explainMetaCode } from '../meta/errors';
import { readStatuses } from '../meta/statuses';
import type { Connection, RegisteredWebhook, StatusEvent, WebhookSupport, WebhookTarget } from '../provider';
import { addressWithSecret, hasSecretInAddress, listOf, objectOf, readBody } from '../webhook';
import type { Account } from './account';
import { explainErrorCode, okOrThrow, parseOrThrow, request } from './request';

/**
 * The server does not sign its events and sends no headers that we choose. So the secret is part of the address
 * (docs/reference/providers.md 2.6).
 */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: false,
	address: addressWithSecret,
	read,
	isComplete: ({ urls: [url], state }, target) =>
		url === addressWithSecret(target) && sendsAllStatuses(settings.parse(state)),
	register,
	restore,
	authenticate: hasSecretInAddress,
	parse: (raw) => readServerStatuses(readBody(raw)),
};

const path = '/v1/settings/application';

const switches = z.object({ sent: z.boolean(), delivered: z.boolean(), read: z.boolean() }).partial();
/**
 * The settings about the webhook. The server may replace `webhooks` as a whole, so that its other fields are kept
 * (docs/reference/providers.md 2.5).
 */
const settings = z.object({
	webhooks: z.object({ url: z.string().nullish(), message: switches.optional() }).passthrough().nullish(),
	sent_status: z.boolean().optional(),
});
type Settings = z.output<typeof settings>;

/**
 * No document shows the wrapper, so that an answer without it is accepted, too (docs/reference/providers.md 2.5). But
 * if there is a wrapper, its content must be readable. Otherwise an unreadable answer would look like one without a
 * webhook.
 */
const answer = z.union([
	z.object({ settings: z.object({ application: settings }) }).transform((wrapped) => wrapped.settings.application),
	z.object({ settings: z.undefined() }).passthrough().pipe(settings),
]);

/** The server's defaults: `sent_status` is off, the other switches are on (docs/reference/providers.md 2.5). */
function sendsAllStatuses({ webhooks, sent_status: sentStatus = false }: Settings): boolean {
	const { sent, delivered, read: isRead } = switchesOf(webhooks);
	return sentStatus && sent && delivered && isRead;
}

function switchesOf(webhooks: Settings['webhooks']) {
	const { sent = true, delivered = true, read: isRead = true } = webhooks?.message ?? {};
	return { sent, delivered, read: isRead };
}

async function read(connection: Connection<Account>): Promise<RegisteredWebhook> {
	const state = parseOrThrow(answer, await request(connection, { method: 'GET', path }));
	return { urls: state.webhooks?.url ? [state.webhooks.url] : [], state };
}

async function register(connection: Connection<Account>, target: WebhookTarget): Promise<void> {
	const { state } = await read(connection);
	const { webhooks } = settings.parse(state);
	await write(connection, {
		webhooks: { ...webhooks, url: addressWithSecret(target), message: { sent: true, delivered: true, read: true } },
		sent_status: true,
	});
}

async function restore(connection: Connection<Account>, state: unknown): Promise<void> {
	const { webhooks, sent_status: sentStatus = false } = settings.safeParse(state ?? {}).data ?? {};
	await write(connection, {
		webhooks: { ...webhooks, url: webhooks?.url ?? '', message: switchesOf(webhooks) },
		// Without a state the former value is unknown, so that the present one stays.
		sent_status: state === undefined ? undefined : sentStatus,
	});
}

async function write(connection: Connection<Account>, body: Settings): Promise<void> {
	okOrThrow(await request(connection, { method: 'PATCH', path, body }));
}

/** The statuses in a webhook of a server, which are at the top level of the body (docs/reference/providers.md 2.6). */
export function readServerStatuses(body: unknown): StatusEvent[] {
	return readStatuses(listOf(objectOf(body).statuses), { explain: explainCode, givesBackCallbackData: false });
}

/** Codes that the On-Premises API does not have may come from Meta (docs/reference/providers.md 2.4). */
function explainCode(errorCode: number | string) {
	return explainErrorCode(errorCode) ?? explainMetaCode(errorCode);
}

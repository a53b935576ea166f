import { z } from 'zod';
import type { Connection } from '../connection';
import { explainCode as explainMetaCode } from '../meta/errors';
import { readStatuses } from '../meta/statuses';
import { addressWithSecret, hasSecretInAddress, listOf, objectOf, readBody } from '../webhook';
import type { StatusEvent } from '../webhook-events';
import type { OwnAddresses, RegisteredWebhook, WebhookSupport, WebhookTarget } from '../webhook-support';
import type { Account } from './account';
import { explainErrorCode, okOrThrow, parseOrThrow, request } from './request';

/**
 * The server does not sign its events and sends no headers that we choose. So the secret is part of the address
 * (docs/reference/providers.md 2.6).
 */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: false,
	sendsReports: false,
	sendsAgain: true,
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

const switches = z.object({ sent: z.boolean(), delivered: z.boolean(), read: z.boolean() }).partial().passthrough();
/**
 * The settings about the webhook. The server may replace `webhooks` as a whole, so that its other fields are kept
 * (docs/reference/providers.md 2.5).
 */
const settings = z
	.object({
		webhooks: z.object({ url: z.string().nullish(), message: switches.nullish() }).passthrough().nullish(),
		sent_status: z.boolean().optional(),
	})
	.passthrough();
type Settings = z.output<typeof settings>;
/** What is written: all that is not set stays as it is. */
type Change = Pick<Settings, 'webhooks' | 'sent_status'>;

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

/** Turns on only what is off: a setting that was never made cannot be taken back by a PATCH. */
async function register(connection: Connection<Account>, target: WebhookTarget): Promise<void> {
	const { state } = await read(connection);
	const { webhooks, sent_status: sentStatus } = settings.parse(state);
	const off = Object.entries(switchesOf(webhooks)).filter(([, isOn]) => !isOn);
	const message = { ...webhooks?.message, ...Object.fromEntries(off.map(([name]) => [name, true])) };
	await write(connection, {
		webhooks: { ...webhooks, url: addressWithSecret(target), ...(off.length === 0 ? {} : { message }) },
		...(sentStatus === true ? {} : { sent_status: true }),
	});
}

async function restore(
	connection: Connection<Account>,
	state: unknown,
	_target: WebhookTarget,
	{ isOurs, mayReturn }: OwnAddresses,
): Promise<void> {
	const { urls } = await read(connection);
	if (!urls.every(isOurs)) return;
	// Without a state the former switch is unknown, so that the present one stays.
	if (state === undefined) return await write(connection, { webhooks: { url: '' } });
	const found = withoutEnded(settings.safeParse(state).data ?? {}, mayReturn);
	const { webhooks, sent_status: sentStatus, ...others } = found;
	const wasUnset = webhooks === undefined || sentStatus === undefined;
	if (wasUnset && Object.keys(others).length === 0) return await reset(connection, found);
	await write(connection, {
		webhooks: { ...webhooks, url: webhooks?.url ?? '' },
		sent_status: sentStatus ?? false,
	});
}

/** The settings without an address at which nothing listens any more. */
function withoutEnded(found: Settings, mayReturn: OwnAddresses['mayReturn']): Settings {
	const url = found.webhooks?.url;
	return typeof url !== 'string' || mayReturn(url) ? found : { ...found, webhooks: { ...found.webhooks, url: '' } };
}

/** Only this gives back a setting that was never made. It loses nothing where there is no other setting. */
async function reset(connection: Connection<Account>, found: Change): Promise<void> {
	okOrThrow(await request(connection, { method: 'DELETE', path }));
	if (Object.keys(found).length > 0) await write(connection, found);
}

async function write(connection: Connection<Account>, body: Change): Promise<void> {
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

import { z } from 'zod';
import type { HttpResponse } from '../http';
import type { Connection, RegisteredWebhook, WebhookSupport, WebhookTarget } from '../provider';
import { addressWithSecret, hasSecretInAddress } from '../secret';
import { readBody } from '../webhook';
import type { Account } from './account';
import { readErrors, toProviderError } from './errors';
import { requestTo } from './request';
import { readServerStatuses } from './statuses';

/** The server signs nothing and sends no headers: the secret stands in the address (docs/reference/providers.md 2.6). */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: false,
	address: addressWithSecret,
	read,
	isComplete: ({ urls: [url], state }, target) => url === addressWithSecret(target) && tellsAll(settings.parse(state)),
	register,
	restore,
	authenticate: hasSecretInAddress,
	parse: (raw) => readServerStatuses(readBody(raw)),
};

const path = '/v1/settings/application';

const told = z.object({ sent: z.boolean(), delivered: z.boolean(), read: z.boolean() }).partial();
/** What concerns the webhook; `webhooks` may be replaced as a whole, so the rest of it is kept (docs/reference/providers.md 2.5). */
const settings = z.object({
	webhooks: z.object({ url: z.string().nullish(), message: told.optional() }).passthrough().nullish(),
	sent_status: z.boolean().optional(),
});
type Settings = z.output<typeof settings>;

/**
 * The wrapper is inferred: without it will do, too (docs/reference/providers.md 2.5). An answer with a wrapper around what can't be read
 * is none without: it would say that there is no webhook.
 */
const wrapped = z.union([
	z.object({ settings: z.object({ application: settings }) }).transform((answer) => answer.settings.application),
	z.object({ settings: z.undefined() }).passthrough().pipe(settings),
]);

/** `sent_status` is off unless it was turned on, the others are on unless they were turned off (docs/reference/providers.md 2.5). */
function tellsAll({ webhooks, sent_status: tellsSent = false }: Settings): boolean {
	const { sent = true, delivered = true, read: isRead = true } = webhooks?.message ?? {};
	return tellsSent && sent && delivered && isRead;
}

async function read(connection: Connection<Account>): Promise<RegisteredWebhook> {
	const response = await requestTo(connection)({ method: 'GET', path });
	const answer = wrapped.safeParse(okOrThrow(response));
	// Whoever can't be read may have a webhook that is not ours to replace.
	if (!answer.success) throw toProviderError(response);
	const { webhooks } = answer.data;
	return { urls: webhooks?.url ? [webhooks.url] : [], state: answer.data };
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
	const { webhooks, sent_status: tellsSent = false } = settings.safeParse(state ?? {}).data ?? {};
	const { sent = true, delivered = true, read: isRead = true } = webhooks?.message ?? {};
	await write(connection, {
		webhooks: { ...webhooks, url: webhooks?.url ?? '', message: { sent, delivered, read: isRead } },
		// Whose settings are not known any more keeps what is on.
		...(state === undefined ? {} : { sent_status: tellsSent }),
	});
}

async function write(connection: Connection<Account>, body: Settings): Promise<void> {
	okOrThrow(await requestTo(connection)({ method: 'PATCH', path, body }));
}

/** @throws ProviderError */
function okOrThrow(response: HttpResponse): unknown {
	const { status, body } = response;
	if (status < 200 || status > 299 || readErrors(response) !== undefined) throw toProviderError(response);
	return body;
}

import { z } from 'zod';
import { readEvents } from '../meta/events';
import { readServerStatuses } from '../onPremises/webhook';
import type { Connection, RegisteredWebhook, WebhookSupport } from '../provider';
import { isSecret, readBody } from '../webhook';
import type { Account } from './account';
import { okOrThrow, parseOrThrow, request } from './request';

/**
 * 360dialog does not sign its events. With each of them it sends the headers that were registered
 * (docs/reference/providers.md 3.7).
 */
const secretHeader = 'x-whatsapp-otp-secret';

/** The webhook of one number, the same for both hostings (docs/reference/providers.md 3.1). */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: true,
	address: ({ url }) => url,
	read,
	isComplete: ({ urls: [url], state }, target) =>
		url === target.url && registered.safeParse(state).data?.headers?.[secretHeader] === target.secret,
	register: (connection, { url, secret }) => write(connection, { url, headers: { [secretHeader]: secret } }),
	// How to remove an address is not documented. The reference suggests to register an empty one.
	restore: (connection, state) => write(connection, registered.safeParse(state).data ?? { url: '', headers: {} }),
	authenticate: ({ headers }, secret) => isSecret(headers[secretHeader], secret),
	parse: (raw) => {
		const body = readBody(raw);
		return [...readEvents(body), ...readServerStatuses(body)];
	},
};

const registered = z.object({ url: z.string().nullish(), headers: z.record(z.string()).nullish().catch(null) });

const path = '/v1/configs/webhook';

async function read(connection: Connection<Account>): Promise<RegisteredWebhook> {
	const response = await request(connection, { method: 'GET', path });
	if (response.status === 404) return { urls: [] };
	const { url, headers } = parseOrThrow(registered, response);
	return url ? { urls: [url], state: { url, headers: headers ?? {} } } : { urls: [] };
}

async function write(connection: Connection<Account>, body: z.output<typeof registered>): Promise<void> {
	okOrThrow(await request(connection, { method: 'POST', path, body }));
}

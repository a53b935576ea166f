import { z } from 'zod';
import { readEvents } from '../meta/events';
import { readServerStatuses } from '../onPremises/statuses';
import type { Connection, RegisteredWebhook, WebhookSupport } from '../provider';
import { isSecret } from '../secret';
import { readBody } from '../webhook';
import type { Account } from './account';
import { toProviderError } from './errors';
import { okOrThrow } from './templates';

/** 360dialog signs nothing, but sends the headers back that were registered (docs/reference/providers.md 3.7). */
const secretHeader = 'x-whatsapp-otp-secret';

/** The webhook of one number, the same on both hostings (docs/reference/providers.md 3.1). */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: true,
	address: ({ url }) => url,
	read,
	isComplete: ({ urls: [url], state }, target) =>
		url === target.url && registered.safeParse(state).data?.headers?.[secretHeader] === target.secret,
	register: (connection, { url, secret }) => write(connection, { url, headers: { [secretHeader]: secret } }),
	// Removing is undocumented; an empty address is what the reference implies.
	restore: (connection, state) => write(connection, registered.safeParse(state).data ?? { url: '', headers: {} }),
	authenticate: ({ headers }, secret) => isSecret(headers[secretHeader], secret),
	parse: (raw) => {
		const body = readBody(raw);
		return [...readEvents(body), ...readServerStatuses(body)];
	},
};

const registered = z.object({ url: z.string().nullish(), headers: z.record(z.string()).nullish().catch(null) });

const address = ({ baseUrl }: Account) => `${baseUrl}/v1/configs/webhook`;

async function read({ http, account }: Connection<Account>): Promise<RegisteredWebhook> {
	const response = await http({ method: 'GET', url: address(account) });
	if (response.status === 404) return { urls: [] };
	const answer = registered.safeParse(okOrThrow(response));
	// Whoever can't be read may have a webhook that is not ours to replace.
	if (!answer.success) throw toProviderError(response);
	const { url, headers } = answer.data;
	return url ? { urls: [url], state: { url, headers: headers ?? {} } } : { urls: [] };
}

async function write({ http, account }: Connection<Account>, body: z.output<typeof registered>): Promise<void> {
	okOrThrow(await http({ method: 'POST', url: address(account), body }));
}

import { z } from 'zod';
import { ProviderError } from '../errors';
import { readEvents } from '../meta/events';
import { readServerStatuses } from '../onPremises/webhook';
import type { Connection, OwnAddresses, RegisteredWebhook, WebhookSupport, WebhookTarget } from '../provider';
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
	sendsReports: true,
	templateEventsLimit:
		"360dialog's documents name only messages and their statuses for the webhook of a number. Template events may " +
		'not arrive: check a template with Get Many, or in the 360dialog Hub.',
	sendsAgain: true,
	address: ({ url }) => url,
	read,
	isComplete: ({ urls: [url], state }, target) =>
		url === target.url && registered.safeParse(state).data?.headers?.[secretHeader] === target.secret,
	register,
	restore,
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
	return url ? { urls: [url], headers: headers ?? {}, state: { url, headers: headers ?? {} } } : { urls: [] };
}

async function register(connection: Connection<Account>, { url, secret }: WebhookTarget): Promise<void> {
	const problem = connection.account.hosting === 'cloud' ? problemOf(url) : undefined;
	if (problem !== undefined) {
		throw new ProviderError({
			class: 'permanent',
			what: `360dialog takes no webhook address whose host has ${problem}, such as ${new URL(url).host}`,
			fix: 'Use another host name for n8n, and set it in the variable WEBHOOK_URL of n8n',
			providerCode: 'address',
			httpStatus: 0,
		});
	}
	await write(connection, { url, headers: { [secretHeader]: secret } });
}

/** How to remove an address is not documented. The reference suggests to register an empty one. */
async function restore(
	connection: Connection<Account>,
	state: unknown,
	_target: WebhookTarget,
	{ isOurs, mayReturn }: OwnAddresses,
): Promise<void> {
	const { urls } = await read(connection);
	if (!urls.every(isOurs)) return;
	const former = registered.safeParse(state).data;
	const isBack = former?.url != null && mayReturn(former.url);
	await write(connection, isBack ? former : { url: '', headers: {} });
}

/** What the Cloud hosting does not take in an address (docs/reference/providers.md 3.7). A sandbox has no such rule. */
function problemOf(url: string): string | undefined {
	if (!URL.canParse(url)) return undefined;
	const { hostname, port } = new URL(url);
	if (hostname.includes('_')) return 'an underscore';
	return port === '' || isLoopback(hostname) ? undefined : 'a port';
}

const isLoopback = (hostname: string) => /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);

async function write(connection: Connection<Account>, body: z.output<typeof registered>): Promise<void> {
	okOrThrow(await request(connection, { method: 'POST', path, body }));
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Connection } from '../connection';
import { ProviderError } from '../errors';
import { readEvents } from '../meta/events';
import { readServerStatuses } from '../onPremises/webhook';
import { isSecret, readBody } from '../webhook';
import type { OwnAddresses, RegisteredWebhook, WebhookSupport, WebhookTarget } from '../webhook-support';
import type { Account } from './account';
import {
	maxAddresses,
	multiWebhookSchema,
	readMultiWebhook,
	removeDestinations,
	setDestination,
	type MultiWebhook,
} from './multi-webhook';
import { okOrThrow, parseOrThrow, request } from './request';

/**
 * 360dialog does not sign its events. With each of them it sends the headers that were registered
 * (docs/reference/providers.md 3.7).
 */
const secretHeader = 'x-whatsapp-otp-secret';

/**
 * The webhook of one number (docs/reference/providers.md 3.1). With Cloud hosting, more addresses can get a copy. They
 * depend on the main one: they get only what it has answered with 200 (docs/reference/providers.md 3.7).
 */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: true,
	sendsReports: true,
	templateEventsLimit:
		"360dialog's documents name only messages and their statuses for the webhook of a number. Template events may " +
		'not arrive: check a template with Get Many, or in the 360dialog Hub.',
	besideLimit:
		'360dialog with Cloud hosting takes up to three: without this option the trigger stands beside the main address, ' +
		'and gets only what that address has answered with 200.',
	sendsAgain: true,
	address: ({ url }) => url,
	read,
	isComplete,
	register,
	restore,
	authenticate: ({ headers }, secret) => isSecret(headers[secretHeader], secret),
	parse: (raw) => {
		const body = readBody(raw);
		return [...readEvents(body), ...readServerStatuses(body)];
	},
};

const registered = z.object({ url: z.string().nullish(), headers: z.record(z.string()).nullish().catch(null) });
const found = registered.extend({ multiWebhook: multiWebhookSchema.optional() });

const path = '/v1/configs/webhook';

async function readMain(connection: Connection<Account>): Promise<{ url: string; headers: Record<string, string> }> {
	const response = await request(connection, { method: 'GET', path });
	const { url, headers } = response.status === 404 ? {} : parseOrThrow(registered, response);
	return { url: url ?? '', headers: headers ?? {} };
}

async function read(connection: Connection<Account>): Promise<RegisteredWebhook> {
	const main = await readMain(connection);
	const multiWebhook = await readMultiWebhook(connection);
	const beside = multiWebhook?.destinations.map(({ url }) => url) ?? [];
	if (main.url === '' && beside.length === 0) return { urls: [] };
	return {
		urls: main.url === '' ? [] : [main.url],
		headers: main.headers,
		beside,
		copies: multiWebhook?.enabled === true ? beside : [],
		room: multiWebhook === undefined ? 0 : maxAddresses - 1 - beside.length,
		state: { ...main, multiWebhook },
	};
}

/** Ours is the main address, or beside one. */
function isComplete({ urls: [main], state }: RegisteredWebhook, { url, secret }: WebhookTarget): boolean {
	const { headers, multiWebhook } = found.safeParse(state).data ?? {};
	if (main === url) return headers?.[secretHeader] === secret;
	const ours = multiWebhook?.destinations.find((one) => one.url === url);
	return main !== undefined && multiWebhook?.enabled === true && ours?.headers?.[secretHeader] === secret;
}

async function register(
	connection: Connection<Account>,
	target: WebhookTarget,
	kept: readonly string[],
): Promise<void> {
	const { url, secret } = target;
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
	const headers = { [secretHeader]: secret };
	if (kept.length === 0) await write(connection, { url, headers });
	else await setDestination(connection, { name: nameOf(target), url, headers });
}

/**
 * The same for the test and the production address of a trigger, so that each takes the place of the other. A copy of
 * n8n at another domain has another name.
 */
function nameOf({ url, trigger = '' }: WebhookTarget): string {
	const hash = createHash('sha256')
		.update(`${new URL(url).origin} ${trigger}`)
		.digest('hex');
	return `n8n-otp-${hash.slice(0, 16)}`;
}

async function restore(
	connection: Connection<Account>,
	state: unknown,
	target: WebhookTarget,
	own: OwnAddresses,
): Promise<void> {
	const former = found.safeParse(state).data;
	await restoreMain(connection, former, own);
	await restoreDestination(connection, former?.multiWebhook, target, own);
}

/** How to remove an address is not documented. The reference suggests to register an empty one. */
async function restoreMain(
	connection: Connection<Account>,
	former: z.output<typeof found> | undefined,
	{ isOurs, mayReturn }: OwnAddresses,
): Promise<void> {
	const { url } = await readMain(connection);
	const back = former?.url && mayReturn(former.url) ? { url: former.url, headers: former.headers ?? {} } : undefined;
	if (url !== '' && !isOurs(url)) return;
	if (url !== '' || back !== undefined) await write(connection, back ?? { url: '', headers: {} });
}

/** If the address of the other mode was here, it comes back. Those of other systems stay. */
async function restoreDestination(
	connection: Connection<Account>,
	former: MultiWebhook | undefined,
	target: WebhookTarget,
	{ isOurs, isOfThisTrigger, mayReturn }: OwnAddresses,
): Promise<void> {
	const now = await readMultiWebhook(connection);
	if (now?.destinations.some(({ url }) => isOurs(url)) !== true) return;
	const back = former?.destinations.find(({ url }) => isOfThisTrigger(url) && mayReturn(url));
	if (back?.name === nameOf(target)) await setDestination(connection, back);
	else await removeDestinations(connection, ({ url }) => isOurs(url), former?.enabled === true);
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

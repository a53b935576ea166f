import { z } from 'zod';
import type { HttpResponse } from '../http';
import type { Connection, RegisteredWebhook, WebhookSupport, WebhookTarget } from '../provider';
import { addressWithSecret, hasSecretInAddress } from '../secret';
import { readBody } from '../webhook';
import type { Account } from './account';
import { isRefusal, toProviderError } from './errors';
import { readHooks } from './statuses';

/** 1MSG signs nothing and sends no headers: the secret stands in the address (docs/reference/providers.md 4.5). */
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

/** One address or several, all of which are told (docs/reference/providers.md 4.5). */
const registered = z.object({
	webhookUrl: z
		.union([z.string(), z.array(z.string()), z.null()])
		.transform((given) => [given ?? []].flat().filter((url) => url !== '')),
});
/** One of 1MSG's documents has statuses come without it, the other only with it (docs/reference/providers.md 6.15). */
const switches = z.object({ ackNotificationsOn: z.boolean().optional().catch(undefined) });
const settings = registered.merge(switches);

async function read({ http, account }: Connection<Account>): Promise<RegisteredWebhook> {
	const response = await http({ method: 'GET', url: `${account.channel}/webhook` });
	const answer = registered.safeParse(okOrThrow(response));
	// Whoever can't be read may have a webhook that is not ours to replace.
	if (!answer.success) throw toProviderError(response);
	const { webhookUrl: urls } = answer.data;
	const switched = await http({ method: 'GET', url: `${account.channel}/settings` });
	// Where 1MSG tells no settings there is no switch to turn.
	const { ackNotificationsOn } = (isRefusal(switched) ? undefined : switches.safeParse(switched.body).data) ?? {};
	return { urls, state: { webhookUrl: urls, ...(ackNotificationsOn === undefined ? {} : { ackNotificationsOn }) } };
}

async function register(connection: Connection<Account>, target: WebhookTarget): Promise<void> {
	const { ackNotificationsOn: isOn } = settings.parse((await read(connection)).state);
	const switched = isOn === false ? { ackNotificationsOn: true } : {};
	await write(connection, { webhookUrl: [addressWithSecret(target)], ...switched });
}

const notSet = z.object({ set: z.literal(false) });

async function write({ http, account }: Connection<Account>, wanted: z.output<typeof settings>): Promise<void> {
	const {
		webhookUrl: [first = '', ...others],
		ackNotificationsOn,
	} = wanted;
	const body = { webhookUrl: others.length > 0 ? [first, ...others] : first };
	const response = await http({ method: 'POST', url: `${account.channel}/webhook`, body });
	if (notSet.safeParse(okOrThrow(response)).success) throw toProviderError(response);
	if (ackNotificationsOn === undefined) return;
	okOrThrow(await http({ method: 'POST', url: `${account.channel}/settings`, body: { ackNotificationsOn } }));
}

/** @throws ProviderError */
function okOrThrow(response: HttpResponse): unknown {
	if (isRefusal(response)) throw toProviderError(response);
	return response.body;
}

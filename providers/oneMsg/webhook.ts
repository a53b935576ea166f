import { z } from 'zod';
import type { Connection } from '../connection';
import { explainCode } from '../meta/errors';
import { readEvents } from '../meta/events';
import { readStatuses } from '../meta/statuses';
import { omitUndefined } from '../omit-undefined';
import {
	addressWithSecret,
	bounded,
	flag,
	hasSecretInAddress,
	listOf,
	objectOf,
	phoneDigitsOf,
	readBody,
	shortTextOf,
} from '../webhook';
import type { ReportEvent, StatusEvent } from '../webhook-events';
import type { OwnAddresses, RegisteredWebhook, WebhookSupport, WebhookTarget } from '../webhook-support';
import type { Account } from './account';
import { isRefusal, okOrThrow, parseOrThrow, request, toProviderError } from './request';

/**
 * 1MSG does not sign its events and sends no headers that we choose. So the secret is part of the address
 * (docs/reference/providers.md 4.5).
 */
export const webhook: WebhookSupport<Account> = {
	sendsTemplateEvents: false,
	sendsReports: true,
	maxAddresses: 5,
	// Not documented (docs/reference/providers.md 4.5).
	sendsAgain: false,
	address: addressWithSecret,
	read,
	isComplete: ({ urls, state }, target) =>
		urls.includes(addressWithSecret(target)) && settings.safeParse(state).data?.ackNotificationsOn !== false,
	register,
	restore,
	authenticate: hasSecretInAddress,
	parse: (raw) => {
		const body = readBody(raw);
		return [...readHooks(body), ...readReportsIn(body)];
	},
};

/** One address or several, as a list or as a text with commas (docs/reference/providers.md 4.5). */
const addresses = z
	.union([z.string(), z.array(z.string()), z.null(), z.undefined()])
	.transform((given) => [given ?? []].flat())
	.transform((list) => list.flatMap((text) => text.split(/,\s*(?=https?:)|,\s*$/i)).map((url) => url.trim()))
	.transform((list) => list.filter((url) => url !== ''));

const registered = z.object({ webhookUrl: addresses });
/** Statuses come as `ack[]` only if this is on (docs/reference/providers.md 6.15). */
const switches = z.object({ ackNotificationsOn: flag });
const settings = registered.merge(switches);

async function read(connection: Connection<Account>): Promise<RegisteredWebhook> {
	const response = await request(connection, { method: 'GET', path: '/webhook' });
	const { webhookUrl: urls } = parseOrThrow(registered.required(), response);
	const answer = await request(connection, { method: 'GET', path: '/settings' });
	// A channel without settings has no switch.
	const { ackNotificationsOn } = (isRefusal(answer) ? undefined : switches.safeParse(answer.body).data) ?? {};
	return { urls, state: { webhookUrl: urls, ackNotificationsOn } };
}

async function register(
	connection: Connection<Account>,
	target: WebhookTarget,
	kept: readonly string[],
): Promise<void> {
	const { ackNotificationsOn: isOn } = settings.parse((await read(connection)).state);
	const ackNotificationsOn = isOn === false ? true : undefined;
	await write(connection, { webhookUrl: [...kept, addressWithSecret(target)], ackNotificationsOn });
}

/** Takes our address away, and puts back what it replaced. What others registered meanwhile stays. */
async function restore(
	connection: Connection<Account>,
	state: unknown,
	_target: WebhookTarget,
	{ isOurs, isOfThisTrigger, mayReturn }: OwnAddresses,
): Promise<void> {
	const { webhookUrl: found, ackNotificationsOn } = settings.safeParse(state).data ?? { webhookUrl: [] };
	const former = found.filter(mayReturn);
	const others = (await read(connection)).urls.filter((url) => !isOurs(url));
	// Where others stayed beside ours, only another address of this trigger was replaced: that of the other mode.
	const wasBeside = former.some((url) => others.includes(url));
	const back = wasBeside ? former.filter((url) => others.includes(url) || isOfThisTrigger(url)) : former;
	const added = others.filter((url) => !back.includes(url));
	await write(connection, { webhookUrl: [...back, ...added], ackNotificationsOn });
}

const notSet = z.object({ set: flag.refine((isSet) => isSet === false) });

/** Sets the addresses, and the switch unless it is undefined. */
async function write(connection: Connection<Account>, wanted: z.output<typeof settings>): Promise<void> {
	const {
		webhookUrl: [first, ...others],
		ackNotificationsOn,
	} = wanted;
	if (first !== undefined) {
		const body = { webhookUrl: others.length > 0 ? [first, ...others] : first };
		const response = await request(connection, { method: 'POST', path: '/webhook', body });
		if (notSet.safeParse(okOrThrow(response)).success) throw toProviderError(response);
	}
	// Only the settings take an empty list (docs/reference/providers.md 4.5).
	const change = omitUndefined({ webhookUrl: first === undefined ? '' : undefined, ackNotificationsOn });
	if (Object.keys(change).length === 0) return;
	okOrThrow(await request(connection, { method: 'POST', path: '/settings', body: change }));
}

const text = z.string().optional().catch(undefined);
const hook = z.object({ status: z.string(), recipient_id: text, chatId: z.unknown() }).passthrough();

/** Words that 1MSG has in place of Meta's (docs/reference/providers.md 4.5). */
const metaStatuses = new Map([
	['viewed', 'read'],
	['undelivered', 'failed'],
]);

/**
 * The statuses in each of 1MSG's three shapes: `hooks[]`, `ack[]`, and with `rawHooks` Meta's own
 * (docs/reference/providers.md 4.5). Skips unknown statuses.
 */
export function readHooks(body: unknown): StatusEvent[] {
	const { hooks, ack } = objectOf(body);
	const raw = readEvents(body).filter((event) => event.kind === 'status');
	const own = bounded([...listOf(hooks), ...listOf(ack)]).flatMap(toEvents);
	// 1MSG takes no callback data, and a channel is one number.
	return [...own, ...raw.map((event) => ({ ...event, ...source, callbackData: undefined, senderId: undefined }))];
}

/** With `rawHooks` (docs/reference/providers.md 1.13). A channel is one number. */
function readReportsIn(body: unknown): ReportEvent[] {
	const reports = readEvents(body).filter((event) => event.kind === 'report');
	return reports.map((event) => ({ ...event, senderId: undefined }));
}

const source = { givesBackCallbackData: false };

function toEvents(raw: unknown): StatusEvent[] {
	const entry = hook.safeParse(raw).data;
	if (entry === undefined) return [];
	const { status, chatId, ...others } = entry;
	const word = status.toLowerCase();
	const asMeta = { ...personIn(chatId), ...omitUndefined(others), status: metaStatuses.get(word) ?? word };
	const username = usernameIn(chatId);
	return readStatuses([asMeta], { explain: explainCode, ...source }).map((event) => ({
		...event,
		...omitUndefined({ recipientUsername: event.recipientUsername ?? username }),
		raw,
	}));
}

/** A chat's id ends with its kind. Only some kinds hold a number (docs/reference/providers.md 4.5). */
const chat = /^(?<id>[^@]+)(?:@(?<kind>.*))?$/s;
const kindsWithNumber = ['c.us', 's.whatsapp.net'];

function personIn(chatId: unknown): { recipient_id?: string } {
	const { id = '', kind } = chat.exec(String(shortTextOf(chatId) ?? phoneDigitsOf(chatId) ?? ''))?.groups ?? {};
	const mayBeNumber = kind === undefined || kindsWithNumber.includes(kind.toLowerCase());
	// The id of a group or of a hidden person has only digits, too, and is no number.
	return mayBeNumber || phoneDigitsOf(id) === undefined ? { recipient_id: id } : {};
}

function usernameIn(chatId: unknown): string | undefined {
	const { id, kind } = chat.exec(shortTextOf(chatId) ?? '')?.groups ?? {};
	return kind?.toLowerCase() === 'username' ? id : undefined;
}

import { z } from 'zod';
import { providerIds, type ProviderId } from './accounts';
import type { Fault, NewFault } from './faults';
import type { WaitOptions } from './awaitable-list';
import { deliveryStatuses, type Message } from './messages';
import { readNewTemplate } from './providers/meta/template-rules';
import { setContact, setSessions, type ContactOrder, type SessionOrder } from './providers/onPremises/orders';
import type { Alert, Sms } from './sms-and-alerts';
import { webhookStates, type Subscription, type WebhookEntry } from './webhook-delivery';
import { Refusal } from './refusal';
import { scheduleSchema, type Schedule } from './status-schedule';
import { templateStatuses, type Template } from './templates';
import type { RequestEntry, World } from './state';

const digits = z.string().transform((number) => number.replace(/\D/g, ''));
const provider = z.enum(providerIds);

export const messageFilter = z
	.object({ provider, to: digits, status: z.enum(deliveryStatuses) })
	.partial()
	.strict();
export const smsFilter = z.object({ to: digits }).partial().strict();
export const requestFilter = z
	.object({ provider, path: z.string(), call: z.string(), method: z.string() })
	.partial()
	.strict();
export const webhookFilter = z
	.object({
		provider,
		messageId: z.string(),
		/** A status or a template event that is in it. */
		event: z.string(),
		state: z.enum(webhookStates),
	})
	.partial()
	.strict();
export const schedulePatch = scheduleSchema.partial();
export const approvalSchema = z.object({ afterMs: z.number().int().min(0).max(600_000).nullable() }).strict();
export const resetSchema = z.object({ keep: z.array(z.enum(['templates', 'subscriptions'])).optional() }).strict();

/** An existing template's status is set; with `components` (as in a creation) a new one is seeded. */
export const templateOrder = z
	.object({
		provider: provider.default('dialog360'),
		name: z.string(),
		language: z.string().default('en_US'),
		status: z.enum(templateStatuses).default('APPROVED'),
		/** Why it was rejected, in Meta's words: docs/reference/providers.md 1.11. */
		reason: z.string().optional(),
		category: z.string().default('AUTHENTICATION'),
		/** Authentication: as in a creation. Other categories: shown in lists as they are. */
		components: z.array(z.record(z.unknown())).optional(),
		/** Seconds for which WhatsApp tries to deliver its messages. */
		messageSendTtlSeconds: z.number().optional(),
	})
	.strict();

export type MessageFilter = z.input<typeof messageFilter>;
export type SmsFilter = z.input<typeof smsFilter>;
export type RequestFilter = z.input<typeof requestFilter>;
export type WebhookFilter = z.input<typeof webhookFilter>;
export type TemplateOrder = z.input<typeof templateOrder>;
export type ResetOptions = z.input<typeof resetSchema>;

/** What tests, the demo and the admin API can see and order. Lists are oldest first. */
export interface Control {
	messages(filter?: MessageFilter): Message[];
	/** Rejects with WaitTimeout, as the other waits do. */
	waitForMessages(filter?: MessageFilter, options?: WaitOptions): Promise<Message[]>;
	/** As if a person looked at them on the phone. */
	readMessages(filter?: MessageFilter): void;
	sms(filter?: SmsFilter): Sms[];
	waitForSms(filter?: SmsFilter, options?: WaitOptions): Promise<Sms[]>;
	alerts(): Alert[];
	waitForAlerts(options?: WaitOptions): Promise<Alert[]>;
	requests(filter?: RequestFilter): RequestEntry[];
	waitForRequests(filter?: RequestFilter, options?: WaitOptions): Promise<RequestEntry[]>;
	faults(): Fault[];
	addFault(fault: NewFault): void;
	clearFaults(): void;
	schedule(): Schedule;
	setSchedule(patch: Partial<Schedule>): Schedule;
	subscriptions(): Array<Subscription & { provider: ProviderId }>;
	webhooks(filter?: WebhookFilter): WebhookEntry[];
	waitForWebhooks(filter?: WebhookFilter, options?: WaitOptions): Promise<WebhookEntry[]>;
	templates(): Template[];
	/** Throws Refusal where there is no such template, or where `components` are none that Meta takes. */
	setTemplate(order: TemplateOrder): Template;
	/** After which time a new template is approved by itself; null: never. */
	setApproval(afterMs: number | null): void;
	/** Logins of the On-Premises server. */
	setSessions(order: SessionOrder): void;
	/** Numbers as a server of the On-Premises API knows them. */
	setContact(order: ContactOrder): void;
	reset(options?: ResetOptions): void;
}

function fitsMessage(filter: MessageFilter = {}) {
	const wanted = messageFilter.parse(filter);
	return (message: Message) =>
		(wanted.provider ?? message.provider) === message.provider &&
		(wanted.to ?? message.to) === message.to &&
		(wanted.status ?? message.status) === message.status;
}

function fitsSms(filter: SmsFilter = {}) {
	const wanted = smsFilter.parse(filter);
	return (sms: Sms) => (wanted.to ?? sms.to) === sms.to;
}

function fitsRequest(filter: RequestFilter = {}) {
	const wanted = requestFilter.parse(filter);
	return (entry: RequestEntry) =>
		(wanted.provider ?? entry.provider) === entry.provider &&
		(wanted.path ?? entry.path) === entry.path &&
		(wanted.call ?? entry.call) === entry.call &&
		(wanted.method ?? entry.method) === entry.method;
}

function fitsWebhook(filter: WebhookFilter = {}) {
	const wanted = webhookFilter.parse(filter);
	return (entry: WebhookEntry) =>
		(wanted.provider ?? entry.provider) === entry.provider &&
		(wanted.state ?? entry.state) === entry.state &&
		(wanted.messageId === undefined || entry.messageIds.includes(wanted.messageId)) &&
		(wanted.event === undefined || entry.events.includes(wanted.event));
}

function setTemplate(world: World, order: TemplateOrder): Template {
	const { provider, name, language, status, reason, category, components, messageSendTtlSeconds } =
		templateOrder.parse(order);
	const existing = world.templates.find(provider, name, language);
	if (existing) {
		world.setTemplateStatus(existing, status, reason);
		return existing;
	}
	if (!components) {
		const details = [`${provider} has no template ${name} in ${language}: seed it with components`];
		throw new Refusal(132001, { details });
	}
	const ttl = messageSendTtlSeconds === undefined ? {} : { message_send_ttl_seconds: messageSendTtlSeconds };
	const body = { name, language, category, components, ...ttl };
	const lenient = { flatAppFields: true, ttlSeconds: { min: 30, max: 900 } };
	const created = category === 'AUTHENTICATION' ? readNewTemplate(body, lenient) : body;
	return world.templates.add(provider, created, status);
}

export function controlOf(world: World): Control {
	return {
		messages: (filter) => world.messages.list(fitsMessage(filter)),
		waitForMessages: (filter, options) => world.messages.wait(fitsMessage(filter), options),
		readMessages: (filter) => world.messages.list(fitsMessage(filter)).forEach((one) => world.view(one)),
		sms: (filter) => world.sms.list(fitsSms(filter)),
		waitForSms: (filter, options) => world.sms.wait(fitsSms(filter), options),
		alerts: () => world.alerts.list(),
		waitForAlerts: (options) => world.alerts.wait(() => true, options),
		requests: (filter) => world.requests.list(fitsRequest(filter)),
		waitForRequests: (filter, options) => world.requests.wait(fitsRequest(filter), options),
		faults: () => world.faults.list(),
		addFault: (fault) => world.faults.add(fault),
		clearFaults: () => world.faults.clear(),
		schedule: () => world.schedule,
		setSchedule: (patch) => (world.schedule = { ...world.schedule, ...patch }),
		subscriptions: () =>
			providerIds.flatMap((provider) =>
				world.postman.subscriptions(provider).map((subscription) => ({ provider, ...subscription })),
			),
		webhooks: (filter) => world.postman.journal.list(fitsWebhook(filter)),
		waitForWebhooks: (filter, options) => world.postman.journal.wait(fitsWebhook(filter), options),
		templates: () => world.templates.journal.list(),
		setTemplate: (order) => setTemplate(world, order),
		setApproval: (afterMs) => {
			world.approveMs = afterMs;
		},
		setSessions: (order) => setSessions(world, order),
		setContact: (order) => setContact(world, order),
		reset: ({ keep = [] } = {}) =>
			world.reset({
				templates: keep.includes('templates'),
				subscriptions: keep.includes('subscriptions'),
			}),
	};
}

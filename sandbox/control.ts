import { z } from 'zod';
import type { WaitOptions } from './awaitable-list';
import { faultSchemaOf, type Fault, type NewFault } from './faults';
import { deliveryStatuses, type Message } from './messages';
import { providers } from './providers';
import { readNewTemplate } from './providers/meta/template-rules';
import { setContact, setSessions, type ContactOrder, type SessionOrder } from './providers/onPremises/orders';
import { Refusal } from './refusal';
import type { Alert, Sms } from './sms';
import type { RequestEntry, State } from './state';
import { scheduleSchema, type Schedule } from './status-schedule';
import { templateStatuses, type Template } from './templates';
import { webhookStates, type Subscription, type WebhookEntry } from './webhook-delivery';

const digits = z.string().transform((number) => number.replace(/\D/g, ''));

/** One of these names. */
const oneOf = ([first = '', ...others]: readonly string[]) => z.enum([first, ...others]);

const providerIds = providers.map(({ id }) => id);
const callNames = new Set(providers.flatMap(({ calls }) => calls.map(({ name }) => name)));
const provider = oneOf(providerIds);

export const faultSchema = faultSchemaOf(provider, oneOf([...callNames]));

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
		/** A status or a template event in it. */
		event: z.string(),
		state: z.enum(webhookStates),
	})
	.partial()
	.strict();
export const schedulePatch = scheduleSchema.partial();
export const approvalSchema = z.object({ afterMs: z.number().int().min(0).max(600_000).nullable() }).strict();
export const resetSchema = z.object({ keep: z.array(z.enum(['templates', 'subscriptions'])).optional() }).strict();

/** Sets the status of an existing template. With `components`, as in a creation, it seeds a new template. */
export const templateOrder = z
	.object({
		provider: provider.default('dialog360'),
		name: z.string(),
		language: z.string().default('en_US'),
		status: z.enum(templateStatuses).default('APPROVED'),
		/** Why it was rejected, in Meta's words: docs/reference/providers.md 1.11. */
		reason: z.string().optional(),
		category: z.string().default('AUTHENTICATION'),
		/** Authentication: as in a creation. Other categories: lists show them unchanged. */
		components: z.array(z.record(z.unknown())).optional(),
		/** WhatsApp tries to deliver a message for this number of seconds. */
		messageSendTtlSeconds: z.number().optional(),
	})
	.strict();

/** What a person writes to the business. */
export const incomingOrder = z
	.object({ provider: provider.default('dialog360'), from: digits, text: z.string() })
	.strict();

export type IncomingOrder = z.input<typeof incomingOrder>;
export type MessageFilter = z.input<typeof messageFilter>;
export type SmsFilter = z.input<typeof smsFilter>;
export type RequestFilter = z.input<typeof requestFilter>;
export type WebhookFilter = z.input<typeof webhookFilter>;
export type TemplateOrder = z.input<typeof templateOrder>;
export type ResetOptions = z.input<typeof resetSchema>;

/** What tests, the demo and the admin API can read and order. Lists are oldest first. */
export interface Control {
	messages(filter?: MessageFilter): Message[];
	/** Rejects with WaitTimeout, like the other waits. */
	waitForMessages(filter?: MessageFilter, options?: WaitOptions): Promise<Message[]>;
	/** Marks them as read, as if a person looked at the phone. */
	readMessages(filter?: MessageFilter): void;
	/** Presses "I didn't request a code" below them. */
	reportMessages(filter?: MessageFilter): void;
	/** A person writes to the business. */
	write(order: IncomingOrder): void;
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
	subscriptions(): Array<Subscription & { provider: string }>;
	webhooks(filter?: WebhookFilter): WebhookEntry[];
	waitForWebhooks(filter?: WebhookFilter, options?: WaitOptions): Promise<WebhookEntry[]>;
	templates(): Template[];
	/** Throws Refusal if there is no such template, or if Meta would refuse the `components`. */
	setTemplate(order: TemplateOrder): Template;
	/** A new template is approved after this time; null: never. */
	setApproval(afterMs: number | null): void;
	/** Changes the logins of the On-Premises server. */
	setSessions(order: SessionOrder): void;
	/** Changes what a server of the On-Premises API knows about a number. */
	setContact(order: ContactOrder): void;
	reset(options?: ResetOptions): void;
}

function matchesMessage(filter: MessageFilter = {}) {
	const wanted = messageFilter.parse(filter);
	return (message: Message) =>
		(wanted.provider ?? message.provider) === message.provider &&
		(wanted.to ?? message.to) === message.to &&
		(wanted.status ?? message.status) === message.status;
}

function matchesSms(filter: SmsFilter = {}) {
	const wanted = smsFilter.parse(filter);
	return (sms: Sms) => (wanted.to ?? sms.to) === sms.to;
}

function matchesRequest(filter: RequestFilter = {}) {
	const wanted = requestFilter.parse(filter);
	return (entry: RequestEntry) =>
		(wanted.provider ?? entry.provider) === entry.provider &&
		(wanted.path ?? entry.path) === entry.path &&
		(wanted.call ?? entry.call) === entry.call &&
		(wanted.method ?? entry.method) === entry.method;
}

function matchesWebhook(filter: WebhookFilter = {}) {
	const wanted = webhookFilter.parse(filter);
	return (entry: WebhookEntry) =>
		(wanted.provider ?? entry.provider) === entry.provider &&
		(wanted.state ?? entry.state) === entry.state &&
		(wanted.messageId === undefined || entry.messageIds.includes(wanted.messageId)) &&
		(wanted.event === undefined || entry.events.includes(wanted.event));
}

function setTemplate(state: State, order: TemplateOrder): Template {
	const { status, reason, components, messageSendTtlSeconds, ...wanted } = templateOrder.parse(order);
	const { provider, name, language, category } = wanted;
	const existing = state.templates.find(provider, name, language);
	if (existing) {
		state.setTemplateStatus(existing, status, reason);
		return existing;
	}
	if (!components) {
		const details = [`${provider} has no template ${name} in ${language}: seed it with components`];
		throw new Refusal(132001, { details });
	}
	const body = { name, language, category, components, message_send_ttl_seconds: messageSendTtlSeconds };
	const lenient = { flatAppFields: true, ttlSeconds: { min: 30, max: 900 } };
	const created = category === 'AUTHENTICATION' ? readNewTemplate(body, lenient) : body;
	return state.templates.add(provider, created, status);
}

export function controlOf(state: State): Control {
	const { messages, sms, alerts, requests, faults, webhooks, templates } = state;
	return {
		messages: (filter) => messages.list(matchesMessage(filter)),
		waitForMessages: (filter, options) => messages.wait(matchesMessage(filter), options),
		readMessages: (filter) => messages.list(matchesMessage(filter)).forEach((one) => state.markRead(one)),
		reportMessages: (filter) =>
			messages.list(matchesMessage(filter)).forEach((one) => state.receive(one.provider, one.to, { reported: one })),
		write: (order) => {
			const { provider: receiver, from, text } = incomingOrder.parse(order);
			state.receive(receiver, from, { text });
		},
		sms: (filter) => sms.list(matchesSms(filter)),
		waitForSms: (filter, options) => sms.wait(matchesSms(filter), options),
		alerts: () => alerts.list(),
		waitForAlerts: (options) => alerts.wait(() => true, options),
		requests: (filter) => requests.list(matchesRequest(filter)),
		waitForRequests: (filter, options) => requests.wait(matchesRequest(filter), options),
		faults: () => faults.list(),
		addFault: (fault) => faults.add(faultSchema.parse(fault)),
		clearFaults: () => faults.clear(),
		schedule: () => state.schedule,
		setSchedule: (patch) => (state.schedule = { ...state.schedule, ...patch }),
		subscriptions: () =>
			providerIds.flatMap((id) => state.receivers(id).map((subscription) => ({ provider: id, ...subscription }))),
		webhooks: (filter) => webhooks.log.list(matchesWebhook(filter)),
		waitForWebhooks: (filter, options) => webhooks.log.wait(matchesWebhook(filter), options),
		templates: () => templates.all.list(),
		setTemplate: (order) => setTemplate(state, order),
		setApproval: (afterMs) => {
			state.approveMs = afterMs;
		},
		setSessions: (order) => setSessions(state, order),
		setContact: (order) => setContact(state, order),
		reset: ({ keep = [] } = {}) =>
			state.reset({
				templates: keep.includes('templates'),
				subscriptions: keep.includes('subscriptions'),
			}),
	};
}

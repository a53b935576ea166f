import { randomBytes } from 'node:crypto';
import { AwaitableList } from './awaitable-list';
import { Faults } from './faults';
import type { Incoming } from './incoming';
import type { DeliveryStatus, Message } from './messages';
import type { Seal } from './seal';
import type { Alert, Sms } from './sms';
import {
	defaultSchedule,
	reportsOf,
	statusesOf,
	type Report,
	type Schedule,
	type StatusChange,
} from './status-schedule';
import { Templates, type NewTemplate, type Template, type TemplateStatus } from './templates';
import { Timers } from './timers';
import { WebhookDelivery, type NewWebhook, type Subscription } from './webhook-delivery';

/** A request to a provider, with the status of its answer. */
export interface RequestEntry {
	/** Id of the provider. */
	provider: string;
	/** Absent if the path does not exist. */
	call?: string;
	method: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body: unknown;
	/** Absent if the connection was broken instead of an answer. */
	status?: number;
	at: string;
}

/** What a reset does not clear. */
export interface Kept {
	templates?: boolean;
	subscriptions?: boolean;
}

/** What one provider stores besides messages, templates and subscriptions. */
export interface OwnState {
	clear(keep: Kept): void;
}

/** The part of a provider that the state calls. */
export interface EventSource {
	id: string;
	/** Makes the provider's own state, once per sandbox. Read it with `State.own`. */
	createState?(now: () => number): OwnState;
	/** The body of one webhook with all these changes. Absent if the provider sends no webhooks. */
	statusEvent?(changes: StatusChange[], oddities: Schedule, state: State): unknown;
	/** Whether the account wants webhooks about this status. Absent: about every status. */
	reports?(status: StatusChange['status'], state: State): boolean;
	/** The body of a webhook about the status of a template. */
	templateEvent?(template: Template): unknown;
	/** The body of a webhook about what a person sent. Absent if the reference does not have its form. */
	incomingEvent?(incoming: Incoming, state: State): unknown;
	/** Where webhooks go. Absent: to what is registered in `State.webhooks`. */
	receivers?(event: 'message' | 'template', state: State): Subscription[];
	/** Whether the other receivers get only what the first one has answered with 200. */
	isMainFirst?: boolean;
	/** Signs a webhook. Absent if the provider does not sign. */
	seal?(body: unknown, wrongSecret: boolean): Seal;
}

interface StateOptions {
	providers: readonly EventSource[];
	/** Milliseconds since the epoch. */
	now: () => number;
	/** A new template is approved after this time; null: never. */
	approveMs: number | null;
}

const rank: Record<DeliveryStatus, number> = { accepted: 0, sent: 1, delivered: 2, read: 3, failed: 4 };

/** Everything that one sandbox stores, and what happens in it over time. */
export class State {
	readonly now: () => number;
	readonly messages = new AwaitableList<Message>();
	readonly requests = new AwaitableList<RequestEntry>();
	readonly sms = new AwaitableList<Sms>();
	readonly alerts = new AwaitableList<Alert>();
	readonly faults = new Faults();
	readonly templates: Templates;
	readonly webhooks: WebhookDelivery;
	schedule = { ...defaultSchedule };
	approveMs: number | null;
	private readonly timers = new Timers();
	private readonly providers: ReadonlyMap<string, EventSource>;
	private readonly ownStates = new Map<string, OwnState>();

	constructor({ providers, now, approveMs }: StateOptions) {
		this.now = now;
		this.approveMs = approveMs;
		this.templates = new Templates(now);
		this.webhooks = new WebhookDelivery(this.timers, now);
		this.providers = new Map(providers.map((provider) => [provider.id, provider]));
		for (const provider of providers) {
			const own = provider.createState?.(now);
			if (own) this.ownStates.set(provider.id, own);
		}
	}

	/** The state that this provider made with `createState`. Throws if it made none of this class. */
	own<Own>(provider: string, type: new (...parameters: never[]) => Own): Own {
		const own = this.ownStates.get(provider);
		if (own instanceof type) return own;
		throw new Error(`The provider ${provider} has no ${type.name}`);
	}

	createTemplate(provider: string, created: NewTemplate): Template {
		const template = this.templates.add(provider, created);
		this.approveLater(template);
		return template;
	}

	editTemplate(template: Template, changed: Partial<NewTemplate>): void {
		this.templates.edit(template, changed);
		this.approveLater(template);
	}

	setTemplateStatus(template: Template, status: TemplateStatus, reason?: string): void {
		this.templates.setStatus(template, status, reason);
		const body = this.providers.get(template.provider)?.templateEvent?.(template);
		if (!this.schedule.enabled || body === undefined) return;
		this.sendWebhook('template', { events: [status], messageIds: [], body, provider: template.provider });
	}

	/** The provider took the message. It is on the phone now, and its statuses follow. */
	accept(message: Message): void {
		this.messages.add(message);
		for (const { status, delayMs } of statusesOf(message, this.schedule)) {
			if (status !== 'in_orbit') this.timers.after(delayMs, () => this.setStatus(message, status));
		}
		for (const report of reportsOf(message, this.schedule)) this.reportLater(report);
	}

	/** A person reads the message. Its webhook never comes before the one of `delivered`. */
	markRead(message: Message): void {
		if (message.status === 'read' || message.status === 'failed') return;
		const deliveredAt = Date.parse(message.acceptedAt) + this.schedule.deliveredMs;
		const delayMs = Math.max(0, deliveredAt + 50 - this.now());
		this.timers.after(delayMs, () => {
			if (message.status === 'read') return;
			this.setStatus(message, 'read');
			if (!this.schedule.enabled || !this.schedule.statuses.includes('read')) return;
			this.reportLater({ delayMs: 0, changes: [{ message, status: 'read', at: this.now() }] });
		});
	}

	/** A person writes to the business, or reports a message. Sends nothing if the provider's webhook has no form. */
	receive(provider: string, from: string, content: Incoming['content']): void {
		const incoming = { id: `wamid.${randomBytes(24).toString('base64url')}`, from, at: this.now(), content };
		const body = this.incomingEvent(provider, incoming);
		if (body === undefined) return;
		const events = ['text' in content ? 'text' : 'report'];
		this.sendWebhook('message', { events, messageIds: [incoming.id], body, provider });
	}

	/** Whether the phone shows the button "I didn't request a code". */
	takesReports(message: Message): boolean {
		const report = { id: '', from: message.to, at: 0, content: { reported: message } };
		return this.incomingEvent(message.provider, report) !== undefined;
	}

	private incomingEvent(provider: string, incoming: Incoming): unknown {
		return this.providers.get(provider)?.incomingEvent?.(incoming, this);
	}

	/** Stops everything under way and clears all but what is kept. */
	reset(keep: Kept = {}): void {
		this.timers.clear();
		this.webhooks.abort();
		this.messages.remove();
		this.requests.remove();
		this.sms.remove();
		this.alerts.remove();
		this.faults.clear();
		this.schedule = { ...defaultSchedule };
		for (const own of this.ownStates.values()) own.clear(keep);
		if (!keep.templates) this.templates.clear();
		if (!keep.subscriptions) this.webhooks.unsubscribeAll();
	}

	private approveLater(template: Template): void {
		if (this.approveMs === null) return;
		this.timers.after(this.approveMs, () => {
			if (template.status === 'PENDING') this.setTemplateStatus(template, 'APPROVED');
		});
	}

	private setStatus(message: Message, status: DeliveryStatus): void {
		if (rank[status] <= rank[message.status]) return;
		message.status = status;
		message.history.push({ status, at: new Date(this.now()).toISOString() });
		this.messages.changed();
	}

	private reportLater({ delayMs, changes }: Report): void {
		const { schedule } = this;
		this.timers.after(delayMs, () => this.report(changes, schedule));
	}

	/** Sends one webhook about these changes, all of one message. */
	private report(planned: StatusChange[], oddities: Schedule): void {
		const provider = this.providers.get(planned[0]?.message.provider ?? '');
		if (!provider) return;
		const changes = planned.filter(({ status }) => provider.reports?.(status, this) ?? true);
		if (changes.length === 0) return;
		const body = provider.statusEvent?.(changes, oddities, this);
		if (body === undefined) return;
		this.sendWebhook('message', {
			events: changes.map(({ status }) => status),
			messageIds: changes.map(({ message }) => message.id),
			body,
			provider: provider.id,
		});
	}

	/** The receivers of a provider's events about messages. */
	receivers(id: string): Subscription[] {
		return this.receiversOf('message', id);
	}

	private receiversOf(event: 'message' | 'template', id: string): Subscription[] {
		return this.providers.get(id)?.receivers?.(event, this) ?? this.webhooks.subscriptions(id);
	}

	private sendWebhook(
		event: 'message' | 'template',
		webhook: Omit<NewWebhook, 'wrongSecret' | 'isMainFirst' | 'isStrict' | 'seal'>,
	): void {
		const { wrongSecret, order } = this.schedule;
		const isStrict = order !== 'normal';
		const provider = this.providers.get(webhook.provider);
		const { isMainFirst = false } = provider ?? {};
		const seal = provider?.seal?.(webhook.body, wrongSecret);
		this.webhooks.send({ ...webhook, wrongSecret, isMainFirst, isStrict, seal }, () =>
			this.receiversOf(event, webhook.provider),
		);
	}
}

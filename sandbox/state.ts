import type { ProviderId } from './accounts';
import { type CallName, Faults } from './faults';
import { Journal } from './awaitable-list';
import type { DeliveryStatus, Message } from './messages';
import type { Send } from './providers/meta/send-rules';
import { wordingOf } from './providers/meta/wording';
import { OnPremisesServer } from './providers/onPremises/server';
import type { Alert, Sms } from './sms-and-alerts';
import { Postman, type Letter } from './webhook-delivery';
import { providerOf } from './providers';
import { course, defaultSchedule, plan, type Report } from './status-schedule';
import { Templates, type NewTemplate, type Template, type TemplateStatus } from './templates';
import { Timers } from './timers';
import { Tenant } from './providers/waCr/tenant';

export interface RequestEntry {
	provider: ProviderId;
	/** Absent where the path doesn't exist. */
	call?: CallName;
	method: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body: unknown;
	/** Of the answer; absent where the connection was broken instead. */
	status?: number;
	at: string;
}

const rank: Record<DeliveryStatus, number> = { accepted: 0, sent: 1, delivered: 2, read: 3, failed: 4 };

/** All that the sandbox knows, and what happens in it as time goes by. */
export class World {
	readonly messages = new Journal<Message>();
	readonly requests = new Journal<RequestEntry>();
	readonly sms = new Journal<Sms>();
	readonly alerts = new Journal<Alert>();
	readonly faults = new Faults();
	readonly timers = new Timers();
	readonly templates: Templates;
	readonly postman: Postman;
	readonly servers: Record<'dialog360OnPremises' | 'onPremises', OnPremisesServer>;
	/** WA.cr's. */
	readonly tenant: Tenant;
	/** What was set by Meta's and 1MSG's own calls, as each of the two reads it. */
	readonly settings = new Map<ProviderId, Readonly<Record<string, unknown>>>();
	schedule = { ...defaultSchedule };

	constructor(
		readonly now: () => number,
		/** After which time a new template is approved by itself; null: never. */
		public approveMs: number | null,
	) {
		this.templates = new Templates(now);
		this.postman = new Postman(this.timers, now);
		this.servers = { dialog360OnPremises: new OnPremisesServer(now), onPremises: new OnPremisesServer(now) };
		this.tenant = new Tenant(now);
	}

	createTemplate(provider: ProviderId, created: NewTemplate): Template {
		const template = this.templates.add(provider, created);
		this.review(template);
		return template;
	}

	editTemplate(template: Template, changed: Partial<NewTemplate>): void {
		this.templates.edit(template, changed);
		this.review(template);
	}

	private review(template: Template): void {
		if (this.approveMs === null) return;
		this.timers.after(this.approveMs, () => {
			if (template.status === 'PENDING') this.setTemplateStatus(template, 'APPROVED');
		});
	}

	setTemplateStatus(template: Template, status: TemplateStatus, reason?: string): void {
		this.templates.setStatus(template, status, reason);
		const body = providerOf(template.provider).templateEvent?.(template);
		if (!this.schedule.enabled || body === undefined) return;
		this.notify(template.provider, { events: [status], messageIds: [], body });
	}

	/** The provider took the message: it is on the phone, and its statuses are on their way. */
	accept(provider: ProviderId, id: string, send: Send, error?: Message['error']): Message {
		const message: Message = { ...this.compose(provider, id, send), ...(error && { error }) };
		this.messages.add(message);
		for (const { status, delayMs } of course(message, this.schedule)) {
			if (status !== 'in_orbit') this.timers.after(delayMs, () => this.advance(message, status));
		}
		for (const report of plan(message, this.schedule)) this.report(report);
		return message;
	}

	/** A person sees the message. `read` never overtakes `delivered` on its way to the receiver. */
	view(message: Message): void {
		if (message.status === 'read' || message.status === 'failed') return;
		const deliveredAt = Date.parse(message.acceptedAt) + this.schedule.deliveredMs;
		const delayMs = Math.max(0, deliveredAt + 50 - this.now());
		this.timers.after(delayMs, () => {
			if (message.status === 'read') return;
			this.advance(message, 'read');
			if (!this.schedule.enabled || !this.schedule.statuses.includes('read')) return;
			this.report({ delayMs: 0, changes: [{ message, status: 'read', at: this.now() }] });
		});
	}

	/** Ends everything under way and forgets what was seen; `keep` names what stays. */
	reset(keep: { templates?: boolean; subscriptions?: boolean } = {}): void {
		this.timers.clear();
		this.postman.recall();
		this.messages.remove();
		this.requests.remove();
		this.sms.remove();
		this.alerts.remove();
		this.faults.clear();
		this.schedule = { ...defaultSchedule };
		this.tenant.clear();
		for (const server of Object.values(this.servers)) server.clear(keep);
		if (!keep.templates) this.templates.clear();
		if (keep.subscriptions) return;
		this.postman.unsubscribeAll();
		this.settings.clear();
	}

	private compose(provider: ProviderId, id: string, { to, template, code, callbackData }: Send): Message {
		const { name, language, otp } = template;
		const wording = wordingOf(language);
		const minutes = otp.codeExpirationMinutes;
		const text = otp.addSecurityRecommendation ? `${wording.body} ${wording.security}` : wording.body;
		return {
			id,
			provider,
			to,
			template: { name, language },
			code,
			// A function, because a code may hold the patterns of String.replace, such as $&.
			text: text.replace('{{1}}', () => code),
			...(minutes !== undefined && {
				footer: wording.expiry(minutes),
				expiresAt: new Date(this.now() + minutes * 60_000).toISOString(),
			}),
			button: { type: otp.type, text: otp.copyText, autofillText: otp.autofillText },
			...(callbackData !== undefined && { callbackData }),
			acceptedAt: new Date(this.now()).toISOString(),
			status: 'accepted',
			history: [],
		};
	}

	private advance(message: Message, status: DeliveryStatus): void {
		if (rank[status] <= rank[message.status]) return;
		message.status = status;
		message.history.push({ status, at: new Date(this.now()).toISOString() });
		this.messages.changed();
	}

	private report({ delayMs, changes: planned }: Report): void {
		const id = planned[0]?.message.provider;
		if (!id) return;
		const { unknownFields } = this.schedule;
		this.timers.after(delayMs, () => {
			const provider = providerOf(id);
			const changes = planned.filter(({ status }) => provider.reports?.(status, this) ?? true);
			const body = changes.length > 0 ? provider.statusEvent?.(changes, unknownFields, this) : undefined;
			if (body === undefined) return;
			const messageIds = changes.map(({ message }) => message.id);
			this.notify(id, { events: changes.map(({ status }) => status), messageIds, body });
		});
	}

	private notify(provider: ProviderId, news: Pick<Letter, 'events' | 'messageIds' | 'body'>): void {
		const { wrongSecret } = this.schedule;
		const seal = providerOf(provider).seal?.(news.body, wrongSecret);
		this.postman.post({ ...news, provider, wrongSecret, ...(seal && { seal }) });
	}
}

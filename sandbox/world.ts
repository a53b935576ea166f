import type { CallName } from './faults';
import type { ProviderId } from './accounts';
import { Faults } from './faults';
import { Journal } from './journal';
import type { DeliveryStatus, Message } from './messages';
import { wordingOf } from './meta/wording';
import type { Send } from './meta/sendRules';
import { Postman } from './postman';
import { providerOf } from './providers';
import { course, defaultSchedule, plan, type Report } from './schedule';
import { Templates, type NewTemplate, type Template, type TemplateStatus } from './templates';
import { Timers } from './timers';

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
	readonly faults = new Faults();
	readonly timers = new Timers();
	readonly templates: Templates;
	readonly postman: Postman;
	schedule = { ...defaultSchedule };

	constructor(
		readonly now: () => number,
		/** After which time a new template is approved by itself; null: never. */
		public approveMs: number | null,
	) {
		this.templates = new Templates(now);
		this.postman = new Postman(this.timers, now);
	}

	createTemplate(provider: ProviderId, created: NewTemplate): Template {
		const template = this.templates.add(provider, created);
		if (this.approveMs !== null) {
			this.timers.after(this.approveMs, () => {
				if (template.status === 'PENDING') this.setTemplateStatus(template, 'APPROVED');
			});
		}
		return template;
	}

	setTemplateStatus(template: Template, status: TemplateStatus, reason?: string): void {
		this.templates.setStatus(template, status, reason);
		if (!this.schedule.enabled) return;
		this.postman.post({
			provider: template.provider,
			events: [status],
			messageIds: [],
			body: providerOf(template.provider).templateEvent(template),
			wrongSecret: this.schedule.wrongSecret,
		});
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
		this.faults.clear();
		this.schedule = { ...defaultSchedule };
		if (!keep.templates) this.templates.clear();
		if (!keep.subscriptions) this.postman.unsubscribeAll();
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
		};
	}

	private advance(message: Message, status: DeliveryStatus): void {
		if (rank[status] <= rank[message.status]) return;
		message.status = status;
		this.messages.changed();
	}

	private report({ delayMs, changes }: Report): void {
		const provider = changes[0]?.message.provider;
		if (!provider) return;
		const { unknownFields, wrongSecret } = this.schedule;
		this.timers.after(delayMs, () =>
			this.postman.post({
				provider,
				events: changes.map(({ status }) => status),
				messageIds: changes.map(({ message }) => message.id),
				body: providerOf(provider).statusEvent(changes, unknownFields),
				wrongSecret,
			}),
		);
	}
}

import { randomBytes, randomInt } from 'node:crypto';
import type { ProviderId } from './accounts';
import { Journal } from './awaitable-list';
import type { Otp } from './providers/meta/template-rules';

/** Statuses of Meta (docs/reference/providers.md 1.5); providers that write them in lower case do so in their answers. */
export const templateStatuses = [
	'APPROVED',
	'PENDING',
	'REJECTED',
	'PAUSED',
	'DISABLED',
	'IN_APPEAL',
	'PENDING_DELETION',
	'LIMIT_EXCEEDED',
	'ARCHIVED',
] as const;

export type TemplateStatus = (typeof templateStatuses)[number];

export interface Template {
	provider: ProviderId;
	/** Meta's id: digits. */
	id: string;
	/** The provider's own id, where it has one. */
	ownId: string;
	name: string;
	language: string;
	category: string;
	status: TemplateStatus;
	rejectedReason: string;
	/** As a list shows them: preset text filled in, button of type URL (docs/reference/providers.md 1.1). */
	components: unknown[];
	/** Absent in templates that are not for authentication. */
	otp?: Otp;
	messageSendTtlSeconds?: number;
	modifiedAt: number;
	/** When it was changed while it was approved, in milliseconds since the epoch. */
	edits: number[];
}

export type NewTemplate = Pick<
	Template,
	'name' | 'language' | 'category' | 'components' | 'otp' | 'messageSendTtlSeconds'
>;

/** All templates of all accounts. */
export class Templates {
	readonly journal = new Journal<Template>();
	/** Names of deleted approved templates, which Meta blocks for 30 days (docs/reference/providers.md 1.5). */
	private readonly blockedUntil = new Map<string, number>();

	constructor(private readonly now: () => number) {}

	list(provider: ProviderId): Template[] {
		return this.journal.list((template) => template.provider === provider);
	}

	find(provider: ProviderId, name: string, language: string): Template | undefined {
		return this.list(provider).find((one) => one.name === name && one.language === language);
	}

	add(provider: ProviderId, created: NewTemplate, status: TemplateStatus = 'PENDING'): Template {
		const template: Template = {
			...created,
			provider,
			id: String(randomInt(1e14, 2 ** 48 - 1)),
			ownId: randomBytes(24).toString('base64').replace(/[+/=]/g, '').padEnd(22, 'x').slice(0, 22),
			status,
			rejectedReason: 'NONE',
			modifiedAt: this.now(),
			edits: [],
		};
		this.journal.add(template);
		return template;
	}

	setStatus(template: Template, status: TemplateStatus, reason = 'NONE'): void {
		template.status = status;
		template.rejectedReason = reason;
		template.modifiedAt = this.now();
		this.journal.changed();
	}

	edit(template: Template, changed: Partial<NewTemplate>): void {
		if (template.status === 'APPROVED') template.edits.push(this.now());
		Object.assign(template, changed);
		this.setStatus(template, 'PENDING');
	}

	/** Removes a name in all its languages or, with an id, in one; false if there was none. */
	remove(provider: ProviderId, name: string, id?: string): boolean {
		const doomed = this.journal.remove(
			(one) => one.provider === provider && one.name === name && (id === undefined || one.id === id),
		);
		if (doomed.some((template) => template.status === 'APPROVED')) {
			this.blockedUntil.set(`${provider} ${name}`, this.now() + 30 * 24 * 3600 * 1000);
		}
		return doomed.length > 0;
	}

	isBlocked(provider: ProviderId, name: string): boolean {
		return (this.blockedUntil.get(`${provider} ${name}`) ?? 0) > this.now();
	}

	clear(): void {
		this.journal.remove();
		this.blockedUntil.clear();
	}
}

import { randomBytes, randomInt } from 'node:crypto';
import { AwaitableList } from './awaitable-list';
import { omitUndefined } from './omit-undefined';

/** Meta's statuses (docs/reference/providers.md 1.5). Providers that write them in lower case convert them. */
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

export const otpTypes = ['COPY_CODE', 'ONE_TAP', 'ZERO_TAP'] as const;

/** The one-time code parts of a template as its owner defined them. Lists no longer show them. */
export interface Otp {
	type: (typeof otpTypes)[number];
	copyText: string;
	autofillText: string;
	addSecurityRecommendation: boolean;
	codeExpirationMinutes?: number;
	apps: Array<{ package_name: string; signature_hash: string }>;
}

export interface Template {
	/** Id of the provider. */
	provider: string;
	/** Meta's id: digits. */
	id: string;
	/** The id that the provider itself gives, if it does. */
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
	/** Times of the edits of an approved template, in milliseconds since the epoch. */
	edits: number[];
}

export type NewTemplate = Pick<
	Template,
	'name' | 'language' | 'category' | 'components' | 'otp' | 'messageSendTtlSeconds'
>;

/** For so long Meta blocks the name of a deleted approved template (docs/reference/providers.md 1.5). */
const blockedMs = 30 * 24 * 3600 * 1000;

/** All templates of all accounts. */
export class Templates {
	readonly all = new AwaitableList<Template>();
	/** Names of deleted approved templates. */
	private readonly blockedUntil = new Map<string, number>();

	constructor(private readonly now: () => number) {}

	list(provider: string): Template[] {
		return this.all.list((template) => template.provider === provider);
	}

	find(provider: string, name: string, language: string): Template | undefined {
		return this.list(provider).find((one) => one.name === name && one.language === language);
	}

	add(provider: string, created: NewTemplate, status: TemplateStatus = 'PENDING'): Template {
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
		this.all.add(template);
		return template;
	}

	setStatus(template: Template, status: TemplateStatus, reason = 'NONE'): void {
		template.status = status;
		template.rejectedReason = reason;
		template.modifiedAt = this.now();
		this.all.changed();
	}

	/** Changes the given fields. Fields that are undefined keep their value. */
	edit(template: Template, changed: Partial<NewTemplate>): void {
		if (template.status === 'APPROVED') template.edits.push(this.now());
		Object.assign(template, omitUndefined(changed));
		this.setStatus(template, 'PENDING');
	}

	/** Removes a name in all its languages or, with an id, in one. Returns false if there was none. */
	remove(provider: string, name: string, id?: string): boolean {
		const removed = this.all.remove(
			(one) => one.provider === provider && one.name === name && (id === undefined || one.id === id),
		);
		if (removed.some((template) => template.status === 'APPROVED')) {
			this.blockedUntil.set(`${provider} ${name}`, this.now() + blockedMs);
		}
		return removed.length > 0;
	}

	isBlocked(provider: string, name: string): boolean {
		return (this.blockedUntil.get(`${provider} ${name}`) ?? 0) > this.now();
	}

	clear(): void {
		this.all.remove();
		this.blockedUntil.clear();
	}
}

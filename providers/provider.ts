import type { ZodType, ZodTypeDef } from 'zod';

import type { HttpClient } from './http';
import type { Template, TemplateDraft, TemplateLimits } from './template';

/** An account at a provider and the way to it. */
export interface Connection<Account> {
	http: HttpClient;
	account: Account;
}

export interface CodeMessage {
	/** E.164, as the person typed it. */
	to: string;
	code: string;
	template: { name: string; language: string };
	/** Ours; providers that have a place for it give it back with every status. At most 512 characters. */
	callbackData: string;
}

/** A provider took a message; that is not a delivery (verification.md, rule 15). */
export interface Receipt {
	messageId: string;
	status: string;
	waId?: string;
}

export interface StatusEvent {
	kind: 'status';
	messageId: string;
	status: 'sent' | 'delivered' | 'read' | 'failed';
	/** Milliseconds since 1970. */
	occurredAt: number;
	recipient?: string;
	callbackData?: string;
	error?: StatusError;
	/** The provider's own object. */
	raw: unknown;
}

export interface StatusError {
	code: number | string;
	title?: string;
	details?: string;
	class: string;
	hint: string;
}

export interface RawWebhook {
	headers: Record<string, string | string[] | undefined>;
	body: Buffer;
}

/** Where a provider pushes its events to. */
export interface WebhookTarget {
	url: string;
	headers: Record<string, string>;
}

export interface WebhookSupport<Account> {
	/** How to point the provider at a URL; `secret` comes back with every event and proves that it is the provider's. */
	target(url: string, secret: string): WebhookTarget;
	/** @returns undefined where none is registered */
	read(connection: Connection<Account>): Promise<WebhookTarget | undefined>;
	/** Replaces what is registered; undefined removes it. */
	write(connection: Connection<Account>, target: WebhookTarget | undefined): Promise<void>;
	/** In constant time. */
	authenticate(webhook: RawWebhook, secret: string): boolean;
	/** Everything in a body that is news for us; never throws. */
	parse(webhook: RawWebhook): StatusEvent[];
}

/**
 * A WhatsApp provider: what it can do, and nothing it can't. Methods throw ProviderError or TransportError.
 */
export interface Provider<Account = unknown> {
	readonly id: string;
	readonly name: string;
	readonly credential: string;
	readonly throughput: { messagesPerSecond: number };
	/** What the provider needs to know of a credential besides its secrets. */
	readonly account: ZodType<Account, ZodTypeDef, unknown>;
	sendCode(connection: Connection<Account>, message: CodeMessage): Promise<Receipt>;
	readonly templates?: {
		readonly limits: TemplateLimits;
		create(connection: Connection<Account>, draft: TemplateDraft): Promise<Template[]>;
		/** One page; `next` is handed back to get the one after it. */
		page(connection: Connection<Account>, next?: string): Promise<{ templates: Template[]; next?: string }>;
		delete(connection: Connection<Account>, name: string): Promise<void>;
	};
	readonly webhook?: WebhookSupport<Account>;
}

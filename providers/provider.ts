import type { ZodType, ZodTypeDef } from 'zod';
import type { ErrorEntry, Refused } from './errors';
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
	/** How long the code lives, in seconds, and what it is for; for providers that want to know. */
	expiresIn: number;
	purpose: string;
	/** Ours; providers that have a place for it give it back with every status. At most 512 characters. */
	callbackData: string;
}

/** A provider took a message; that is not a delivery (docs/reference/verification-rules.md 1.15). */
export interface Receipt {
	/** Absent where the provider has queued the message and will name it later. */
	messageId?: string;
	/** The provider's own word, such as `accepted`, `held_for_quality_assessment` or `pending`. */
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
	/** Whether it would hold the callback data of its send; else only the answer to that tells whose message it is. */
	givesBackCallbackData: boolean;
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

/** News of a message template. */
export interface TemplateEvent {
	kind: 'template';
	change: 'status' | 'quality' | 'category';
	/** Milliseconds since 1970. */
	occurredAt: number;
	template: TemplateNews;
	/** The provider's own object. */
	raw: unknown;
}

/** Null: the provider did not say. */
export interface TemplateNews {
	id: string | null;
	name: string | null;
	/** With an underscore, whatever the provider writes. */
	language: string | null;
	/** Upper case, such as APPROVED. */
	status: string | null;
	/** The one it has now; of a change that is only announced, still the old one. */
	category: string | null;
	reason: string | null;
	/** The reason in words. */
	details: string | null;
	quality?: string | null;
	previousQuality?: string | null;
	previousCategory?: string | null;
	/** The one that is announced. */
	comingCategory?: string | null;
	/** ISO 8601. */
	comingAt?: string | null;
}

export type WebhookEvent = StatusEvent | TemplateEvent;

export interface RawWebhook {
	headers: Record<string, string | string[] | undefined>;
	/** What follows the address; may hold anything. */
	query: Record<string, unknown>;
	body: Buffer;
}

/** Our end of a webhook. */
export interface WebhookTarget {
	url: string;
	/** Comes back with every event where nothing is signed, and proves that it is the provider's. */
	secret: string;
	/** What the provider shows our address before it sends anything there, to ask whether it is meant. */
	verifyToken: string;
}

/** What a provider has registered at the moment. */
export interface RegisteredWebhook {
	/** Where it pushes its events to. */
	urls: string[];
	/** What `restore` needs to put all of it back, as JSON; undefined where there is nothing to put back. */
	state?: unknown;
}

export interface WebhookSupport<Account> {
	/** Whether news of templates comes, too. */
	readonly sendsTemplateEvents: boolean;
	/** The field of the credential that events are signed with; where there is none, the target's secret comes back. */
	readonly signedWith?: { field: string; displayName: string; whereToFind: string };
	/** Our address as the provider has it: with the secret, where there is no other place for it. */
	address(target: WebhookTarget): string;
	read(connection: Connection<Account>): Promise<RegisteredWebhook>;
	/** Whether everything that `register` sets is set. */
	isComplete(registered: RegisteredWebhook, target: WebhookTarget): boolean;
	/** Replaces what is registered. */
	register(connection: Connection<Account>, target: WebhookTarget): Promise<void>;
	/** Puts back what `read` found; undefined leaves no address registered. */
	restore(connection: Connection<Account>, state: unknown, target: WebhookTarget): Promise<void>;
	/** In constant time. @param secret the target's, or the one that `signedWith` names */
	authenticate(webhook: RawWebhook, secret: string): boolean;
	/** Everything in a body that is news for us; never throws. */
	parse(webhook: RawWebhook): WebhookEvent[];
	/** The answer to a provider that shows its verify token; undefined if the token is wrong. In constant time. */
	handshake?(query: RawWebhook['query'], verifyToken: string): string | undefined;
	/** What a builder must set up at the provider before it sends events, as a sentence. */
	readonly setUpNotice?: string;
	/** What `restore` can't put back, as a sentence. */
	readonly restoreLimit?: string;
	/** Where a person can set the webhook by hand, if the credential may not: how, as a sentence without a full stop. */
	byHand?(refused: Refused, target: WebhookTarget): string | undefined;
}

export interface TemplateSupport<Account> {
	readonly limits: TemplateLimits;
	/** Whether one create takes several languages, and replaces those that exist. */
	readonly upserts: boolean;
	/** One page; `next` is handed back to get the one after it. */
	page(connection: Connection<Account>, next?: string): Promise<{ templates: Template[]; next?: string }>;
	create?(connection: Connection<Account>, draft: TemplateDraft): Promise<Template[]>;
	/** Replaces the components and the time to live of the template that the draft names. */
	update?(connection: Connection<Account>, id: string, draft: TemplateDraft): Promise<void>;
	/** Whether `delete` can take one language alone, named by the template's id. */
	readonly deletesOne?: boolean;
	/** In all its languages, or with an id in one. */
	delete?(connection: Connection<Account>, name: string, id?: string): Promise<void>;
	/** The texts that WhatsApp writes itself. */
	preview?(connection: Connection<Account>, wish: PreviewWish): Promise<Array<Record<string, unknown>>>;
}

export interface PreviewWish {
	languages: string[];
	addSecurityRecommendation: boolean;
	codeExpirationMinutes?: number;
}

/** Codes that live at the provider: it knows one per phone and purpose. */
export interface OwnVerification<Account> {
	/** Sends a new code, which the provider makes and does not tell. */
	resend(connection: Connection<Account>, message: Omit<CodeMessage, 'code' | 'callbackData'>): Promise<Receipt>;
	check(connection: Connection<Account>, entry: { to: string; code: string; purpose: string }): Promise<OwnCheck>;
	status(connection: Connection<Account>, subject: { to: string; purpose: string }): Promise<OwnStatus>;
}

export interface OwnCheck {
	result: 'approved' | 'invalid_code' | 'expired' | 'locked' | 'not_found' | 'rate_limited' | 'malformed';
	attemptsRemaining?: number;
	/** ISO 8601. */
	verifiedAt?: string;
	retryAfterSeconds?: number;
}

export interface OwnStatus {
	/** Whether a code is waiting to be entered. */
	isActive: boolean;
	/** ISO 8601. */
	expiresAt?: string;
	attemptsRemaining?: number;
}

/**
 * A WhatsApp provider: what it can do, and nothing it can't. Methods throw ProviderError or TransportError.
 */
export interface Provider<Account = unknown> {
	readonly id: string;
	readonly name: string;
	readonly credential: string;
	readonly throughput: { messagesPerSecond: number };
	/** Where it depends on the account: messages a second. */
	throughputOf?(account: Account): number;
	/** Every code it says no with. */
	readonly errors: readonly ErrorEntry[];
	/** What the provider needs to know of a credential besides its secrets. */
	readonly account: ZodType<Account, ZodTypeDef, unknown>;
	/**
	 * Exchanges a username and a password for the token that requests carry.
	 * @param http sends the credential's username and password as basic authentication
	 */
	logIn?(http: HttpClient, account: Account): Promise<string>;
	sendCode(connection: Connection<Account>, message: CodeMessage): Promise<Receipt>;
	/** Milliseconds to wait before each retry of a refused send, if the provider advises pauses for this error. */
	retryPauses?(refused: Refused): readonly number[] | undefined;
	readonly templates?: TemplateSupport<Account>;
	/** What the provider itself knows of a message. */
	getStatus?(connection: Connection<Account>, messageId: string): Promise<StatusEvent[]>;
	/** Providers that keep and check codes themselves. */
	readonly ownVerification?: OwnVerification<Account>;
	readonly webhook?: WebhookSupport<Account>;
}

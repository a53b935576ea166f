import type { ZodType, ZodTypeDef } from 'zod';
import type { Connection } from './connection';
import type { ErrorEntry, Refused } from './errors';
import type { HttpClient } from './http';
import type { Template, TemplateDraft, TemplateLimits } from './template';
import type { StatusEvent } from './webhook-events';
import type { WebhookSupport } from './webhook-support';

/** A code to send. */
export interface CodeMessage {
	/** The number in E.164, as the person typed it. */
	to: string;
	code: string;
	template: { name: string; language: string };
	/** The lifetime of the code in seconds. Only some providers use it. */
	expiresIn: number;
	/** What the code is for, such as `authentication`. Only some providers use it. */
	purpose: string;
	/** The id of this send. Some providers return it with every status. At most 512 characters. */
	callbackData: string;
}

/** A provider accepted a message. It may not be delivered yet (docs/reference/verification-rules.md 1.15). */
export interface Receipt {
	/** Undefined if the provider has queued the message and gives it an id later. */
	messageId?: string;
	/** The provider's own word, such as `accepted`, `held_for_quality_assessment` or `pending`. */
	status: string;
	/** The recipient's number as WhatsApp writes it. */
	waId?: string;
	/** Why the message may come late or not at all, as a sentence without a full stop. */
	note?: string;
}

/** What a provider can do with message templates. */
export interface TemplateSupport<Account> {
	readonly limits: TemplateLimits;
	/** Whether `create` takes several languages in one request, and replaces the templates that exist. */
	readonly upserts: boolean;
	/** @param next from the page before; undefined for the first page */
	page(connection: Connection<Account>, next?: string): Promise<TemplatePage>;
	create?(connection: Connection<Account>, draft: TemplateDraft): Promise<Template[]>;
	/** Replaces the components and the time to live of the template with this id. */
	update?(connection: Connection<Account>, id: string, draft: TemplateDraft): Promise<void>;
	/** Whether `delete` can delete a single language. */
	readonly deletesOne?: boolean;
	/** Deletes a template in all its languages. @param id deletes only the language that has this id */
	delete?(connection: Connection<Account>, name: string, id?: string): Promise<void>;
	/** The texts that WhatsApp writes into a template, one object for each language. */
	preview?(connection: Connection<Account>, wanted: PreviewRequest): Promise<Array<Record<string, unknown>>>;
}

export interface TemplatePage {
	templates: Template[];
	/** For the page after this one. Absent on the last page. */
	next?: string;
}

export interface PreviewRequest {
	languages: string[];
	addSecurityRecommendation: boolean;
	codeExpirationMinutes?: number;
}

/** For providers that keep and check codes themselves: one code for each number and purpose. */
export interface OwnVerification<Account> {
	/** Sends a new code. The provider makes it and does not tell it. */
	resend(connection: Connection<Account>, message: Omit<CodeMessage, 'code' | 'callbackData'>): Promise<Receipt>;
	/** Checks the code that a person entered. */
	check(connection: Connection<Account>, entry: { to: string; code: string; purpose: string }): Promise<OwnCheck>;
	status(connection: Connection<Account>, subject: { to: string; purpose: string }): Promise<OwnStatus>;
}

/** The provider's answer to a code that a person entered. */
export interface OwnCheck {
	result: 'approved' | 'invalid_code' | 'expired' | 'locked' | 'not_found' | 'rate_limited' | 'malformed';
	attemptsRemaining?: number;
	/** ISO 8601. */
	verifiedAt?: string;
	retryAfterSeconds?: number;
}

/** What the provider knows of its present code. */
export interface OwnStatus {
	/** Whether there is a code that can still be entered. */
	isActive: boolean;
	/** ISO 8601. */
	expiresAt?: string;
	attemptsRemaining?: number;
}

/**
 * A WhatsApp provider. What it cannot do is absent. Methods throw ProviderError if the provider refuses, and
 * TransportError if no response came.
 */
export interface Provider<Account = unknown> {
	/** The value of the node's parameter 'Provider'. */
	readonly id: string;
	readonly name: string;
	/** For a provider that has ended: since when, and what to do, as sentences. */
	readonly retired?: string;
	/** The name of its credential type. */
	readonly credential: string;
	readonly throughput: { messagesPerSecond: number };
	/** Messages a second, for a provider where it depends on the account. */
	throughputOf?(account: Account): number;
	/** Every error that the provider is known to give. */
	readonly errors: readonly ErrorEntry[];
	/** Reads the fields of the credential that are not secret, with defaults. */
	readonly account: ZodType<Account, ZodTypeDef, unknown>;
	/** The address of the account's API. */
	apiUrl(account: Account): string;
	/** What a builder should know about the account, as sentences. The calls go on. */
	hints?(account: Account, now: Date): string[];
	/**
	 * Exchanges a username and a password for the token that requests carry.
	 * @param http sends the credential's username and password as basic authentication
	 */
	logIn?(http: HttpClient, account: Account): Promise<string>;
	/**
	 * For a provider with `logIn` whose state the rules of a credential's test request cannot express.
	 * @returns what keeps the account from sending, as sentences; undefined if it can send
	 */
	accountProblem?(connection: Connection<Account>): Promise<string | undefined>;
	sendCode(connection: Connection<Account>, message: CodeMessage): Promise<Receipt>;
	/** Milliseconds to wait before each retry of a refused send, if the provider advises pauses for this error. */
	retryPauses?(refused: Refused): readonly number[] | undefined;
	readonly templates?: TemplateSupport<Account>;
	/** Asks the provider for the status of a message. @returns the statuses, the oldest first */
	getStatus?(connection: Connection<Account>, messageId: string): Promise<StatusEvent[]>;
	readonly ownVerification?: OwnVerification<Account>;
	readonly webhook?: WebhookSupport<Account>;
}

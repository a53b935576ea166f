import type { ZodType, ZodTypeDef } from 'zod';
import type { ErrorClass, ErrorEntry, Refused } from './errors';
import type { HttpClient } from './http';
import type { Template, TemplateDraft, TemplateLimits } from './template';

/** An account at a provider, and the client that calls it with the account's credential. */
export interface Connection<Account> {
	http: HttpClient;
	account: Account;
}

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

/** The delivery status of a message has changed. */
export interface StatusEvent {
	kind: 'status';
	messageId: string;
	status: 'sent' | 'delivered' | 'read' | 'failed';
	/** Milliseconds since 1970. */
	occurredAt: number;
	/** The recipient's number, in digits. Absent also if the person hides it. */
	recipient?: string;
	/** Ids of a person instead of the number (docs/reference/providers.md 1.10). */
	recipientUserId?: string;
	recipientParentUserId?: string;
	recipientUsername?: string;
	/** The provider's id of the number that sent the message. Absent if the webhook is of one number only. */
	senderId?: string;
	callbackData?: string;
	/**
	 * True: the provider returns the callback data of a send with its statuses. An event without callback data then
	 * belongs to a message of another system. False: only the message id tells which send an event belongs to.
	 */
	givesBackCallbackData: boolean;
	error?: StatusError;
	/** The provider's own object. */
	raw: unknown;
}

/** Why a message was not delivered. */
export interface StatusError {
	/** The provider's error code; `unknown` if it gave none. */
	code: number | string;
	/** The provider's own words. */
	title?: string;
	details?: string;
	class: ErrorClass;
	/** What to do about it, as a sentence without a full stop. */
	hint: string;
}

/** A person says of a message that another person must have requested the code (docs/reference/providers.md 1.13). */
export interface ReportEvent {
	kind: 'report';
	/** The message with the code. */
	messageId: string;
	/** Milliseconds since 1970. */
	occurredAt: number;
	/** The number of the person, in digits. Absent also if the person hides it. */
	recipient?: string | undefined;
	/** The provider's id of the number that sent the message. */
	senderId?: string | undefined;
	/** The provider's own object. */
	raw: unknown;
}

/** A message template has changed. */
export interface TemplateEvent {
	kind: 'template';
	change: 'status' | 'quality' | 'category';
	/** Milliseconds since 1970; undefined if the provider did not say. */
	occurredAt: number | undefined;
	template: ChangedTemplate;
	/** The provider's own object. */
	raw: unknown;
}

/** A template after its change. Null: the provider did not say. */
export interface ChangedTemplate {
	id: string | null;
	name: string | null;
	/** Always with an underscore, such as en_US. */
	language: string | null;
	/** Upper case, such as APPROVED. */
	status: string | null;
	/** The present category. If a change of category is only announced, this is still the old one. */
	category: string | null;
	/** The provider's word for the reason, in upper case. */
	reason: string | null;
	/** The reason as a sentence. */
	details: string | null;
	quality?: string | null;
	previousQuality?: string | null;
	previousCategory?: string | null;
	/** The category that is announced. */
	comingCategory?: string | null;
	/** When the announced category comes, in ISO 8601. */
	comingAt?: string | null;
}

export type WebhookEvent = StatusEvent | ReportEvent | TemplateEvent;

/** A request to our webhook, before it is checked. All of it may come from an attacker. */
export interface RawWebhook {
	headers: Record<string, string | string[] | undefined>;
	query: Record<string, unknown>;
	body: Buffer;
}

/** The webhook that we want registered. */
export interface WebhookTarget {
	url: string;
	/** A provider that does not sign its events returns this secret with each of them. It proves who sent the event. */
	secret: string;
	/** Some providers send this token to our address before they register it. */
	verifyToken: string;
	/** Identifies the trigger: the same for its test and its production address. */
	trigger?: string;
	/** The id of one of the provider's places. Absent: the first one. */
	place?: string;
	/** The events that the builder chose, such as `message.sent`. */
	events?: readonly string[];
}

/** Where a provider can register an address, if there is a choice. */
export interface ListeningPlace {
	id: string;
	name: string;
	/** A sentence, without a full stop if it is alone. */
	description: string;
	/** Whether events of templates come to this place, too. */
	sendsTemplateEvents?: boolean;
}

/** Another address that would get the events although ours is registered. */
export interface Obstacle {
	url: string;
	/** What it is and what to do, as sentences without a full stop. */
	what: string;
	fix: string;
}

/** An address that gets events. */
export interface Receiver {
	url: string;
	/** What the provider sends to it with each event, because it was registered with the address. */
	headers?: Record<string, string>;
}

/** The webhook that a provider has registered now. */
export interface RegisteredWebhook {
	/** The addresses that get the events, and lose them to a webhook that is registered in their place. */
	urls: string[];
	/** The headers that were registered with them. */
	headers?: Record<string, string>;
	/** More addresses that are registered. A new webhook leaves them as they are. */
	beside?: string[];
	/** How many addresses fit beside all of these. Absent: see `maxAddresses`. */
	room?: number;
	/** What `restore` needs to register all of this again, as JSON; undefined if nothing is registered. */
	state?: unknown;
}

/** Tells our addresses from those of other systems. */
export interface OwnAddresses {
	/** Whether the address ends now. */
	isOurs: (url: string) => boolean;
	/** Whether it is the production or the test address of the trigger. */
	isOfThisTrigger: (url: string) => boolean;
	/** Whether the address may be registered again: something still listens there. */
	mayReturn: (url: string) => boolean;
	/** Is told which address the provider did not take back. */
	onNotRestored: (url: string) => void;
}

/** The field of the credential that holds the secret with which the provider signs its events. */
export interface SigningSecret {
	field: string;
	displayName: string;
	whereToFind: string;
}

/** How a provider registers a webhook and sends its events. */
export interface WebhookSupport<Account> {
	/** Whether the provider also sends changes of templates. */
	readonly sendsTemplateEvents: boolean;
	/** What to know if other addresses stay beside ours, as a sentence. */
	readonly besideLimit?: string;
	/** Why events of templates may not arrive, as sentences. */
	readonly templateEventsLimit?: string;
	/** Whether the provider reports when a person presses "I didn't request a code". */
	readonly sendsReports: boolean;
	/** Undefined: the provider does not sign its events, and returns the target's secret instead. */
	readonly signedWith?: SigningSecret;
	/**
	 * Headers with which any receiver can check an event. An event that goes on to another system keeps them. The
	 * header with our secret is not one of them.
	 */
	readonly signatureHeaders?: readonly string[];
	/** Whether the provider sends an event again after an answer that is no success. */
	readonly sendsAgain: boolean;
	/** The target's URL as it is registered. It holds the secret if the provider has no other place for it. */
	address(target: WebhookTarget): string;
	/** @throws ProviderError also if the answer is unreadable: there may be a webhook that we must not replace */
	read(connection: Connection<Account>, target: WebhookTarget): Promise<RegisteredWebhook>;
	/** For providers with a choice of places, the default first. */
	readonly places?: readonly ListeningPlace[];
	/** For providers where one place comes before another. */
	obstacle?(registered: RegisteredWebhook, target: WebhookTarget): Obstacle | undefined;
	/** Whether everything that `register` sets is set. */
	isComplete(registered: RegisteredWebhook, target: WebhookTarget): boolean;
	/** How many addresses get each event. Absent: one. */
	readonly maxAddresses?: number;
	/** Replaces the registered webhook. @param kept addresses that stay beside it, for a provider with `maxAddresses` */
	register(connection: Connection<Account>, target: WebhookTarget, kept: readonly string[]): Promise<void>;
	/**
	 * Takes our addresses away, and registers again what `read` found. What others registered meanwhile stays.
	 * @param state undefined if nothing is known of a previous webhook
	 */
	restore(connection: Connection<Account>, state: unknown, target: WebhookTarget, own: OwnAddresses): Promise<void>;
	/**
	 * Whether an event comes from the provider. Compares in constant time.
	 * @param secret the target's, or the value of the field that `signedWith` names
	 */
	authenticate(webhook: RawWebhook, secret: string): boolean;
	/** Every event in a body that we can use. Never throws. */
	parse(webhook: RawWebhook): WebhookEvent[];
	/**
	 * For providers that ask an address for its verify token before they register it. Compares in constant time.
	 * @returns what to answer; undefined if the token is wrong
	 */
	handshake?(query: RawWebhook['query'], verifyToken: string): string | undefined;
	/** For providers whose webhook reports several numbers: the field of the credential with the id of its number. */
	readonly senderIdField?: string;
	/** What a builder must set up at the provider before it sends events, as a sentence. */
	readonly setUpNotice?: string;
	/** What `restore` can't put back, as a sentence. */
	readonly restoreLimit?: string;
	/**
	 * For providers where a person can register the webhook if the credential lacks the permission.
	 * @returns how to do it, as a sentence without a full stop; undefined if the refusal has another reason
	 */
	byHand?(refused: Refused, target: WebhookTarget): string | undefined;
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

import type { Connection } from './connection';
import type { Refused } from './errors';
import type { WebhookEvent } from './webhook-events';

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
	/** Those of them that get each event, too. */
	copies?: string[];
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

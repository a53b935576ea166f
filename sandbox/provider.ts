import type { ProviderId } from './accounts';
import type { CallName } from './faults';
import type { Message } from './messages';
import type { Refusal } from './refusal';
import type { StatusChange } from './status-schedule';
import type { Template } from './templates';
import type { World } from './state';

export interface ProviderRequest {
	/** Path parameters. */
	params: Record<string, string>;
	query: Record<string, string>;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** Parsed JSON; undefined where there was none or it couldn't be parsed. */
	body: unknown;
	/** Ordered by a fault: the message is accepted and then fails. */
	failure?: Message['error'];
	/** Ordered by a fault: the answer tells of a queue instead of a message. */
	queued?: true;
}

export interface Seal {
	text: string;
	headers: Record<string, string>;
}

export interface Answer {
	status: number;
	/** A string is sent as it is, anything else as JSON. */
	body: unknown;
	contentType?: string;
	headers?: Record<string, string>;
}

export interface Call {
	name: CallName;
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	/** Below the provider's own path, in hono's notation. */
	path: string;
	/** Throws a Refusal to say no. */
	handle(request: ProviderRequest, world: World): Answer | Promise<Answer>;
}

/** One provider, played from its documentation. A new one is a file of this shape and a line in the list. */
export interface SandboxProvider {
	id: ProviderId;
	/** What the phone page calls it. */
	name: string;
	/** Its place in the sandbox; what stands before it is the base URL of a credential. */
	path: string;
	calls: readonly Call[];
	/** What a person writes into the credential, by the names of its fields. */
	credential: (url: string) => Record<string, string>;
	/** The answer to a request with a wrong or missing key, if it is one; no call: the path doesn't exist. */
	authorize(request: ProviderRequest, world: World, call?: CallName): Answer | undefined;
	/** The answer to a body that isn't JSON. */
	unreadable(): Answer;
	/** The answer to a path that doesn't exist. */
	unknownPath(path: string): Answer;
	refuse(refusal: Refusal, call: CallName): Answer;
	recipient(body: unknown): string | undefined;
	/** Body of one webhook that reports all these changes; absent where the provider pushes none. */
	statusEvent?(changes: StatusChange[], unknownFields: boolean, world: World): unknown;
	/** Whether the account wants to hear of this status; of every one unless given. */
	reports?(status: StatusChange['status'], world: World): boolean;
	templateEvent?(template: Template): unknown;
	/** The bytes of a webhook and what vouches for them, where the provider signs. */
	seal?(body: unknown, wrongSecret: boolean): Seal;
}

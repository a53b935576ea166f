import type { Message } from './messages';
import type { Refusal } from './refusal';
import type { EventSource, State } from './state';

export interface ProviderRequest {
	/** Path parameters. */
	params: Record<string, string>;
	query: Record<string, string>;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** Parsed JSON; undefined if the body is empty or not JSON. */
	body: unknown;
	/** Ordered by a fault: the message is accepted and then fails. */
	failure?: Message['error'];
	/** Ordered by a fault: the answer names a queued job instead of a message. */
	queued?: true;
}

export interface Answer {
	status: number;
	/** A string is sent as it is, anything else as JSON. */
	body: unknown;
	contentType?: string;
	headers?: Record<string, string>;
}

/** One operation of a provider's API. */
export interface Call {
	/**
	 * The name in faults, in the request log and in the README. Calls that do the same have the same name at every
	 * provider: send, createTemplate, listTemplates, deleteTemplate, setWebhook, getWebhook, deleteWebhook, getAccount.
	 */
	name: string;
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Below the provider's path, in hono's notation. */
	path: string;
	/** Throws a Refusal to refuse the request. */
	handle(request: ProviderRequest, state: State): Answer | Promise<Answer>;
}

/** A credential that reaches an account of the sandbox. */
export interface SandboxCredential {
	/** The name of the credential in n8n. */
	name: string;
	/** The credential's type in the package. */
	type: string;
	data: Record<string, string | number | boolean>;
	/** The values in `data` that are secret. */
	secrets: readonly string[];
	/** What a person writes into the credential's form, by the labels of its fields. */
	form: Record<string, string>;
}

/** An emulator of one provider, written from the provider's documentation. Each is a folder in `providers/`. */
export interface SandboxProvider extends EventSource {
	/** The name on the phone page. */
	name: string;
	/** Its place in the sandbox. The sandbox's URL and this path are the base URL of a credential. */
	path: string;
	/** The keys and ids of the one account that exists. */
	account: Readonly<Record<string, string>>;
	/** The credential that reaches the account, for the sandbox at this URL. */
	credential: (url: string) => SandboxCredential;
	calls: readonly Call[];
	/** The answer to a request without permission, or undefined. `call` is undefined if the path does not exist. */
	authorize(request: ProviderRequest, state: State, call?: string): Answer | undefined;
	/** The answer to a body that is not JSON. */
	unreadable(): Answer;
	/** The answer to a path that does not exist. */
	unknownPath(path: string): Answer;
	/** Writes a refusal in the provider's envelope. */
	refuse(refusal: Refusal, call: string): Answer;
	/** The recipient in the body of a send: digits. */
	recipient(body: unknown): string | undefined;
}

import type { INodeParameters } from 'n8n-workflow';
import { z } from 'zod';
import { sandboxCredentials } from '../../../dev/sandbox-credentials';
import type { ProviderId } from '../../../sandbox/accounts';
import type { NewFault } from '../../../sandbox/faults';
import type { CredentialData } from '../../support/n8n-core';

/**
 * Everything that the contract needs to know about a provider, or about one hosting of it. It is written from
 * docs/reference/providers.md, not from the code in `providers/`.
 */
export interface Subject {
	name: string;
	/** The sandbox's name for the account. */
	id: ProviderId;
	/** The value of the node's parameter 'Provider'. */
	provider: string;
	/** The type of the credential. */
	credential: string;
	/** The fields of the credential, at the sandbox with this URL. */
	account: (url: string) => CredentialData;
	/** The headers that the credential adds to a request; for calls without n8n. */
	headers: (url: string) => Promise<Record<string, string>>;
	/** Must not appear in an output, an execution record or a log. */
	secrets: string[];
	/** How a send proves who sends it. One entry for each way that the credential offers. */
	authentication: readonly Authentication[];
	credentialTest: CredentialTest;
	sendPath: string;
	/** A path that people copy together with the base URL. */
	pathOfApi: string;
	/** The exact body of a send. */
	body: (message: SentCode) => object;
	/** What the answer to a send says. */
	receipt: { id: RegExp; status: string; tellsWaId: boolean };
	errorCodes: ErrorCodes;
	/** One error code of each class, for tests that need only one. */
	typicalErrorCodes: Record<'recipient' | 'throttle' | 'transient', number | string>;
	/** By class: an error code, and what the node tells the builder to check. */
	advice: Advice;
	mistakes: readonly Mistake[];
	oddAnswers: readonly OddAnswer[];
	templates: TemplateSubject;
	/** Undefined: the provider sends no events. */
	webhook?: WebhookSubject;
	/** Whether n8n logs in again after a 401, and repeats the request once. */
	logsIn?: true;
}

/** A code as it must appear in the body of a send. */
export interface SentCode {
	/** In E.164. */
	to: string;
	code: string;
	template?: string;
	language?: string;
	/** The lifetime in minutes. */
	minutes?: number;
}

export interface Authentication {
	what: string;
	/** Fields of the credential that differ from the account. */
	fields?: CredentialData;
	/** The header with the secret; undefined if there must be no `authorization`. */
	header?: { name: string; value: string | RegExp };
	/** The whole query. */
	query?: Record<string, string>;
}

/** What the Test button of the credential says. */
export interface CredentialTest {
	/** Other values that work, besides those of the account. */
	accepted?: ReadonlyArray<{ what: string; fields: CredentialData }>;
	/** `fields` is a function if it needs the sandbox's URL. */
	refused: ReadonlyArray<{
		what: string;
		fields: CredentialData | ((url: string) => CredentialData);
		message: string;
	}>;
	/** Answers of the provider that show a problem of the account. */
	faults?: ReadonlyArray<{ what: string; fault: Pick<NewFault, 'call' | 'effect'>; message: string }>;
}

/**
 * The classes of docs/reference/providers.md 1.7. `uncertain` is a transient refusal after which the code may have been
 * sent.
 */
export type RefusalKind =
	'recipient' | 'throttle' | 'transient' | 'uncertain' | 'template' | 'credential' | 'account' | 'permanent';

export type ErrorCodes = Partial<Record<RefusalKind, ReadonlyArray<number | string>>>;

export type Advice = Record<
	'template' | 'credential' | 'account' | 'permanent',
	readonly [errorCode: number | string, fix: string]
>;

/** A wrong setting, and what the node says about it. */
export interface Mistake {
	what: string;
	/** Fields of the credential. */
	account?: CredentialData;
	parameters?: INodeParameters;
	message: string;
	/** Part of the advice. */
	fix: string;
	/** n8n's hint at the cause; undefined if the node finds the mistake before it asks the provider. */
	cause?: 'credential-invalid' | 'configuration-invalid';
}

/** An answer to a send that the sandbox does not give by default, and what the node makes of it. */
export interface OddAnswer {
	what: string;
	answer: { status: number; body?: unknown; headers?: Record<string, string> };
	/** `error`: the node stops, because the builder has to change something. */
	result: 'sent' | 'undeliverable' | 'rate_limited' | 'unknown' | 'error';
	/** How many requests the node makes. */
	requests: number;
	/** Part of the output item; for `error`, part of the message. */
	expected: object | string;
}

export interface TemplateSubject {
	/** What the provider offers. */
	operations: ReadonlyArray<'create' | 'delete' | 'get' | 'getAll' | 'preview' | 'update'>;
	/** How many templates one page of a list holds. */
	pageSize?: number;
	/** True: 'Legacy App Fields' is offered. */
	takesLegacyAppFields?: true;
	/** True: the answers name no ID. */
	withoutId?: true;
	/** For a list of only those templates that can send a code, and only their texts: part of an entry as it comes. */
	onlyTexts?: object;
}

export interface WebhookSubject {
	/** The place of the secret that proves who sent an event. */
	secretIn: 'address' | 'header' | 'signature';
	payloads: readonly WebhookPayload[];
}

/** A body in the shapes of docs/reference/providers.md, with our own values, and the events in it. */
export interface WebhookPayload {
	what: string;
	body: unknown;
	/** Without `raw`. `occurredAt: 'now'` is the present time. */
	events: object[];
}

const values = z.record(z.union([z.string(), z.number(), z.boolean()]));

/** The fields of the sandbox's credential with this name. */
export const accountNamed = (name: string) => (url: string) =>
	values.parse(sandboxCredentials(url).find((credential) => credential.name === name)?.data);

/** For the Test button: an address at which no server listens. */
export const noServer = (message: string): CredentialTest['refused'][number] => ({
	what: 'an address without a server',
	fields: { baseUrl: 'http://127.0.0.1:9' },
	message,
});

/** A wrong field of the credential. */
export const credentialMistake = (what: string, account: CredentialData, message: string, fix: string): Mistake => ({
	what,
	account,
	message,
	fix,
	cause: 'credential-invalid',
});

/** A template that does not exist. */
export const unknownTemplate = (message: string): Mistake => ({
	what: 'an unknown template',
	parameters: { template: { __rl: true, mode: 'name', value: 'no_such_template' } },
	message,
	fix: "'Template' and 'Language'",
	cause: 'configuration-invalid',
});

export const emptyNamespace = credentialMistake(
	'an empty namespace',
	{ namespace: '' },
	"'Namespace' in the credential is empty",
	'namespace',
);

/** A namespace that exists, but not in this account. */
export const otherNamespace = (message: string): Mistake => ({
	what: 'another namespace',
	account: { namespace: 'of_another_account' },
	message,
	fix: "'Namespace' in the credential",
	cause: 'configuration-invalid',
});

import {
	LoggerProxy,
	type FunctionsBase,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type INode,
} from 'n8n-workflow';
import { z } from 'zod';
import {
	engineFromCredential,
	defaultEngine,
	firstWarnings,
	readStoreSettings,
	type Engine,
	type RestClient,
	type StoreHost,
} from '../../verification';
import { readCachedCredential, type CredentialHost } from './credentials';

export const storeCredential = 'whatsAppOtpStoreApi';

/** What a node's context needs to have for opening a store. */
export type EngineHost = CredentialHost &
	Pick<FunctionsBase, 'getNode'> & { helpers: { httpRequest(options: IHttpRequestOptions): Promise<unknown> } };

/**
 * The verification engine on the store of the node's credential. Without a credential, on the default store.
 * @throws StoreUnavailableError, also in queue mode when the node has no credential for a shared store
 */
export async function openEngine(host: EngineHost): Promise<Engine> {
	if (host.getNode().credentials?.[storeCredential] === undefined) return defaultEngine(undefined, warn);
	return engineFromCredential(readStoreSettings(await host.getCredentials(storeCredential)), storeHost(host));
}

/**
 * The same with a cached credential, for code that runs hundreds of times a second.
 * @param node the host's node, which the caller has: n8n copies it for each `getNode()`
 */
export async function openEngineCached(host: EngineHost, node: INode): Promise<Engine> {
	if (node.credentials?.[storeCredential] === undefined) return defaultEngine(undefined, warn);
	return engineFromCredential(
		readStoreSettings(await readCachedCredential(host, node, storeCredential)),
		storeHost(host),
	);
}

/**
 * The same for an execution. The first manual run with a store shows the warnings about it, and they go to n8n's log:
 * n8n shows no text beside a credential's test that passed.
 */
export async function openEngineWithHints(host: IExecuteFunctions): Promise<Engine> {
	const engine = await openEngine(host);
	if (host.getMode() !== 'manual' || host.getNode().credentials?.[storeCredential] === undefined) return engine;
	const settings = readStoreSettings(await host.getCredentials(storeCredential));
	const warnings = await firstWarnings(settings, engine);
	warnings.forEach(warn);
	const hints = warnings.map((message) => ({ message, type: 'warning' as const, location: 'outputPane' as const }));
	if (hints.length > 0) host.addExecutionHints(...hints);
	return engine;
}

export function warn(sentence: string): void {
	LoggerProxy.warn(`WhatsApp OTP: ${sentence}`);
}

function storeHost(host: EngineHost): StoreHost {
	return { rest: restClient(host), warn };
}

const response = z.object({ statusCode: z.number(), body: z.unknown() });

/** Lets the store call its REST API through n8n's HTTP helper, with n8n's proxies and guards. */
function restClient({ helpers }: EngineHost): RestClient {
	return async (request) => {
		const answer = await helpers.httpRequest({
			...request,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		});
		const { statusCode: status, body } = response.parse(answer);
		return { status, body };
	};
}

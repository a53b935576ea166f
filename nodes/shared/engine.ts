import { LoggerProxy, type FunctionsBase, type IHttpRequestOptions, type INode } from 'n8n-workflow';
import { z } from 'zod';
import {
	engineFromCredential,
	defaultEngine,
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

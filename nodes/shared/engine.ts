import type { FunctionsBase, IHttpRequestOptions, INode } from 'n8n-workflow';
import { z } from 'zod';
import {
	engineFromCredential,
	defaultEngine,
	readStoreSettings,
	type Engine,
	type RestClient,
} from '../../verification';
import { readCredentialOften, type CredentialHost } from './credentials';

export const storeCredential = 'whatsAppOtpStoreApi';

/** What every context of a node has that opens a store. */
export type EngineHost = CredentialHost &
	Pick<FunctionsBase, 'getNode'> & { helpers: { httpRequest(options: IHttpRequestOptions): Promise<unknown> } };

/**
 * The verification engine on the store that the node's credential chose; without a credential on the embedded one.
 * @throws StoreUnavailableError, also in queue mode where no shared store is chosen
 */
export async function openEngine(host: EngineHost): Promise<Engine> {
	if (host.getNode().credentials?.[storeCredential] === undefined) return defaultEngine();
	return engineFromCredential(readStoreSettings(await host.getCredentials(storeCredential)), restClient(host));
}

/**
 * The same for what is called hundreds of times a second.
 * @param node the host's, which n8n would copy again
 */
export async function openEngineOften(host: EngineHost, node: INode): Promise<Engine> {
	if (node.credentials?.[storeCredential] === undefined) return defaultEngine();
	return engineFromCredential(
		readStoreSettings(await readCredentialOften(host, node, storeCredential)),
		restClient(host),
	);
}

const response = z.object({ statusCode: z.number(), body: z.unknown() });

/** n8n's own HTTP helper, with its proxies and guards, as the function that the store calls. */
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

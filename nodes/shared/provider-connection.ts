import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import type { Connection, Provider } from '../../providers';
import { httpClient } from './http';
import { expectNoPlainExpression } from './plain-expressions';

type Host = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IWebhookFunctions;

/** A provider with the account that the node's credential gives access to. */
export interface ProviderConnection {
	provider: Provider;
	connection: Connection<unknown>;
	/** n8n's id of the credential. Two accounts of a provider may differ only in a secret. */
	credentialId: string;
}

/** Reads the node's credential for the provider. */
export async function connectProvider(host: Host, provider: Provider): Promise<ProviderConnection> {
	const connection = connectionWith(host, provider, await host.getCredentials(provider.credential));
	const credentialId = host.getNode().credentials?.[provider.credential]?.id ?? '';
	return { provider, connection, credentialId };
}

/** The same with a credential that was read before. */
export function connectionWith(
	host: Host,
	provider: Provider,
	credential: ICredentialDataDecryptedObject,
): Connection<unknown> {
	expectNoPlainExpression(host.getNode(), credential);
	return { http: httpClient(host, provider.credential), account: provider.account.parse(credential) };
}

/** Identifies an account in what all runs of this process share. */
export function accountKey({ provider, credentialId, connection }: ProviderConnection): string {
	return JSON.stringify([provider.id, credentialId, connection.account]);
}

import type { ICredentialDataDecryptedObject, IHttpRequestHelper } from 'n8n-workflow';
import { z } from 'zod';
import { ProviderError, TransportError, type Provider } from '../../providers';
import { refusalSentence } from './errors';
import { loginClient } from './http';

const user = z.object({ username: z.string(), password: z.string() });

/** Logins in progress. Items that run in parallel share one. */
const inProgress = new Map<string, Promise<string>>();

/**
 * Exchanges the username and password of a credential for the provider's session token.
 * @throws Error whose message is one or two sentences: n8n shows nothing else of a failed credential test
 */
export async function logIn<Account>(
	helper: IHttpRequestHelper,
	provider: Provider<Account>,
	credential: ICredentialDataDecryptedObject,
): Promise<string> {
	if (provider.logIn === undefined) throw new Error(`${provider.name} has no login`);
	const { username, password } = user.parse(credential);
	const account = provider.account.parse(credential);
	const key = JSON.stringify([provider.id, account, username, password]);
	const token =
		inProgress.get(key) ??
		provider
			.logIn(loginClient(helper, username, password), account)
			.catch((error: unknown) => {
				throw withoutCode(error);
			})
			.finally(() => inProgress.delete(key));
	inProgress.set(key, token);
	return await token;
}

/** n8n shows an error's `code` in place of its message, so the message moves to an error without a code. */
function withoutCode(error: unknown): unknown {
	if (error instanceof TransportError) return new Error(`${error.message}. ${error.fix}.`, { cause: error });
	if (error instanceof ProviderError) return new Error(refusalSentence(error.refused), { cause: error });
	return error;
}

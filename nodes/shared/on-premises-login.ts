import type { ICredentialDataDecryptedObject, IHttpRequestHelper } from 'n8n-workflow';
import { z } from 'zod';
import { ProviderError, TransportError } from '../../providers';
import { login, onPremises } from '../../providers/onPremises';
import { loginClient } from './http';

const user = z.object({ username: z.string(), password: z.string() });

/** Logins that are under way: items sent side by side need one between them. */
const underWay = new Map<string, Promise<string>>();

/**
 * The token that the On-Premises credential is used with.
 * @throws Error with a sentence, which is all that n8n shows of a credential's test
 */
export async function logIn(helper: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): Promise<string> {
	const { username, password } = user.parse(credentials);
	const account = onPremises.account.parse(credentials);
	const key = JSON.stringify([account, username, password]);
	const token =
		underWay.get(key) ??
		login(loginClient(helper, username, password), account)
			.catch((error: unknown) => {
				throw described(error);
			})
			.finally(() => underWay.delete(key));
	underWay.set(key, token);
	return await token;
}

/** n8n shows an error's `code` instead of its words where it has one: the words go on an error without. */
function described(error: unknown): unknown {
	if (error instanceof TransportError) return new Error(`${error.message}. ${error.fix}.`, { cause: error });
	if (!(error instanceof ProviderError)) return error;
	const { what, fix, title, details } = error.refused;
	const words = [title, details].filter((text) => text !== undefined && text !== '').join(': ');
	const said = words === '' ? what : `${what} (${words.replace(/\.$/, '')})`;
	return new Error(`${said}. ${fix}.`, { cause: error });
}

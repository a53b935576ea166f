import { z } from 'zod';
import type { HttpClient } from '../http';
import type { Account } from './account';
import { readErrors, toProviderError } from './errors';

const session = z.object({ users: z.array(z.object({ token: z.string().min(1) })).min(1) });

/**
 * Exchanges user and password for a token that lives seven days (docs/reference/providers.md 2.1).
 * @param http sends user and password along as basic authentication
 * @throws ProviderError, TransportError
 */
export async function login(http: HttpClient, { baseUrl, allowUnauthorizedCerts }: Account): Promise<string> {
	const response = await http({
		method: 'POST',
		url: `${baseUrl}/v1/users/login`,
		body: {},
		...(allowUnauthorizedCerts ? { allowUnauthorizedCerts } : {}),
	});
	const [user] = session.safeParse(response.body).data?.users ?? [];
	if (user !== undefined && readErrors(response) === undefined) return user.token;
	throw toProviderError(response);
}

import { z } from 'zod';
import type { HttpClient } from '../http';
import type { Account } from './account';
import { readErrors, toProviderError } from './request';

const session = z.object({ users: z.array(z.object({ token: z.string().min(1) })).min(1) });

/**
 * Exchanges username and password for a token, which is valid for seven days (docs/reference/providers.md 2.1).
 * @param http sends username and password as basic authentication
 * @throws ProviderError, TransportError
 */
export async function login(http: HttpClient, { baseUrl, allowUnauthorizedCerts }: Account): Promise<string> {
	const url = `${baseUrl}/v1/users/login`;
	const response = await http({ method: 'POST', url, body: {}, allowUnauthorizedCerts });
	const [user] = session.safeParse(response.body).data?.users ?? [];
	if (user !== undefined && readErrors(response) === undefined) return user.token;
	throw toProviderError(response);
}

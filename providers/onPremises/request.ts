import type { HttpRequest, HttpResponse } from '../http';
import type { Connection } from '../provider';
import type { Account } from './account';

type ServerRequest = Pick<HttpRequest, 'method' | 'body'> & { path: string };

/** Calls of a server that one logs in to (docs/reference/providers.md 2.1). */
export function requestTo({ http, account }: Connection<Account>) {
	const { baseUrl, allowUnauthorizedCerts } = account;
	return async ({ path, ...request }: ServerRequest): Promise<HttpResponse> =>
		await http({
			...request,
			url: `${baseUrl}${path}`,
			renewsLogin: true,
			...(allowUnauthorizedCerts ? { allowUnauthorizedCerts } : {}),
		});
}

import type { HttpClient } from './http';

/** An account at a provider, and the client that calls it with the account's credential. */
export interface Connection<Account> {
	http: HttpClient;
	account: Account;
}

import type { Answer, Call, ProviderRequest } from '../../provider';
import { Refusal } from '../../refusal';
import type { State } from '../../state';
import { account, id } from './account';
import { answer, onPremisesRefusal } from './error-codes';
import { OnPremisesState } from './state';

const basic = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;

const tokenIn = (headers: Record<string, string>) => /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';

/** A login needs the password. All other calls need the token of a login. */
export function authorize({ headers }: ProviderRequest, state: State, call?: string): Answer | undefined {
	const isAllowed =
		call === 'login' ? headers.authorization === basic : state.own(id, OnPremisesState).isLoggedIn(tokenIn(headers));
	return isAllowed ? undefined : onPremisesRefusal(new Refusal(1005, { details: ['Invalid credentials.'] }));
}

/** With a space, not a T (docs/reference/providers.md 2.1). */
const dated = (at: number) =>
	new Date(at)
		.toISOString()
		.replace('T', ' ')
		.replace(/\.\d+Z$/, '+00:00');

const login: Call = {
	name: 'login',
	method: 'POST',
	path: '/v1/users/login',
	handle(_request, state) {
		const { token, expiresAt } = state.own(id, OnPremisesState).logIn();
		return answer(200, { users: [{ token, expires_after: dated(expiresAt) }] });
	},
};

const logout: Call = {
	name: 'logout',
	method: 'POST',
	path: '/v1/users/logout',
	handle({ headers }, state) {
		state.own(id, OnPremisesState).logOut(tokenIn(headers));
		return answer(200, {});
	},
};

/** Sessions on the server (docs/reference/providers.md 2.1). */
export const loginCalls: Call[] = [login, logout];

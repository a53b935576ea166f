import { z } from 'zod';
import { accounts } from '../../accounts';
import { messagingCalls } from './calls';
import { answer, refuse } from './errors';
import { statusEvent } from './events';
import { settingsCalls } from './settings';
import type { Call, SandboxProvider } from '../../provider';
import { Refusal } from '../../refusal';

const id = 'onPremises';
const account = accounts[id];
const path = '/on-premises';

const basic = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;

/** With a space, not a T (docs/reference/providers.md 2.1). */
const dated = (at: number) =>
	new Date(at)
		.toISOString()
		.replace('T', ' ')
		.replace(/\.\d+Z$/, '+00:00');

const tokenIn = (headers: Record<string, string>) => /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';

const login: Call = {
	name: 'login',
	method: 'POST',
	path: '/v1/users/login',
	handle(_request, world) {
		const { token, expiresAt } = world.servers[id].logIn();
		return answer(200, { users: [{ token, expires_after: dated(expiresAt) }] });
	},
};

const logout: Call = {
	name: 'logout',
	method: 'POST',
	path: '/v1/users/logout',
	handle({ headers }, world) {
		world.servers[id].logOut(tokenIn(headers));
		return answer(200, {});
	},
};

/** A server of one's own (docs/reference/providers.md 2). Its templates are made in Meta's Graph API: the admin seeds them. */
export const onPremises: SandboxProvider = {
	id,
	name: 'On-Premises API',
	path,
	calls: [login, logout, ...messagingCalls(id, account), ...settingsCalls],
	credential: (url) => ({
		'Base URL': `${url}${path}`,
		Username: account.username,
		Password: account.password,
		Namespace: account.namespace,
	}),
	authorize({ headers }, world, call) {
		const isKnown = call === 'login' ? headers.authorization === basic : world.servers[id].isLoggedIn(tokenIn(headers));
		return isKnown ? undefined : refuse(new Refusal(1005, { details: ['Invalid credentials.'] }));
	},
	unreadable: () => refuse(new Refusal(1025, { details: ['The request body is not valid JSON'] })),
	unknownPath: (unknown) => refuse(new Refusal(1006, { details: [`${unknown} is unknown`] })),
	refuse,
	recipient: (body) => z.object({ to: z.string() }).safeParse(body).data?.to.replace(/\D/g, ''),
	statusEvent,
	reports: (status, world) =>
		status === 'sent' || status === 'delivered' || status === 'read' ? world.servers[id].reports(status) : true,
};

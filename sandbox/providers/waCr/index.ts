import { z } from 'zod';
import { accounts } from '../../accounts';
import type { SandboxProvider } from '../../provider';
import { Refusal } from '../../refusal';
import { codeCalls } from './codes';
import { refuse } from './envelope';
import { listTemplates } from './templates';

const id = 'waCr';
const account = accounts[id];
const path = '/wa-cr/api/v2';

const scopes = new Map([
	[`Bearer ${account.apiToken}`, ['messages:send', 'templates:read']],
	[`Bearer ${account.readOnlyToken}`, ['templates:read']],
	[`Bearer ${account.sendOnlyToken}`, ['messages:send']],
]);

/** Calls a minute and token (docs/reference/providers.md 5.3). */
const callsPerMinute = 60;

/** WA.cr (docs/reference/providers.md 5). Its templates are made at Meta and synchronised: the admin seeds them. It pushes nothing. */
export const waCr: SandboxProvider = {
	id,
	name: 'WA.cr',
	path,
	calls: [...codeCalls, listTemplates],
	credential: (url) => ({ 'API Token': account.apiToken, 'Base URL': `${url}${path}` }),
	authorize({ headers }, world, call) {
		const { authorization = '' } = headers;
		const granted = scopes.get(authorization);
		if (!granted) return refuse(new Refusal('UNAUTHORIZED'));
		const seconds = world.tenant.take(authorization, callsPerMinute, 60_000);
		if (seconds > 0) return refuse(new Refusal('RATE_LIMIT_EXCEEDED', { fields: { retry_after: seconds } }));
		const needed = call === 'listTemplates' ? 'templates:read' : 'messages:send';
		if (granted.includes(needed)) return undefined;
		return refuse(new Refusal('INSUFFICIENT_SCOPE', { title: `The token lacks the scope ${needed}` }));
	},
	unreadable: () => refuse(new Refusal('VALIDATION_ERROR', { title: 'The request body is not valid JSON' })),
	unknownPath: () => refuse(new Refusal('NOT_FOUND', { title: 'The requested endpoint does not exist' })),
	refuse,
	recipient: (body) => z.object({ phone: z.string() }).safeParse(body).data?.phone.replace(/\D/g, ''),
};

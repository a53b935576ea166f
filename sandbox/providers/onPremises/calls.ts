import type { Call } from '../../provider';
import { checkContact } from './contacts';
import { answer } from './error-codes';
import { send, type OnPremisesAccount } from './send';

const getHealth: Call = {
	name: 'getHealth',
	method: 'GET',
	path: '/v1/health',
	handle: () => answer(200, { health: { gateway_status: 'connected' } }),
};

/** The calls of the customer's server and of 360dialog's server (docs/reference/providers.md 2.2-2.5, 3.5, 3.7). */
export const messagingCalls = (id: string, account: OnPremisesAccount): Call[] => [
	send(id, account),
	checkContact(id),
	getHealth,
];

import { z } from 'zod';
import { accounts } from '../../accounts';
import { frontDoor, refuseConfigs } from './envelopes';
import { templateCalls } from './templates';
import { webhookCalls } from './webhook';
import { messagingCalls } from '../onPremises/calls';
import { refuse } from '../onPremises/errors';
import { statusEvent } from '../onPremises/events';
import type { SandboxProvider } from '../../provider';

const id = 'dialog360OnPremises';
const account = accounts[id];
const path = '/360dialog-on-premises';

/** 360dialog with On-Premises hosting: its gateway before a server of Meta's making (docs/reference/providers.md 3.5). */
export const dialog360OnPremises: SandboxProvider = {
	id,
	name: '360dialog On-Premises',
	path,
	calls: [...messagingCalls(id, account), ...templateCalls(id, account), ...webhookCalls(id)],
	credential: (url) => ({
		'API Key': account.apiKey,
		Hosting: 'On-Premises API',
		Namespace: account.namespace,
		'Base URL': `${url}${path}`,
	}),
	...frontDoor(account),
	refuse: (refusal, call) =>
		call === 'send' || call === 'checkContact' || call === 'getHealth' ? refuse(refusal) : refuseConfigs(refusal),
	recipient: (body) => z.object({ to: z.string() }).safeParse(body).data?.to.replace(/\D/g, ''),
	statusEvent,
};

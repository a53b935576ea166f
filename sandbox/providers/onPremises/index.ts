import type { SandboxProvider } from '../../provider';
import { Refusal } from '../../refusal';
import { recipientIn } from '../meta/send';
import { account, credential, id, path } from './account';
import { messagingCalls } from './calls';
import { onPremisesRefusal } from './error-codes';
import { authorize, loginCalls } from './login';
import { OnPremisesState } from './state';
import { statusEvent, webhookCalls } from './webhook';

/**
 * A server that the customer runs (docs/reference/providers.md 2). Its templates are created in Meta's Graph API, so
 * the admin API seeds them.
 */
export const onPremises = {
	id,
	name: 'On-Premises API',
	path,
	account,
	credential,
	calls: [...loginCalls, ...messagingCalls(id, account), ...webhookCalls],
	createState: (now) => new OnPremisesState(now),
	authorize,
	unreadable: () => onPremisesRefusal(new Refusal(1025, { details: ['The request body is not valid JSON'] })),
	unknownPath: (unknown) => onPremisesRefusal(new Refusal(1006, { details: [`${unknown} is unknown`] })),
	refuse: onPremisesRefusal,
	recipient: recipientIn,
	statusEvent,
	reports: (status, state) => state.own(id, OnPremisesState).reports(status),
} satisfies SandboxProvider;

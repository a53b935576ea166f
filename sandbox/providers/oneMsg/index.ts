import { account, authorize, id, refuse } from './channel';
import { hookCalls, statusEvent } from './hooks';
import { getAccount, recipientOf, send, stateAnswer } from './send';
import { templateCalls } from './templates';
import type { SandboxProvider } from '../../provider';
import { Refusal } from '../../refusal';

/** 1MSG (docs/reference/providers.md 4). */
export const oneMsg: SandboxProvider = {
	id,
	name: '1MSG',
	path: '/1msg',
	calls: [send, getAccount, ...templateCalls, ...hookCalls],
	credential: (url) => ({
		'Channel ID': account.channelId,
		Token: account.token,
		Namespace: account.namespace,
		'Base URL': `${url}/1msg`,
	}),
	authorize,
	unreadable: () => refuse(new Refusal('bad_request', { title: 'The request body is not valid JSON' })),
	unknownPath: (path) => ({ status: 404, body: { error: `There is no ${path}` } }),
	refuse: (refusal, call) => (call === 'getAccount' && stateAnswer(refusal)) || refuse(refusal, call),
	recipient: recipientOf,
	statusEvent,
};

import type { SandboxProvider } from '../../provider';
import { Refusal } from '../../refusal';
import { account, credential, id, path } from './account';
import { channelStateAnswer, getAccount } from './channel-state';
import { oneMsgRefusal } from './error-codes';
import { authorize } from './request';
import { recipientOf, send } from './send';
import { OneMsgState } from './state';
import { templateCalls } from './templates';
import { incomingEvent, statusEvent, webhookCalls } from './webhook';

/** 1MSG (docs/reference/providers.md 4). */
export const oneMsg = {
	id,
	name: '1MSG',
	path,
	account,
	credential,
	calls: [send, getAccount, ...templateCalls, ...webhookCalls],
	createState: () => new OneMsgState(),
	authorize,
	unreadable: () => oneMsgRefusal(new Refusal('bad_request', { title: 'The request body is not valid JSON' })),
	unknownPath: (unknown) => ({ status: 404, body: { error: `There is no ${unknown}` } }),
	refuse: (refusal, call) =>
		(call === 'getAccount' ? channelStateAnswer(refusal) : undefined) ?? oneMsgRefusal(refusal, call),
	recipient: recipientOf,
	statusEvent,
	incomingEvent,
} satisfies SandboxProvider;

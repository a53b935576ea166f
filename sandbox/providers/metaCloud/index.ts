import type { SandboxProvider } from '../../provider';
import { Refusal } from '../../refusal';
import { metaRefusal } from '../meta/error-codes';
import { recipientIn } from '../meta/send';
import { metaIncomingEvent, metaStatusEvent, metaTemplateEvent } from '../meta/webhook';
import { account, credential, id, path } from './account';
import { appSubscriptionCalls } from './app-subscriptions';
import { getObject } from './objects';
import { authorize, graphCall } from './request';
import { send } from './send';
import { MetaCloudState } from './state';
import { listTemplates, previewTemplates } from './template-list';
import { templateWrites } from './templates';
import { seal, webhookCalls } from './webhook';

/** Meta's Cloud API (docs/reference/providers.md 1). */
export const metaCloud = {
	id,
	name: 'Meta Cloud API',
	path,
	account,
	credential,
	calls: [
		send,
		getObject,
		listTemplates,
		previewTemplates,
		...webhookCalls,
		...appSubscriptionCalls,
		...templateWrites,
	].map(graphCall),
	createState: () => new MetaCloudState(),
	authorize,
	unreadable: () => metaRefusal(new Refusal(100, { title: 'The request body is not valid JSON' })),
	unknownPath: (unknown) => metaRefusal(new Refusal(2500, { title: `Unknown path components: ${unknown}` })),
	refuse: metaRefusal,
	recipient: recipientIn,
	statusEvent: (changes, oddities) => metaStatusEvent(account, changes, oddities),
	incomingEvent: (incoming) => metaIncomingEvent(account, incoming),
	receivers: (event, state) => {
		const field = event === 'template' ? 'message_template_status_update' : 'messages';
		const url = state.own(id, MetaCloudState).receiverOf(field);
		return url === undefined ? [] : [{ url, headers: {} }];
	},
	templateEvent: (template) => metaTemplateEvent(account, template),
	seal: (body, wrongSecret) => seal(body, `${wrongSecret ? 'wrong-' : ''}${account.appSecret}`),
} satisfies SandboxProvider;

import type { SandboxProvider } from '../../provider';
import { metaRefusal } from '../meta/error-codes';
import { recipientIn } from '../meta/send';
import { metaIncomingEvent, metaStatusEvent, metaTemplateEvent } from '../meta/webhook';
import { messagingCalls } from '../onPremises/calls';
import { onPremisesRefusal } from '../onPremises/error-codes';
import { OnPremisesState } from '../onPremises/state';
import { statusEvent } from '../onPremises/webhook';
import { cloud, cloudCredential, onPremises, onPremisesCredential } from './account';
import { configsRefusal, gatewayRefusal } from './error-codes';
import { multiWebhookCalls, receivers } from './multi-webhook';
import { frontDoor } from './request';
import { send } from './send';
import { Dialog360State } from './state';
import { templateCalls } from './templates';
import { webhookCalls } from './webhook';

/** 360dialog with Cloud hosting (docs/reference/providers.md 3). */
export const dialog360 = {
	...cloud,
	name: '360dialog',
	credential: cloudCredential,
	calls: [send, ...templateCalls(cloud.id, cloud.account), ...webhookCalls(cloud.id, 'cloud'), ...multiWebhookCalls],
	createState: () => new Dialog360State(),
	receivers: (_event, state) => receivers(state),
	isMainFirst: true,
	...frontDoor(cloud.account),
	refuse: (refusal, call) =>
		gatewayRefusal(refusal, call) ?? (call === 'send' ? metaRefusal(refusal) : configsRefusal(refusal)),
	recipient: recipientIn,
	statusEvent: (changes, oddities) => metaStatusEvent(cloud.account, changes, oddities),
	incomingEvent: (incoming) => metaIncomingEvent(cloud.account, incoming),
	templateEvent: (template) => metaTemplateEvent(cloud.account, template),
} satisfies SandboxProvider;

const serverCalls = messagingCalls(onPremises.id, onPremises.account);

/** 360dialog with On-Premises hosting: a gateway in front of Meta's server (docs/reference/providers.md 3.5). */
export const dialog360OnPremises = {
	...onPremises,
	name: '360dialog On-Premises',
	credential: onPremisesCredential,
	calls: [
		...serverCalls,
		...templateCalls(onPremises.id, onPremises.account),
		...webhookCalls(onPremises.id, 'onPremises'),
	],
	createState: (now) => new OnPremisesState(now),
	...frontDoor(onPremises.account),
	refuse: (refusal, call) =>
		gatewayRefusal(refusal, call) ??
		(serverCalls.some(({ name }) => name === call) ? onPremisesRefusal(refusal) : configsRefusal(refusal)),
	recipient: recipientIn,
	statusEvent,
} satisfies SandboxProvider;

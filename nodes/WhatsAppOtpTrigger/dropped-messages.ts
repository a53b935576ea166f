import { LoggerProxy, type IDataObject, type ITriggerFunctions, type ITriggerResponse } from 'n8n-workflow';
import type { Provider } from '../../providers';
import { watchDroppedMessages, type RecordedMessage } from '../../verification';
import { openEngineOften } from '../shared/engine';
import { toNodeError } from '../shared/errors';
import { plain } from '../WhatsAppOtp/outputs';
import { triggerParameters } from './parameters';

const dropped = 'message.dropped';

/**
 * Starts runs for messages that no delivery was told of in time. n8n calls it in one process alone, the leading main;
 * where two triggers watch the same provider, each message is told by one of them.
 */
export async function watch(host: ITriggerFunctions): Promise<ITriggerResponse> {
	const { node, provider, events } = triggerParameters(host);
	if (!events.includes(dropped)) return {};
	const engine = () => openEngineOften(host, node);
	await engine().catch((error: unknown) => {
		throw toNodeError(node, error);
	});
	const stop = watchDroppedMessages({
		provider: provider.id,
		engine,
		onDropped: (messages) => host.emit([messages.map((message) => ({ json: droppedItem(provider, message) }))]),
		onError: (error) => {
			const said = error instanceof Error ? error.message : 'the store did not answer';
			LoggerProxy.error(`WhatsApp OTP Trigger: ${said}`);
		},
	});
	return { closeFunction: stop };
}

function droppedItem(provider: Provider, { verification, delivery }: RecordedMessage): IDataObject {
	const { verificationId, purpose, metadata, to } = verification;
	return {
		event: dropped,
		provider: provider.id,
		messageId: delivery.messageId ?? null,
		recipient: delivery.waId ?? to.replace('+', ''),
		occurredAt: new Date(delivery.times.dropped ?? Date.now()).toISOString(),
		...{ verificationId, purpose, metadata: plain(metadata) },
		deliveryStatus: delivery.status,
	};
}

import { LoggerProxy, type IDataObject, type ITriggerFunctions, type ITriggerResponse } from 'n8n-workflow';
import type { Provider } from '../../providers';
import { watchDroppedMessages, type RecordedMessage } from '../../verification';
import { openEngineCached } from '../shared/engine';
import { plain } from '../WhatsAppOtp/outputs';
import { triggerParameters } from './parameters';

const dropped = 'message.dropped';

/**
 * Starts runs for messages whose delivery was not reported in time. n8n calls it in one process only, the leading main.
 * If two triggers watch the same provider, only one of them reports each message.
 */
export async function emitDroppedMessages(host: ITriggerFunctions): Promise<ITriggerResponse> {
	const { node, provider, events } = triggerParameters(host);
	if (!events.includes(dropped)) return {};
	const engine = () => openEngineCached(host, node);
	await engine();
	const stop = watchDroppedMessages({
		provider: provider.id,
		engine,
		onDropped: (messages) => host.emit([messages.map((message) => ({ json: droppedItem(provider, message) }))]),
		onError: (error) => {
			const message = error instanceof Error ? error.message : 'The store did not answer';
			LoggerProxy.error(`WhatsApp OTP Trigger: ${message}`);
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
		verificationId,
		purpose,
		metadata: plain(metadata),
		deliveryStatus: delivery.status,
	};
}

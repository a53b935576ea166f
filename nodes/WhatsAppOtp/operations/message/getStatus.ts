import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { pastedText } from '../../../../providers';
import { MessageNotFoundError } from '../../../../verification';
import { defineOperation } from '../../operation';
import { recordedStatusOutput, providerStatusOutput } from '../../outputs';

const messageId: INodeProperties = {
	displayName: 'Message ID',
	name: 'messageId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. wamid.HBgLMTIwMTU1...',
	description: 'The ID of the message, from the output of Send',
};

export const getStatus = defineOperation({
	resource: 'message',
	value: 'getStatus',
	name: 'Get Status',
	action: 'Get message status',
	description: 'Get the delivery status of a message from the provider, or else from the recorded delivery events',
	outputs: ['main'],
	callsProvider: (provider) => provider.getStatus !== undefined,
	properties: [messageId],
	parameters: z.object({ messageId: pastedText.pipe(z.string().min(1, "'Message ID' is empty")) }),
	async execute({ engine: open, provider, connect, parameters }) {
		const engine = await open();
		const { messageId } = parameters;
		const recorded = await engine.message(provider.id, messageId);
		if (provider.getStatus !== undefined) {
			const { connection } = await connect();
			const known = await provider.getStatus(connection, messageId);
			// A status from the provider counts like a delivery event that the trigger receives.
			for (const { status, occurredAt } of known) {
				await engine.recordDelivery({ provider: provider.id, messageId, status, occurredAt });
			}
			const newest = known.at(-1);
			if (newest !== undefined) return { output: 'main', items: [providerStatusOutput(newest, recorded)] };
		}
		if (recorded === undefined) throw new MessageNotFoundError();
		return { output: 'main', items: [recordedStatusOutput(recorded)] };
	},
});

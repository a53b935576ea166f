import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { MessageNotFoundError } from '../../../../verification';
import { statusAnswer, statusEventAnswer } from '../../outputs';
import { defineOperation } from '../../operation';

const messageId: INodeProperties = {
	displayName: 'Message ID',
	name: 'messageId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. wamid.HBgLMTIwMTU1...',
	description: 'What the Send operation put out in its message field',
};

export const getStatus = defineOperation({
	resource: 'message',
	value: 'getStatus',
	name: 'Get Status',
	action: 'Get the status of a message',
	description:
		'Look up what became of a message: asked of the provider where it answers, else from the recorded events',
	outputs: ['main'],
	callsProvider: (provider) => provider.getStatus !== undefined,
	properties: [messageId],
	parameters: z.object({ messageId: z.string().trim().min(1, "'Message ID' is empty") }),
	async execute({ engine: open, provider, connect, parameters }) {
		const engine = await open();
		const { messageId } = parameters;
		const recorded = await engine.message(provider.id, messageId);
		if (provider.getStatus !== undefined) {
			const { connection } = await connect();
			const known = await provider.getStatus(connection, messageId);
			// Whatever the provider tells is as good as an event that the trigger would have brought.
			for (const { status, occurredAt } of known) {
				await engine.recordDelivery({ provider: provider.id, messageId, status, occurredAt });
			}
			const newest = known.at(-1);
			if (newest !== undefined) return { output: 'main', items: [statusEventAnswer(newest, recorded)] };
		}
		if (recorded === undefined) throw new MessageNotFoundError();
		return { output: 'main', items: [statusAnswer(recorded)] };
	},
});

import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { toItems } from '../../../shared/events-to-items';
import { receivedBody } from '../../../shared/received-body';
import { defineOperation } from '../../operation';

const body: INodeProperties = {
	displayName: 'Body',
	name: 'body',
	type: 'json',
	required: true,
	default: '={{ $json }}',
	description:
		"The body of the provider's webhook, or the item of n8n's Webhook node or WhatsApp Trigger. " +
		'Other content is ignored. The node trusts your workflow: check before it that the provider sent the webhook.',
};

/** Every event that a trigger can have. */
const events = [
	'code.reported',
	...['sent', 'delivered', 'read', 'failed'].map((status) => `message.${status}`),
	...['status', 'quality', 'category'].map((change) => `template.${change}`),
];

export const recordEvents = defineOperation({
	resource: 'message',
	value: 'recordEvents',
	name: 'Record Events',
	action: 'Record events of a webhook',
	description:
		'Record the events of a webhook that another node received, and return the new ones like the WhatsApp OTP Trigger',
	outputs: ['main'],
	offeredBy: (provider) => provider.webhook !== undefined,
	notForAgents: "It believes every event that it gets, so the agent could invent a delivery. Choose 'Send' instead.",
	callsProvider: false,
	properties: [body],
	parameters: z.object({ body: z.unknown() }),
	async execute({ host, engine: open, provider, parameters }) {
		const raw = { headers: {}, query: {}, body: Buffer.from(JSON.stringify(receivedBody(parameters.body)) ?? '') };
		const { items, failure } = await toItems(
			await open(),
			{
				id: `${host.getWorkflow().id} ${host.getNode().id}`,
				provider,
				events,
				options: { includeRaw: false, onlyOtpMessages: true, cancelReportedCodes: true },
			},
			provider.webhook?.parse(raw) ?? [],
		);
		// Items of recorded events would not be new again.
		if (failure instanceof Error && items.length === 0) throw failure;
		return { output: 'main', items };
	},
});

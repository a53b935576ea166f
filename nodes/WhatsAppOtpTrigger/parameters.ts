import {
	NodeOperationError,
	type IHookFunctions,
	type INode,
	type ITriggerFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';
import { z } from 'zod';
import { findProvider, type ListeningPlace, type Provider, type WebhookSupport } from '../../providers';

const optionsSchema = z.object({
	cancelReportedCodes: z.boolean().default(true),
	includeRaw: z.boolean().default(false),
	listenAt: z.string().optional(),
	onlyOtpMessages: z.boolean().default(true),
	passEventsOnTo: z.string().trim().default(''),
	replaceExistingWebhook: z.boolean().default(false),
	webhookSetByHand: z.boolean().default(false),
});

const parametersSchema = z.object({ events: z.array(z.string()), options: optionsSchema.default({}) });

export interface TriggerParameters {
	/** Of this trigger in this workflow. */
	id: string;
	node: INode;
	provider: Provider;
	webhook: WebhookSupport<unknown>;
	events: string[];
	options: z.output<typeof optionsSchema>;
	/** Where the provider sends the events, if it has several places. */
	place: ListeningPlace | undefined;
}

export function triggerParameters(host: IHookFunctions | ITriggerFunctions | IWebhookFunctions): TriggerParameters {
	// Called once, because n8n copies the node each time. The parameters are read from it: none is an expression.
	const node = host.getNode();
	const provider = findProvider(node.parameters.provider);
	if (provider?.webhook === undefined) {
		throw new NodeOperationError(node, `${provider?.name ?? 'This provider'} sends no delivery events`, {
			description:
				'Remove the trigger from the workflow. ' +
				"To get the status of a code, use the operation 'Get' of the WhatsApp OTP node.",
		});
	}
	const id = triggerId(host, node);
	const { webhook } = provider;
	const { events, options } = parametersSchema.parse(node.parameters);
	const [first] = webhook.places ?? [];
	const place = webhook.places?.find((one) => one.id === options.listenAt) ?? first;
	return { id, node, provider, webhook, events, options, place };
}

/** The id of a node alone is not enough: a copy of a workflow has nodes with the same ids. */
export function triggerId(host: Pick<IWebhookFunctions, 'getWorkflow'>, { id }: INode): string {
	return `${host.getWorkflow().id} ${id}`;
}

import {
	NodeOperationError,
	type IHookFunctions,
	type INode,
	type INodeParameters,
	type ITriggerFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';
import { z } from 'zod';
import { providers, type Provider, type WebhookSupport } from '../../providers';

const optionsSchema = z.object({
	includeRaw: z.boolean().default(false),
	onlyOtpMessages: z.boolean().default(true),
	replaceExistingWebhook: z.boolean().default(false),
	webhookSetByHand: z.boolean().default(false),
});

const parametersSchema = z.object({ events: z.array(z.string()), options: optionsSchema.default({}) });

export interface TriggerParameters {
	node: INode;
	provider: Provider;
	webhook: WebhookSupport<unknown>;
	events: string[];
	options: z.output<typeof optionsSchema>;
}

export function triggerParameters(host: IHookFunctions | ITriggerFunctions | IWebhookFunctions): TriggerParameters {
	// Once, for n8n copies it each time, and not by n8n's `getNodeParameter`: nothing of it is an expression.
	const node = host.getNode();
	const provider = providers.find(({ id }) => id === node.parameters.provider);
	if (provider?.webhook === undefined) {
		throw new NodeOperationError(node, `${provider?.name ?? 'This provider'} sends no delivery events`, {
			description:
				"Take the trigger out of the workflow, and ask what became of a code with the operation 'Get' of the WhatsApp OTP node.",
		});
	}
	return { node, provider, webhook: provider.webhook, ...parse(node.parameters) };
}

type Parsed = z.output<typeof parametersSchema>;

/** Of a few triggers; to parse takes longer than to authenticate a webhook, and thousands come with the same. */
const recent = new Map<string, Parsed>();
const mostRecent = 100;

function parse(parameters: INodeParameters): Parsed {
	const text = JSON.stringify(parameters);
	const known = recent.get(text);
	if (known !== undefined) return known;
	const parsed = parametersSchema.parse(parameters);
	if (recent.size >= mostRecent) recent.clear();
	recent.set(text, parsed);
	return parsed;
}

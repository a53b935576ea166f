import { NodeOperationError, type IHookFunctions, type IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod';

import { providers, type Provider, type WebhookSupport } from '../../providers';

const optionsSchema = z.object({
	includeRaw: z.boolean().default(false),
	onlyOtpMessages: z.boolean().default(true),
	replaceExistingWebhook: z.boolean().default(false),
});

export interface TriggerParameters {
	provider: Provider;
	webhook: WebhookSupport<unknown>;
	events: string[];
	options: z.output<typeof optionsSchema>;
}

export function triggerParameters(host: IHookFunctions | IWebhookFunctions): TriggerParameters {
	const id = host.getNodeParameter('provider');
	const provider = providers.find((candidate) => candidate.id === id);
	if (provider?.webhook === undefined) {
		throw new NodeOperationError(host.getNode(), "'Provider' has a value that sends no webhooks");
	}
	return {
		provider,
		webhook: provider.webhook,
		events: z.array(z.string()).parse(host.getNodeParameter('events')),
		options: optionsSchema.parse(host.getNodeParameter('options', {})),
	};
}

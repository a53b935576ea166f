import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { credentials, properties } from './properties';
import { receive } from './receive';
import { checkExists, create, remove } from './registration';

export class WhatsAppOtpTrigger implements INodeType {
	/** Version 2, and no expression anywhere: n8n would evaluate one for every webhook (n8n.md, 'What a webhook costs'). */
	description: INodeTypeDescription = {
		displayName: 'WhatsApp OTP Trigger',
		name: 'whatsAppOtpTrigger',
		icon: { light: 'file:whatsappOtp.svg', dark: 'file:whatsappOtp.dark.svg' },
		group: ['trigger'],
		version: 2,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description: 'Starts the workflow when a code was sent, delivered, read or could not be delivered',
		defaults: { name: 'WhatsApp OTP Trigger' },
		eventTriggerDescription: 'Send a code to your own phone',
		activationMessage: 'The workflow now hears from your WhatsApp provider.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		// With any other `responseData` n8n answers its name instead of what `webhook()` gives it.
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', responseData: '', path: 'webhook' }],
		properties,
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await checkExists(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await create(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await remove(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}

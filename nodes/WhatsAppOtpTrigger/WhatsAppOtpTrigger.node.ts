import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { testStore } from '../shared/store-credential';
import { watch } from './dropped-messages';
import { credentials, properties } from './properties';
import { receive } from './webhook/receive';
import { checkExists, create, remove } from './registration/registration';

export class WhatsAppOtpTrigger implements INodeType {
	/** Version 2, and no expression anywhere: n8n would evaluate one for every webhook (docs/reference/n8n-host.md, 'What a webhook costs'). */
	description: INodeTypeDescription = {
		displayName: 'WhatsApp OTP Trigger',
		name: 'whatsAppOtpTrigger',
		icon: { light: 'file:whatsappOtp.svg', dark: 'file:whatsappOtp.dark.svg' },
		group: ['trigger'],
		version: 2,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description:
			'Starts the workflow when a code was delivered, read or could not be delivered, or when a template was approved',
		defaults: { name: 'WhatsApp OTP Trigger' },
		eventTriggerDescription: 'Send a code to your own phone',
		activationMessage: 'The workflow now hears from your WhatsApp provider.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		// With any other `responseData` n8n answers its name instead of what `webhook()` gives it.
		webhooks: [
			// First, because n8n serves them one after the other, and registering the second has Meta ask the first.
			{
				name: 'setup',
				httpMethod: 'GET',
				responseMode: 'onReceived',
				responseData: '',
				path: 'webhook',
				ndvHideUrl: true,
			},
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', responseData: '', path: 'webhook' },
		],
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

	methods = { credentialTest: { testStore } };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await watch(this);
	}

	/** Hands on what `webhook` or `trigger` brought: for a test event n8n would call `trigger` in place of it. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}

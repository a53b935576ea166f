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
import { accountTests } from '../shared/account-test';
import { eventTriggerHint } from '../shared/builder-hints';
import { testStore } from '../shared/store-credential';
import { emitDroppedMessages } from './dropped-messages';
import { credentials, properties } from './properties';
import { checkExists, create, remove } from './registration/registration';
import { receive } from './webhook/receive';

export class WhatsAppOtpTrigger implements INodeType {
	/**
	 * `version` is 2 and `webhooks` contain no expression: for each webhook n8n would evaluate one
	 * (docs/reference/n8n-host.md, 'What a webhook costs').
	 */
	description: INodeTypeDescription = {
		displayName: 'WhatsApp OTP Trigger',
		name: 'whatsAppOtpTrigger',
		icon: { light: 'file:whatsappOtp.svg', dark: 'file:whatsappOtp.dark.svg' },
		group: ['trigger'],
		version: 2,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		// In the list of nodes, n8n shows this description for the action node, too.
		description:
			'Sends one-time codes over WhatsApp, checks them, and starts a workflow when they are delivered or fail',
		defaults: { name: 'WhatsApp OTP Trigger' },
		eventTriggerDescription: 'Send a code to your own phone',
		activationMessage: 'The workflow now receives events from your WhatsApp provider.',
		builderHint: eventTriggerHint,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		// With another `responseData`, n8n would answer with that word instead of the answer of `webhook()`.
		webhooks: [
			// First, because n8n sets them up in this order: while the second is registered, a provider may call the first.
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

	methods = { credentialTest: { testStore, ...accountTests } };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await emitDroppedMessages(this);
	}

	/** Returns its input, the items of `webhook` or `trigger`. Without it, n8n would call `trigger` for test events. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}

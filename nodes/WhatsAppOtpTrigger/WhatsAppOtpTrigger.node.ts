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
import { whilePublishing } from '../shared/errors';
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
		subtitle: '={{ $parameter["events"]?.join(", ") }}',
		// In the list of nodes, n8n shows this description for the action node, too.
		description:
			'Sends one-time codes over WhatsApp, checks them, and starts a workflow when they are delivered or fail',
		defaults: { name: 'WhatsApp OTP Trigger' },
		eventTriggerDescription: 'Send a code to your own phone',
		activationMessage: 'Wait for the green dot at Publish: only then do events arrive.',
		triggerPanel: {
			header: 'Wait for events of your WhatsApp provider',
			executionsHelp:
				"<b>To test</b>, click 'Execute step', then send a code to your own phone with the WhatsApp OTP node. " +
				'<br /><br /><b>When the workflow is ready</b>, publish it. Then it runs for every chosen event, ' +
				'and you find its runs under Executions.',
		},
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
				return await whilePublishing(this, () => checkExists(this));
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await whilePublishing(this, () => create(this));
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await whilePublishing(this, () => remove(this));
			},
		},
	};

	methods = { credentialTest: { testStore, ...accountTests } };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await whilePublishing(this, () => emitDroppedMessages(this));
	}

	/** Returns its input, the items of `webhook` or `trigger`. Without it, n8n would call `trigger` for test events. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}

import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { accountTests } from '../shared/account-test';
import { testStore } from '../shared/store-credential';
import { createTemplate, searchTemplates } from '../WhatsAppOtp/editor-lists';
import { getSignInLanguages } from './languages';
import { signInParameters } from './parameters';
import { credentials, properties } from './properties';
import { serve } from './webhook/serve';

export class WhatsAppOtpSignInTrigger implements INodeType {
	/**
	 * `version` is 2 and `webhooks` contain no expression: for each request n8n would evaluate one
	 * (docs/reference/n8n-host.md, 'What a webhook costs').
	 */
	description: INodeTypeDescription = {
		displayName: 'WhatsApp OTP Sign-In Trigger',
		name: 'whatsAppOtpSignInTrigger',
		icon: { light: 'file:whatsappOtp.svg', dark: 'file:whatsappOtp.dark.svg' },
		group: ['trigger'],
		version: 2,
		subtitle: 'Sign-in page',
		description: 'Shows a sign-in page, and starts the workflow when a person has entered the code from WhatsApp',
		defaults: { name: 'WhatsApp OTP Sign-In Trigger' },
		eventTriggerDescription: 'Open the test URL in a browser and sign in',
		activationMessage: 'People can now sign in on the page at the production URL.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		// With another `responseData`, n8n would answer with that word instead of the answer of `webhook()`.
		webhooks: [
			{ name: 'setup', httpMethod: 'GET', responseMode: 'onReceived', responseData: '', path: 'sign-in' },
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: '',
				path: 'sign-in',
				ndvHideMethod: true,
				ndvHideUrl: true,
			},
		],
		properties,
	};

	methods = {
		credentialTest: { testStore, ...accountTests },
		listSearch: { searchTemplates },
		actionHandler: { createTemplate },
		loadOptions: { getSignInLanguages },
	};

	/** Nothing is registered elsewhere. Publishing stops if a parameter cannot be used. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				signInParameters(this);
				return true;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await serve(this);
	}
}

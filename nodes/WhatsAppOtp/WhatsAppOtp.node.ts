import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { accountTests } from '../shared/account-test';
import { actionHint } from '../shared/builder-hints';
import { testStore } from '../shared/store-credential';
import { credentials } from './credential-visibility';
import { outputs, properties } from './description';
import { createTemplate, getTemplateLanguages, searchTemplates } from './editor-lists';
import { route } from './router';
import { pageWebhooks } from './waiting/page-webhooks';
import { serveWait } from './waiting/serve';

export class WhatsAppOtp implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WhatsApp OTP',
		name: 'whatsAppOtp',
		icon: { light: 'file:whatsappOtp.svg', dark: 'file:whatsappOtp.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Send one-time passwords over WhatsApp and check them',
		defaults: { name: 'WhatsApp OTP' },
		usableAsTool: true,
		builderHint: actionHint,
		inputs: [NodeConnectionTypes.Main],
		outputs,
		credentials,
		webhooks: pageWebhooks,
		properties,
	};

	methods = {
		credentialTest: { testStore, ...accountTests },
		listSearch: { searchTemplates },
		actionHandler: { createTemplate },
		loadOptions: { getTemplateLanguages },
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await serveWait(this);
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this);
	}
}

import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { defaultBaseUrls } from '../providers/dialog360/account';

export class WhatsAppOtp360DialogApi implements ICredentialType {
	name = 'whatsAppOtp360DialogApi';

	displayName = 'WhatsApp OTP 360dialog API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl = 'https://docs.360dialog.com/docs/messaging-api/api-key';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'The key of the sending number, from the 360dialog Hub: WhatsApp Accounts > Details > API Keys',
		},
		{
			displayName: 'Hosting',
			name: 'hosting',
			type: 'options',
			options: [
				{ name: 'Cloud API', value: 'cloud', description: 'The number runs in the cloud of Meta' },
				{ name: 'On-Premises API', value: 'onPremises', description: 'The number runs on a server of 360dialog' },
			],
			default: 'cloud',
			description: 'Where the number runs; the 360dialog Hub shows it beside the number',
		},
		{
			displayName: 'Namespace',
			name: 'namespace',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 5fd3a1c2_8e47_4b6f_9a0d_2c71e3b94a18',
			displayOptions: { show: { hosting: ['onPremises'] } },
			description: "The message templates' namespace; the 360dialog Hub shows it beside the number",
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: `e.g. ${defaultBaseUrls.cloud}`,
			description: "Leave empty for 360dialog's own address of the hosting",
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'D360-API-KEY': '={{ $credentials.apiKey }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ($credentials.baseUrl.trim() || ${JSON.stringify(defaultBaseUrls)}[$credentials.hosting]).replace(/\\/+$/, "") }}`,
			url: '/v1/configs/templates?limit=1',
			timeout: 20_000,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message: '360dialog does not know this API key, or it has run out. Each number has a key of its own.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						"360dialog has blocked this address for the key. Check 'Hosting', and the number in the 360dialog Hub.",
				},
			},
			{
				type: 'responseCode',
				properties: { value: 404, message: "360dialog's API is not at this address. Check 'Hosting' and 'Base URL'." },
			},
		],
	};
}

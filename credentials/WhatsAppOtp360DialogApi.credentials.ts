import type { IAuthenticateGeneric, ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

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
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://waba-v2.360dialog.io',
			description: 'Leave empty for 360dialog itself',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'D360-API-KEY': '={{ $credentials.apiKey }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ ($credentials.baseUrl || "https://waba-v2.360dialog.io").replace(/\\/+$/, "") }}',
			url: '/v1/configs/templates?limit=1',
		},
	};
}

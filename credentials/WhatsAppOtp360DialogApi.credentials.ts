import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { defaultBaseUrls } from '../providers/dialog360/account';
import { onPremisesRetired } from '../providers/onPremises/retired';

/** Parts of the expression for the test's base URL. */
const enteredUrl = '$credentials.baseUrl.trim()';
const defaultUrl = `${JSON.stringify(defaultBaseUrls)}[$credentials.hosting]`;

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
			description: 'The API key of the sending number, from the 360dialog Hub: WhatsApp Accounts > Details > API Keys',
		},
		{
			displayName: 'Hosting',
			name: 'hosting',
			type: 'options',
			options: [
				{ name: 'Cloud API', value: 'cloud', description: 'The number is hosted in the cloud of Meta' },
				{
					name: 'On-Premises API (Retired)',
					value: 'onPremises',
					description: 'The number was hosted on a server of 360dialog, until Meta ended this on 23 October 2025',
				},
			],
			default: 'cloud',
			description: 'Where the number is hosted. The 360dialog Hub shows it next to the number.',
		},
		{
			displayName: onPremisesRetired,
			name: 'retired',
			type: 'notice',
			default: '',
			displayOptions: { show: { hosting: ['onPremises'] } },
		},
		{
			displayName: 'Namespace',
			name: 'namespace',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 5fd3a1c2_8e47_4b6f_9a0d_2c71e3b94a18',
			displayOptions: { show: { hosting: ['onPremises'] } },
			description: 'The namespace of the message templates. The 360dialog Hub shows it next to the number.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: `e.g. ${defaultBaseUrls.cloud}`,
			description: 'Leave empty to use the URL of 360dialog for this hosting',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'D360-API-KEY': '={{ $credentials.apiKey }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ (${enteredUrl} || ${defaultUrl}).replace(/\\/+$/, "") }}`,
			url: '/v1/configs/templates?limit=1',
			timeout: 20_000,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message: '360dialog does not know this API key, or it has expired. Each number has a separate key.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						"360dialog does not allow this API key. Check 'Hosting', and the number's status in the 360dialog Hub.",
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message: "360dialog's API was not found at this URL. Check 'Hosting' and 'Base URL'.",
				},
			},
		],
	};
}

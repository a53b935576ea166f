import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { defaultBaseUrl } from '../providers/waCr/account';

export class WhatsAppOtpWaCrApi implements ICredentialType {
	name = 'whatsAppOtpWaCrApi';

	displayName = 'WhatsApp OTP WA.cr API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl = 'https://docs.app.wa.cr';

	properties: INodeProperties[] = [
		{
			displayName: 'API Token',
			name: 'apiToken',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'A token with the scopes messages:send and templates:read',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: defaultBaseUrl,
			description: 'The address of the API v2 of your WA.cr, as the settings of your account show it',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.apiToken }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ($credentials.baseUrl.trim() || ${JSON.stringify(defaultBaseUrl)}).replace(/\\/+$/, "") }}`,
			url: '/auth/templates?per_page=1',
			headers: { Accept: 'application/json' },
			timeout: 20_000,
		},
		rules: [
			{
				type: 'responseCode',
				properties: { value: 401, message: 'WA.cr does not accept this API token, or it has run out.' },
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						'WA.cr accepts the token but not for templates: it lacks the scope templates:read, or the plan has no templates.',
				},
			},
			{
				type: 'responseCode',
				properties: { value: 404, message: "There is no API v2 of WA.cr at this address. Check 'Base URL'." },
			},
			{
				type: 'responseCode',
				properties: { value: 422, message: 'WhatsApp is not set up at WA.cr yet.' },
			},
			{
				type: 'responseCode',
				properties: { value: 429, message: 'WA.cr has been asked too often with this token. Try again in a minute.' },
			},
		],
	};
}

import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { bodyRule, bodyRules } from '../nodes/shared/credential-test-rules';
import { defaultBaseUrls, pathsOfApi } from '../providers/dialog360/account';
import { dialog360Errors } from '../providers/dialog360/error-codes';
import { metaErrors } from '../providers/meta/error-codes';
import { onPremisesRetired } from '../providers/onPremises/retired';
import { pastedExpression } from '../providers/pasted';

/** Parts of the expression for the test's base URL. */
const enteredUrl = pastedExpression('url', '$credentials.baseUrl', pathsOfApi);
const defaultUrl = `${JSON.stringify(defaultBaseUrls)}[$credentials.hosting]`;

export class WhatsAppOtp360DialogApi implements ICredentialType {
	name = 'whatsAppOtp360DialogApi';

	displayName = 'WhatsApp OTP 360dialog API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-whatsapp-otp/n8n-nodes-whatsapp-otp/blob/main/docs/credentials.md#360dialog';

	properties: INodeProperties[] = [
		{
			displayName:
				'API Key: in the 360dialog Hub, open Channels > your number > Generate API Key. ' +
				'A new key revokes the old one, so copy the key if another system uses this number.',
			name: 'whereToFind',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'The API key of the sending number, from the 360dialog Hub: Channels > your number > Generate API Key',
			hint: 'The key of the sending number. Each number has a different one.',
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
			hint: 'Leave empty to use the URL of 360dialog for this hosting',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'D360-API-KEY': `={{ ${pastedExpression('key', '$credentials.apiKey')} }}` } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ${enteredUrl} || ${defaultUrl} }}`,
			url: '/v1/configs/templates?limit=1',
			timeout: 20_000,
			// 360dialog gives the reason in the body. n8n checks the body only if it takes the response for a success.
			ignoreHttpStatusErrors: true,
		},
		rules: [
			// In both spellings of the envelope (docs/reference/providers.md 6.14), with a full stop and without it.
			...['meta.developer_message', 'meta.developerMessage'].flatMap((key) => [
				...bodyRules(key, dialog360Errors),
				...bodyRules(key, dialog360Errors, '.'),
			]),
			...bodyRules('error.code', metaErrors),
			bodyRule(
				'waba_templates',
				undefined,
				'360dialog did not return the templates of this number. ' +
					"Check 'API Key', 'Hosting' and 'Base URL', and the number's status in the 360dialog Hub.",
			),
		],
	};
}

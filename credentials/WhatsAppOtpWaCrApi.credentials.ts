import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { sentenceOf, statusRule } from '../nodes/shared/credential-test-rules';
import { rowWith } from '../providers/errors';
import { pastedExpression } from '../providers/pasted';
import { defaultBaseUrl, pathsOfApi } from '../providers/waCr/account';
import { waCrErrors } from '../providers/waCr/error-codes';

/** Part of the expression for the test's base URL. */
const enteredUrl = pastedExpression('url', '$credentials.baseUrl', pathsOfApi);

const wordsFor = (code: string) => sentenceOf(rowWith(waCrErrors, code));
const lowerFirst = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1);

export class WhatsAppOtpWaCrApi implements ICredentialType {
	name = 'whatsAppOtpWaCrApi';

	displayName = 'WhatsApp OTP WA.cr API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-whatsapp-otp/n8n-nodes-whatsapp-otp/blob/main/docs/credentials.md#wacr';

	properties: INodeProperties[] = [
		{
			displayName:
				'API Token and Base URL: open the API settings of your WA.cr account. ' +
				'The token needs the scopes messages:send and templates:read.',
			name: 'whereToFind',
			type: 'notice',
			default: '',
		},
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
			description: 'The URL of the WA.cr API v2, from the settings of your account',
			hint: 'Change it only if the API settings of your account show a different one',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: `=Bearer {{ ${pastedExpression('key', '$credentials.apiToken')} }}` } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ${enteredUrl} || ${JSON.stringify(defaultBaseUrl)} }}`,
			url: '/auth/templates?per_page=1',
			headers: { Accept: 'application/json' },
			timeout: 20_000,
		},
		rules: [
			statusRule(401, wordsFor('UNAUTHORIZED')),
			statusRule(
				403,
				`${wordsFor('INSUFFICIENT_SCOPE')} If the token has them: ${lowerFirst(wordsFor('FEATURE_NOT_AVAILABLE'))}`,
			),
			statusRule(404, "The WA.cr API v2 was not found at this URL. Check 'Base URL'."),
			statusRule(422, wordsFor('WHATSAPP_NOT_CONFIGURED')),
			statusRule(429, wordsFor('RATE_LIMIT_EXCEEDED')),
			statusRule(500, wordsFor('INTERNAL_ERROR')),
		],
	};
}

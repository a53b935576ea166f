import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { metaErrors, metaSubcodes } from '../providers/meta/error-codes';
import { defaultBaseUrl, defaultVersion } from '../providers/metaCloud/account';

/** n8n shows the message of the first rule whose key has the value; in an answer that says yes, none has. */
const rule = (key: string, value: unknown, message: string) =>
	({ type: 'responseSuccessBody', properties: { key, value, message } }) as const;

const rulesOf = (key: string, table: typeof metaErrors) =>
	table.flatMap(({ errorCodes, what, fix }) => errorCodes.map((errorCode) => rule(key, errorCode, `${what}. ${fix}.`)));

export class WhatsAppOtpMetaCloudApi implements ICredentialType {
	name = 'whatsAppOtpMetaCloudApi';

	displayName = 'WhatsApp OTP Meta Cloud API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl = 'https://developers.facebook.com/docs/whatsapp/cloud-api/get-started';

	properties: INodeProperties[] = [
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Of a system user in Business Manager, with whatsapp_business_messaging and whatsapp_business_management',
		},
		{
			displayName: 'Phone Number ID',
			name: 'phoneNumberId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 106540352242922',
			description: 'The id of the sending number, from WhatsApp > API Setup of your app; not the number itself',
		},
		{
			displayName: 'Business Account ID',
			name: 'businessAccountId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 102290129340398',
			description: 'The id of the WhatsApp Business account, to which the templates belong',
		},
		{
			displayName: 'App Secret',
			name: 'appSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				"From App Settings > Basic of your app. It proves that a delivery event is Meta's; only the trigger needs it.",
		},
		{
			displayName: 'API Version',
			name: 'apiVersion',
			type: 'string',
			default: defaultVersion,
			description: 'Version of the Graph API',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: defaultBaseUrl,
			description: 'Where the Graph API is, without the version',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.accessToken }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ($credentials.baseUrl.trim() || "${defaultBaseUrl}").replace(/\\/+$/, "") }}`,
			url: `=/{{ ($credentials.apiVersion.trim() || "${defaultVersion}").replace(/^v?/, "v") }}/{{ encodeURIComponent($credentials.phoneNumberId.trim()) }}`,
			qs: { fields: 'id,health_status' },
			timeout: 20_000,
			// Meta's reason stands in the body of the refusal, at which n8n looks only where it takes the answer for a success.
			ignoreHttpStatusErrors: true,
		},
		rules: [
			...rulesOf('error.error_subcode', metaSubcodes),
			...rulesOf('error.code', metaErrors),
			rule(
				'health_status.can_send_message',
				'BLOCKED',
				'Meta does not let this number send. WhatsApp Manager says why, at the number and at the account.',
			),
			rule(
				'id',
				undefined,
				"This is not Meta's Graph API, or not a phone number's id. Check 'Base URL' and 'Phone Number ID'.",
			),
		],
	};
}

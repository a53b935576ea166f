import { createHmac } from 'node:crypto';
import type { IAuthenticate, ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { bodyRule, bodyRules } from '../nodes/shared/credential-test-rules';
import { metaErrors, metaSentences, metaSubcodes } from '../providers/meta/error-codes';
import { defaultBaseUrl, pathsOfApi } from '../providers/metaCloud/account';
import { defaultVersion, offeredVersions } from '../providers/metaCloud/versions';
import { pasted, pastedExpression } from '../providers/pasted';

/** The types of Meta's errors. A refusal with a code that no table has is known by its type. */
const errorTypes = ['OAuthException', 'GraphMethodException', 'FacebookApiException', 'Exception'];

/** Meta's sentences as they come: with and without the error code in front. */
const withCode = (table: typeof metaErrors) =>
	table.map((entry) => ({
		...entry,
		errorCodes: entry.errorCodes.flatMap((sentence) => [sentence, `(#100) ${sentence}`]),
	}));

const secrets = z.object({
	accessToken: z.string().transform((token) => pasted('key', token)),
	appSecret: z
		.string()
		.catch('')
		.transform((secret) => pasted('trimmed', secret)),
});

/** The ID of the app in a path such as /v25.0/670843887433847/subscriptions. */
const appInPath = /\/v\d+\.\d+\/(\d+)\/subscriptions$/;

/** An expression for the version, with the v that people leave out. */
const version = `($credentials.apiVersion.trim() || "${defaultVersion}").replace(/^v?/, "v")`;

export class WhatsAppOtpMetaCloudApi implements ICredentialType {
	name = 'whatsAppOtpMetaCloudApi';

	displayName = 'WhatsApp OTP Meta Cloud API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-whatsapp-otp/n8n-nodes-whatsapp-otp/blob/main/docs/credentials.md#meta-cloud-api';

	properties: INodeProperties[] = [
		{
			displayName:
				'Phone Number ID and Business Account ID: in your app at developers.facebook.com, open WhatsApp > API Setup. ' +
				'App Secret: App Settings > Basic. ' +
				'Access Token: in Business Settings, open Users > System Users > your system user > Generate New Token.',
			name: 'whereToFind',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'The access token of a system user in Business Manager. ' +
				'It needs the permissions whatsapp_business_messaging and whatsapp_business_management.',
			hint: 'The token on the page API Setup expires after 24 hours. The token of a system user can last forever.',
		},
		{
			displayName: 'Phone Number ID',
			name: 'phoneNumberId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 106540352242922',
			description: 'The ID of the sending number, from WhatsApp > API Setup of your app',
			hint: 'Not the phone number. The page API Setup shows the ID below the number.',
		},
		{
			displayName: 'Business Account ID',
			name: 'businessAccountId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 102290129340398',
			description: 'The ID of the WhatsApp Business account that owns the templates',
			hint: 'The page API Setup calls it WhatsApp Business Account ID. Not the ID of the business.',
		},
		{
			displayName: 'App Secret',
			name: 'appSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'From App Settings > Basic of your app. The trigger needs it to check that events come from Meta. ' +
				'The other calls need it if your app has Require App Secret turned on.',
			hint: 'The trigger needs it. It is not the access token.',
		},
		{
			displayName: 'API Version',
			name: 'apiVersion',
			type: 'options',
			options: offeredVersions,
			default: defaultVersion,
			description: 'The version of the Graph API. The node shows a hint when it ends within 90 days.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: defaultBaseUrl,
			description: 'The URL of the Graph API, without the version',
		},
	];

	/**
	 * The proof goes with every call, because some apps demand it (docs/reference/providers.md 1.6). Calls about the
	 * app's own webhooks need the app's own token (docs/reference/providers.md 1.9).
	 */
	authenticate: IAuthenticate = async (credentials, request) => {
		const { accessToken, appSecret } = secrets.parse(credentials);
		const appId = appInPath.exec(request.url)?.[1];
		const token = appId === undefined || appSecret === '' ? accessToken : `${appId}|${appSecret}`;
		const headers = { ...request.headers, Authorization: `Bearer ${token}` };
		if (appSecret === '') return { ...request, headers };
		const proof = createHmac('sha256', appSecret).update(token).digest('hex');
		return { ...request, headers, qs: { ...request.qs, appsecret_proof: proof } };
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ${pastedExpression('url', '$credentials.baseUrl', pathsOfApi)} || "${defaultBaseUrl}" }}`,
			url: `=/{{ ${version} }}/{{ encodeURIComponent(${pastedExpression('trimmed', '$credentials.phoneNumberId')}) }}`,
			qs: { fields: 'id,health_status' },
			timeout: 20_000,
			// Meta gives the reason in the body. n8n checks the body only if it takes the response for a success.
			ignoreHttpStatusErrors: true,
		},
		rules: [
			...bodyRules('error.error_subcode', metaSubcodes),
			...bodyRules('error.message', withCode(metaSentences)),
			...bodyRules('error.code', metaErrors),
			...errorTypes.map((type) =>
				bodyRule(
					'error.type',
					type,
					'Meta refused the request with an unknown error code. Check the IDs and the access token, and send a code ' +
						"with the WhatsApp OTP node: its error shows Meta's own words.",
				),
			),
			bodyRule(
				'health_status.can_send_message',
				'BLOCKED',
				'Meta does not allow this number to send. WhatsApp Manager shows the reason at the number or at the account.',
			),
			bodyRule(
				'id',
				undefined,
				"This is not Meta's Graph API, or not the ID of a phone number. Check 'Base URL' and 'Phone Number ID'.",
			),
		],
	};
}

import type { IAuthenticate, ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { bodyRule, bodyRules, sentenceOf } from '../nodes/shared/credential-test-rules';
import { rowWith } from '../providers/errors';
import { metaErrors } from '../providers/meta/error-codes';
import { aroundChannel, defaultBaseUrl, pathsOfApi } from '../providers/oneMsg/account';
import { oneMsgErrors } from '../providers/oneMsg/error-codes';
import { pasted, pastedExpression } from '../providers/pasted';

const state = (value: string | undefined, message: string) => bodyRule('status', value, message);

/** Outside the list of properties: there, n8n's lint takes a name with 'token' for a secret that must be masked. */
const tokenIn: INodeProperties = {
	displayName: 'Token In',
	name: 'tokenIn',
	type: 'options',
	options: [
		{ name: 'Header', value: 'header', description: 'Keeps the token out of logs' },
		{ name: 'Query', value: 'query', description: 'For channels that accept it only in the URL' },
	],
	default: 'header',
	description: 'Where requests carry the token. 1MSG accepts it in one place only.',
};

const secrets = z.object({
	token: z.string().transform((token) => pasted('key', token)),
	tokenIn: z.enum(['header', 'query']).catch('header'),
});

export class WhatsAppOtp1MsgApi implements ICredentialType {
	name = 'whatsAppOtp1MsgApi';

	displayName = 'WhatsApp OTP 1MSG API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-whatsapp-otp/n8n-nodes-whatsapp-otp/blob/main/docs/credentials.md#1msg';

	properties: INodeProperties[] = [
		{
			displayName:
				'Channel ID and Token: open your channel in your 1MSG account. ' +
				'Namespace: save the credential without it. Then run the operation Get Many for templates, ' +
				'with Simplify turned off, and copy the namespace from its output.',
			name: 'whereToFind',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Channel ID',
			name: 'channelId',
			type: 'string',
			required: true,
			default: '',
			description: 'The ID of the channel of the sending number, from your 1MSG account',
			hint: 'Not the phone number. It is also the number in the API address of the channel.',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'The token of the channel, from your 1MSG account',
			hint: 'The token of this channel. Each channel has a different one.',
		},
		{
			displayName: 'Namespace',
			name: 'namespace',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. ca300906_cfbc_410b_99fb_dcee8e13d578',
			description:
				'The namespace of the templates. 1MSG needs it to send. ' +
				"To find it, run the operation 'Get Many' for templates with 'Simplify' turned off.",
		},
		tokenIn,
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: defaultBaseUrl,
			description: 'The URL of 1MSG, without the channel',
		},
	];

	/** With expressions, the unused place would be sent empty, which 1MSG rejects (docs/reference/providers.md 4.1). */
	authenticate: IAuthenticate = async (credentials, request) => {
		const { token, tokenIn: place } = secrets.parse(credentials);
		if (place === 'query') return { ...request, qs: { ...request.qs, token } };
		return { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ${pastedExpression('url', '$credentials.baseUrl', pathsOfApi)} || "${defaultBaseUrl}" }}`,
			url: `=/{{ encodeURIComponent(${pastedExpression('trimmed', '$credentials.channelId', aroundChannel)}) }}/status`,
			timeout: 20_000,
			// The state of the channel comes with a success, an error as text or JSON. Only with this, n8n checks both.
			ignoreHttpStatusErrors: true,
		},
		rules: [
			state('connecting', 'The channel is still connecting. Try again in a minute.'),
			state('disconnected', 'The channel is disconnected. Connect its number again in your 1MSG account.'),
			state('uninitialized', 'The channel is not set up. Complete the set-up in your 1MSG account.'),
			state('unregistered', "The channel's number is not registered with WhatsApp. Register it in your 1MSG account."),
			...bodyRules('error.code', metaErrors),
			...bodyRules('response.error.code', metaErrors),
			state(undefined, `${sentenceOf(rowWith(oneMsgErrors, 401))} Or: ${sentenceOf(rowWith(oneMsgErrors, 403))}`),
		],
	};
}

import type { IAuthenticate, ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { defaultBaseUrl } from '../providers/oneMsg/account';

/** n8n shows the message of the first rule whose key has the value; in an answer that says yes, none has. */
const rule = (value: string | undefined, message: string) =>
	({ type: 'responseSuccessBody', properties: { key: 'status', value, message } }) as const;

/** Not in the list itself, where n8n's lint takes a name that holds 'token' for a secret to be blanked out. */
const tokenIn: INodeProperties = {
	displayName: 'Token In',
	name: 'tokenIn',
	type: 'options',
	options: [
		{ name: 'Header', value: 'header', description: 'Keeps the token out of logs' },
		{ name: 'Query', value: 'query', description: 'For channels that take it only as part of the address' },
	],
	default: 'header',
	description: 'Where requests carry the token; 1MSG wants it in one place only',
};

const secrets = z.object({ token: z.string(), tokenIn: z.enum(['header', 'query']).catch('header') });

export class WhatsAppOtp1MsgApi implements ICredentialType {
	name = 'whatsAppOtp1MsgApi';

	displayName = 'WhatsApp OTP 1MSG API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl = 'https://docs.1msg.io';

	properties: INodeProperties[] = [
		{
			displayName: 'Channel ID',
			name: 'channelId',
			type: 'string',
			required: true,
			default: '',
			description: 'The channel of the sending number, from your 1MSG account',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: "The channel's own token",
		},
		{
			displayName: 'Namespace',
			name: 'namespace',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. ca300906_cfbc_410b_99fb_dcee8e13d578',
			description:
				"The templates' namespace. 1MSG sends no template without it; to find it, get many templates with 'Simplify' off.",
		},
		tokenIn,
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: defaultBaseUrl,
			description: "1MSG's address, without the channel",
		},
	];

	/** Expressions could only leave the other place empty, and 1MSG would see it (docs/reference/providers.md 4.1). */
	authenticate: IAuthenticate = async (credentials, request) => {
		const { token, tokenIn: place } = secrets.parse(credentials);
		if (place === 'query') return { ...request, qs: { ...request.qs, token } };
		return { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ($credentials.baseUrl.trim() || "${defaultBaseUrl}").replace(/\\/+$/, "") }}`,
			url: '=/{{ encodeURIComponent($credentials.channelId.trim()) }}/status',
			timeout: 20_000,
			// A channel's state comes as a success, a refusal as text or as JSON: n8n looks at both only so.
			ignoreHttpStatusErrors: true,
		},
		rules: [
			rule('connecting', 'The channel is still connecting. Try again in a minute.'),
			rule('disconnected', 'The channel is disconnected. Connect its number again in your 1MSG account.'),
			rule('uninitialized', 'The channel is not set up. Finish that in your 1MSG account.'),
			rule('unregistered', "The channel's number is not registered with WhatsApp. Register it in your 1MSG account."),
			rule(
				undefined,
				"1MSG does not know this token for this channel, or has blocked the channel. Check 'Channel ID', 'Token' and 'Token In', and the channel's trial or subscription.",
			),
		],
	};
}

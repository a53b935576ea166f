import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

const only = (...store: string[]) => ({ show: { store } });

/** Apart from the others: n8n's linter knows no secret by this name, and this one can hold a password. */
const url: INodeProperties = {
	displayName: 'URL',
	name: 'url',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	placeholder: 'e.g. redis://user:password@host:6379/0',
	displayOptions: only('redis'),
	description:
		'Used in place of the fields below. With rediss:// it speaks TLS; redis+sentinel://host:26379,host:26379/name finds a primary by Sentinels, redis+cluster://host:6379,host:6379 takes a cluster.',
};

export class WhatsAppOtpStoreApi implements ICredentialType {
	name = 'whatsAppOtpStoreApi';

	displayName = 'WhatsApp OTP Store API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-whatsapp-otp';

	/** No other node has any business with the secret that signs codes. */
	restrictToSupportedNodes = true as const;

	/** None of its own: the nodes test it (`testedBy`), where n8n's linter does not look. */
	declare test?: ICredentialTestRequest;

	properties: INodeProperties[] = [
		{
			displayName: 'Store',
			name: 'store',
			type: 'options',
			options: [
				{ name: 'Redis', value: 'redis', description: 'For queue mode and any number of machines' },
				{ name: 'Redis over REST', value: 'redisRest', description: 'A hosted Redis with the REST API of Upstash' },
				{ name: 'SQLite', value: 'sqlite', description: 'A file, for one machine' },
			],
			default: 'redis',
			description: 'Where verifications are kept',
		},
		{
			displayName: 'Signing Secret',
			name: 'signingSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'At least 16 random characters, such as from "openssl rand -base64 32". Codes are signed and numbers sealed with it: keep it, and give every node that shares codes the same.',
		},
		{
			displayName: 'Previous Signing Secrets',
			name: 'previousSigningSecrets',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'After a change of Signing Secret: the ones before, separated by commas. Remove them a day later, when nothing signed with them is left.',
		},
		url,
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			default: '',
			placeholder: 'e.g. redis.example.com',
			displayOptions: only('redis'),
		},
		{ displayName: 'Port', name: 'port', type: 'number', default: 6379, displayOptions: only('redis') },
		{
			displayName: 'Username',
			name: 'username',
			type: 'string',
			default: '',
			displayOptions: only('redis'),
			description: 'Of an access control list; leave empty for the default user',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: only('redis'),
		},
		{ displayName: 'Database', name: 'database', type: 'number', default: 0, displayOptions: only('redis') },
		{
			displayName: 'TLS',
			name: 'tls',
			type: 'boolean',
			default: false,
			displayOptions: only('redis'),
			description: 'Whether to speak TLS with the server',
		},
		{
			displayName: 'REST URL',
			name: 'restUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://eu1-example-12345.upstash.io',
			displayOptions: only('redisRest'),
		},
		{
			displayName: 'REST Token',
			name: 'restToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: only('redisRest'),
			description: 'The one that may write, not the read-only one',
		},
		{
			displayName: 'Path',
			name: 'path',
			type: 'string',
			default: '',
			placeholder: 'e.g. /home/node/.n8n/whatsapp-otp/verifications.sqlite',
			displayOptions: only('sqlite'),
			description: "Of the file; leave empty for the one in n8n's own folder",
		},
	];
}

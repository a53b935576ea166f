import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

const only = (...store: string[]) => ({ show: { store } });

/** Outside the list of properties: there, n8n's lint does not accept 'url' as a secret. It can hold a password. */
const url: INodeProperties = {
	displayName: 'URL',
	name: 'url',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	placeholder: 'e.g. redis://user:password@host:6379/0',
	displayOptions: only('redis'),
	description:
		'Replaces the fields below. Use rediss:// for TLS, ' +
		'redis+sentinel://host:26379,host:26379/name for Sentinels, redis+cluster://host:6379,host:6379 for a cluster.',
};

export class WhatsAppOtpStoreApi implements ICredentialType {
	name = 'whatsAppOtpStoreApi';

	displayName = 'WhatsApp OTP Store API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-whatsapp-otp/n8n-nodes-whatsapp-otp/blob/main/docs/credentials.md#store';

	/** Other nodes must not be able to use the secret that signs codes. */
	restrictToSupportedNodes = true as const;

	/** Declared without a value for n8n's lint, which requires a test. The nodes test the credential (`testedBy`). */
	declare test?: ICredentialTestRequest;

	properties: INodeProperties[] = [
		{
			displayName: 'Store',
			name: 'store',
			type: 'options',
			options: [
				{ name: 'Redis', value: 'redis', description: 'For queue mode and any number of machines' },
				{ name: 'Redis over REST', value: 'redisRest', description: 'A hosted Redis with the REST API of Upstash' },
				{ name: 'SQLite', value: 'sqlite', description: 'A file, for a single machine' },
			],
			default: 'redis',
			description: 'Where verifications are stored',
		},
		{
			displayName: 'Signing Secret',
			name: 'signingSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'At least 16 random characters, for example from "openssl rand -base64 32". ' +
				'It signs codes and encrypts phone numbers. Keep it, and use the same secret in all nodes that share codes. ' +
				"Nodes with the same store and secret accept each other's codes, so use a separate secret for each team.",
			hint: 'Choose it once and keep a copy. To change it, use Previous Signing Secrets.',
		},
		{
			displayName: 'Previous Signing Secrets',
			name: 'previousSigningSecrets',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'After a change of Signing Secret: the old secrets, separated by commas. ' +
				'Remove them after one day. By then they are no longer used.',
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
			description: 'A user of the access control list. Leave empty for the default user.',
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
			description: 'Whether to connect to the server with TLS',
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
			hint: 'The token with write access, not the read-only token',
		},
		{
			displayName: 'Path',
			name: 'path',
			type: 'string',
			default: '',
			placeholder: 'e.g. /home/node/.n8n/whatsapp-otp',
			displayOptions: only('sqlite'),
			description:
				'The full path of a folder on a local disk. The store is the file verifications.sqlite in it. ' +
				"Leave empty to use the folder whatsapp-otp in n8n's own folder.",
		},
	];
}

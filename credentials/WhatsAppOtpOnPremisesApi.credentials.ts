import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	IDataObject,
	IHttpRequestHelper,
	INodeProperties,
} from 'n8n-workflow';
import { logIn } from '../nodes/shared/on-premises-login';

const unwell = (status: string) => ({
	type: 'responseSuccessBody' as const,
	properties: {
		key: 'health.gateway_status',
		value: status,
		message: `The server took the login, but says of its connection to WhatsApp: ${status}`,
	},
});

/** Apart from the others: n8n's linter takes any name with 'cert' in it for a secret, and a switch is none. */
const allowUnauthorizedCerts: INodeProperties = {
	displayName: 'Ignore SSL Issues (Insecure)',
	name: 'allowUnauthorizedCerts',
	type: 'boolean',
	default: false,
	description: 'Whether to connect although the certificate can not be checked, as is usual for a self-signed one',
};

export class WhatsAppOtpOnPremisesApi implements ICredentialType {
	name = 'whatsAppOtpOnPremisesApi';

	displayName = 'WhatsApp OTP On-Premises API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl = 'https://developers.facebook.com/docs/whatsapp/on-premises';

	properties: INodeProperties[] = [
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://whatsapp.example.com:9090',
			description: 'The address of your WhatsApp Business API server, without /v1',
		},
		{
			displayName: 'Username',
			name: 'username',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. admin',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Namespace',
			name: 'namespace',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 5fd3a1c2_8e47_4b6f_9a0d_2c71e3b94a18',
			description: "The message templates' namespace, from WhatsApp Manager > Message Templates",
		},
		allowUnauthorizedCerts,
	];

	async preAuthentication(this: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): Promise<IDataObject> {
		return { sessionToken: await logIn(this, credentials) };
	}

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.sessionToken }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl.trim().replace(/\\/+$/, "") }}',
			url: '/v1/health',
			skipSslCertificateValidation: '={{ $credentials.allowUnauthorizedCerts }}',
			timeout: 20_000,
		},
		rules: ['connecting', 'disconnected', 'uninitialized', 'unregistered'].map(unwell),
	};
}

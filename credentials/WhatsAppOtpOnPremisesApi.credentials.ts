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
import { logIn } from '../nodes/shared/login';
import { onPremises } from '../providers/onPremises';
import { onPremisesRetired } from '../providers/onPremises/retired';

/** Outside the list of properties: there, n8n's lint takes a name with 'cert' for a secret, which this is not. */
const allowUnauthorizedCerts: INodeProperties = {
	displayName: 'Ignore SSL Issues (Insecure)',
	name: 'allowUnauthorizedCerts',
	type: 'boolean',
	default: false,
	description: 'Whether to connect even if the certificate cannot be verified, for example a self-signed one',
};

export class WhatsAppOtpOnPremisesApi implements ICredentialType {
	name = 'whatsAppOtpOnPremisesApi';

	displayName = 'WhatsApp OTP On-Premises API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-whatsapp-otp/n8n-nodes-whatsapp-otp/blob/main/docs/credentials.md#whatsapp-on-premises-api-retired';

	/**
	 * Declared without a value for n8n's lint, which requires a test. The nodes test the credential (`testedBy`), because
	 * the rules of a test request cannot read the health of several servers.
	 */
	declare test?: ICredentialTestRequest;

	properties: INodeProperties[] = [
		{ displayName: onPremisesRetired, name: 'retired', type: 'notice', default: '' },
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
			description: 'The URL of your WhatsApp Business API server, without /v1',
			hint: 'The address of your own server, with https:// and the port',
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
			description: 'The namespace of the message templates',
			hint: 'From WhatsApp Manager > Message Templates',
		},
		allowUnauthorizedCerts,
	];

	async preAuthentication(this: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): Promise<IDataObject> {
		return { sessionToken: await logIn(this, onPremises, credentials) };
	}

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.sessionToken }}' } },
	};
}

import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

export class WhatsAppOtpSignInTokenApi implements ICredentialType {
	name = 'whatsAppOtpSignInTokenApi';

	displayName = 'WhatsApp OTP Sign-In Token API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-whatsapp-otp/n8n-nodes-whatsapp-otp/blob/main/docs/credentials.md#sign-in-token';

	/** Other nodes must not be able to use the secret that signs people in. */
	restrictToSupportedNodes = true as const;

	/** Declared without a value for n8n's lint, which requires a test. The node tests the credential (`testedBy`). */
	declare test?: ICredentialTestRequest;

	properties: INodeProperties[] = [
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'At least 32 random characters, for example from "openssl rand -base64 32". ' +
				'Your app checks the token with the same secret. Use a separate secret for each app.',
			hint: 'At least 32 random characters. Your app needs the same secret.',
		},
		{
			displayName: 'Audience',
			name: 'audience',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://app.example.com',
			description: 'The app that accepts the token. Your app compares it with the claim "aud".',
		},
		{
			displayName: 'Issuer',
			name: 'issuer',
			type: 'string',
			required: true,
			default: 'whatsapp-otp',
			description: 'Your app compares it with the claim "iss"',
		},
	];
}

import type { ICredentialTestRequest, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

export class WhatsAppOtpTurnstileApi implements ICredentialType {
	name = 'whatsAppOtpTurnstileApi';

	displayName = 'WhatsApp OTP Turnstile API';

	icon: Icon = {
		light: 'file:../nodes/WhatsAppOtp/whatsappOtp.svg',
		dark: 'file:../nodes/WhatsAppOtp/whatsappOtp.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-whatsapp-otp/n8n-nodes-whatsapp-otp/blob/main/docs/credentials.md#turnstile';

	/** Other nodes must not be able to use the secret key. */
	restrictToSupportedNodes = true as const;

	/** Declared without a value for n8n's lint, which requires a test. The node tests the credential (`testedBy`). */
	declare test?: ICredentialTestRequest;

	properties: INodeProperties[] = [
		{
			displayName: 'Site Key and Secret Key: in the Cloudflare dashboard, open Turnstile and add a widget',
			name: 'whereToFind',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Site Key',
			name: 'siteKey',
			type: 'string',
			required: true,
			default: '',
			description: 'The public key of the widget. The page shows it to every visitor.',
			hint: 'The public key. Add the host name of your n8n to the widget.',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: "With it, n8n asks Cloudflare whether a visitor's token is valid",
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://challenges.cloudflare.com',
			description: "Leave empty for Cloudflare's own address",
		},
	];
}

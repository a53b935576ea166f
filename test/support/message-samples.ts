/** A template with a copy-code button, as Meta's API takes it. */
export function copyCodeTemplate(name = 'verification_code') {
	return {
		name,
		language: 'en_US',
		category: 'AUTHENTICATION',
		message_send_ttl_seconds: 300,
		components: [
			{ type: 'BODY', add_security_recommendation: true },
			{ type: 'FOOTER', code_expiration_minutes: 5 },
			{ type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' }] },
		],
	};
}

/** A message of that template with a code, as Meta's API takes it. */
export function codeMessage(to = '12015553931', code = '493817') {
	const parameters = [{ type: 'text', text: code }];
	return {
		messaging_product: 'whatsapp',
		recipient_type: 'individual',
		to,
		type: 'template',
		template: {
			name: 'verification_code',
			language: { policy: 'deterministic', code: 'en_US' },
			components: [
				{ type: 'body', parameters },
				{ type: 'button', sub_type: 'url', index: '0', parameters },
			],
		},
	};
}

/** A code to send, as the nodes give it to a provider. */
export const codeToSend = {
	to: '+12015553931',
	code: '012345',
	template: { name: 'verification_code', language: 'en_US' },
	expiresIn: 300,
	purpose: 'authentication',
	callbackData: 'send-1',
};

/** That code as Meta's cloud and 360dialog's want it. */
export const sentCode = {
	...codeMessage(codeToSend.to, codeToSend.code),
	biz_opaque_callback_data: codeToSend.callbackData,
};

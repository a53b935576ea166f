import type { SandboxCredential } from '../../provider';

export const id = 'metaCloud';
export const path = '/meta';

export const account = {
	accessToken: 'sandbox-meta-token',
	/** Was valid in the past. */
	expiredToken: 'sandbox-meta-expired-token',
	/** Has only the permission whatsapp_business_messaging. */
	messagingToken: 'sandbox-meta-messaging-token',
	/** Of an app that demands `appsecret_proof`. */
	proofToken: 'sandbox-meta-proof-token',
	appSecret: 'sandbox-meta-app-secret',
	appId: '670843887433847',
	businessAccountId: '104996122399160',
	phoneNumberId: '106853218861309',
	displayPhoneNumber: '15550783884',
} as const;

export function credential(url: string): SandboxCredential {
	const { accessToken, phoneNumberId, businessAccountId, appSecret } = account;
	const baseUrl = `${url}${path}`;
	return {
		name: 'Meta Cloud API account',
		type: 'whatsAppOtpMetaCloudApi',
		data: { accessToken, phoneNumberId, businessAccountId, appSecret, apiVersion: 'v25.0', baseUrl },
		secrets: [accessToken, appSecret],
		form: {
			'Access Token': accessToken,
			'Phone Number ID': phoneNumberId,
			'Business Account ID': businessAccountId,
			'App Secret': appSecret,
			'Base URL': baseUrl,
		},
	};
}

import { accounts } from '../sandbox/accounts';
import type { NewCredential } from './n8n/api';

const secretFields = new Set(['accessToken', 'apiKey', 'apiToken', 'appSecret', 'password', 'token']);

/** The secret values of the credentials. */
export function tokensOf(credentials: readonly NewCredential[]): string[] {
	const secrets = credentials.flatMap(({ data }) => Object.entries(data).filter(([field]) => secretFields.has(field)));
	return secrets.flatMap(([, value]) => (typeof value === 'string' ? value : []));
}

/** Every account of the sandbox as a credential of the package, so that a builder can try each provider. */
export function sandboxCredentials(url: string): NewCredential[] {
	const { dialog360, dialog360OnPremises, metaCloud, oneMsg, onPremises, waCr } = accounts;
	return [
		{
			name: '360dialog account',
			type: 'whatsAppOtp360DialogApi',
			data: { apiKey: dialog360.apiKey, hosting: 'cloud', baseUrl: `${url}/360dialog` },
		},
		{
			name: '360dialog On-Premises account',
			type: 'whatsAppOtp360DialogApi',
			data: {
				apiKey: dialog360OnPremises.apiKey,
				hosting: 'onPremises',
				namespace: dialog360OnPremises.namespace,
				baseUrl: `${url}/360dialog-on-premises`,
			},
		},
		{
			name: 'Meta Cloud API account',
			type: 'whatsAppOtpMetaCloudApi',
			data: {
				accessToken: metaCloud.accessToken,
				phoneNumberId: metaCloud.phoneNumberId,
				businessAccountId: metaCloud.businessAccountId,
				appSecret: metaCloud.appSecret,
				apiVersion: 'v23.0',
				baseUrl: `${url}/meta`,
			},
		},
		{
			name: '1MSG account',
			type: 'whatsAppOtp1MsgApi',
			data: {
				channelId: oneMsg.channelId,
				token: oneMsg.token,
				namespace: oneMsg.namespace,
				tokenIn: 'header',
				baseUrl: `${url}/1msg`,
			},
		},
		{
			name: 'On-Premises account',
			type: 'whatsAppOtpOnPremisesApi',
			data: {
				baseUrl: `${url}/on-premises`,
				username: onPremises.username,
				password: onPremises.password,
				namespace: onPremises.namespace,
				allowUnauthorizedCerts: false,
			},
		},
		{
			name: 'WA.cr account',
			type: 'whatsAppOtpWaCrApi',
			data: { baseUrl: `${url}/wa-cr/api/v2`, apiToken: waCr.apiToken },
		},
	];
}

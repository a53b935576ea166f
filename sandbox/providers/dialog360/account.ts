import type { SandboxCredential } from '../../provider';

/** An account in 360dialog's lists (docs/reference/providers.md 3.3). */
export interface Dialog360Account {
	apiKey: string;
	namespace: string;
	partnerId: string;
	wabaAccountId: string;
}

/** The account with Cloud hosting. */
export const cloud = {
	id: 'dialog360',
	path: '/360dialog',
	account: {
		apiKey: 'sandbox-360dialog-key',
		namespace: '5fd3a1c2_8e47_4b6f_9a0d_2c71e3b94a18',
		partnerId: 'sandboxPA',
		wabaAccountId: 'sandboxWA',
		businessAccountId: '102290129340398',
		phoneNumberId: '106540352242922',
		displayPhoneNumber: '15550783881',
	},
} as const;

/** The account with On-Premises hosting. */
export const onPremises = {
	id: 'dialog360OnPremises',
	path: '/360dialog-on-premises',
	account: {
		apiKey: 'sandbox-360dialog-on-premises-key',
		namespace: 'c7a90b14_2d58_4f3e_8b61_90e4d5f27a3c',
		partnerId: 'sandboxPA',
		wabaAccountId: 'sandboxWO',
		displayPhoneNumber: '15550783882',
	},
} as const;

export function cloudCredential(url: string): SandboxCredential {
	const { apiKey } = cloud.account;
	const baseUrl = `${url}${cloud.path}`;
	return {
		name: '360dialog account',
		type: 'whatsAppOtp360DialogApi',
		data: { apiKey, hosting: 'cloud', baseUrl },
		secrets: [apiKey],
		form: { 'API Key': apiKey, 'Base URL': baseUrl },
	};
}

export function onPremisesCredential(url: string): SandboxCredential {
	const { apiKey, namespace } = onPremises.account;
	const baseUrl = `${url}${onPremises.path}`;
	return {
		name: '360dialog On-Premises account',
		type: 'whatsAppOtp360DialogApi',
		data: { apiKey, hosting: 'onPremises', namespace, baseUrl },
		secrets: [apiKey],
		form: { 'API Key': apiKey, Hosting: 'On-Premises API (Retired)', Namespace: namespace, 'Base URL': baseUrl },
	};
}

import type { SandboxCredential } from '../../provider';

export const id = 'onPremises';
export const path = '/on-premises';

export const account = {
	username: 'admin',
	password: 'Sandbox-On-Premises-1',
	namespace: '81f6d3e0_47ab_4c92_b5d8_6e0c19a7f342',
	displayPhoneNumber: '15550783883',
} as const;

export function credential(url: string): SandboxCredential {
	const { username, password, namespace } = account;
	const baseUrl = `${url}${path}`;
	return {
		name: 'On-Premises account',
		type: 'whatsAppOtpOnPremisesApi',
		data: { baseUrl, username, password, namespace, allowUnauthorizedCerts: false },
		secrets: [password],
		form: { 'Base URL': baseUrl, Username: username, Password: password, Namespace: namespace },
	};
}

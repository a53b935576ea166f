import type { SandboxCredential } from '../../provider';

export const id = 'oneMsg';
export const path = '/1msg';

export const account = {
	channelId: 'SBX100200300',
	token: 'sandbox-1msg-token',
	namespace: '3f6b21d8_90ce_4a57_8d14_b7e2a05c91f6',
	displayPhoneNumber: '15550783885',
} as const;

export function credential(url: string): SandboxCredential {
	const { channelId, token, namespace } = account;
	const baseUrl = `${url}${path}`;
	return {
		name: '1MSG account',
		type: 'whatsAppOtp1MsgApi',
		data: { channelId, token, namespace, tokenIn: 'header', baseUrl },
		secrets: [token],
		form: { 'Channel ID': channelId, Token: token, Namespace: namespace, 'Base URL': baseUrl },
	};
}

import type { SandboxCredential } from '../../provider';

export const id = 'waCr';
export const path = '/wa-cr/api/v2';

export const account = {
	apiToken: 'sandbox-wa-cr-token',
	/** Has only the scope templates:read. */
	readOnlyToken: 'sandbox-wa-cr-read-only-token',
	/** Has only the scope messages:send. */
	sendOnlyToken: 'sandbox-wa-cr-send-only-token',
} as const;

export function credential(url: string): SandboxCredential {
	const { apiToken } = account;
	const baseUrl = `${url}${path}`;
	return {
		name: 'WA.cr account',
		type: 'whatsAppOtpWaCrApi',
		data: { baseUrl, apiToken },
		secrets: [apiToken],
		form: { 'API Token': apiToken, 'Base URL': baseUrl },
	};
}

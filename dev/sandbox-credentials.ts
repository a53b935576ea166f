import { providers } from '../sandbox/providers';
import type { NewCredential } from './n8n/api';

const secretFields = new Set(['accessToken', 'apiKey', 'apiToken', 'appSecret', 'password', 'token']);

/** The secret values of the credentials. */
export function tokensOf(credentials: readonly NewCredential[]): string[] {
	const secrets = credentials.flatMap(({ data }) => Object.entries(data).filter(([field]) => secretFields.has(field)));
	return secrets.flatMap(([, value]) => (typeof value === 'string' ? value : []));
}

/** Every account of the sandbox as a credential of the package, so that a builder can try each provider. */
export function sandboxCredentials(url: string): NewCredential[] {
	return providers.map(({ credential }) => {
		const { name, type, data } = credential(url);
		return { name, type, data };
	});
}

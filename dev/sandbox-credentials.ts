import { providers } from '../sandbox/providers';
import type { NewCredential } from './n8n/api';

/** The secrets of the sandbox's credentials. */
export function sandboxSecrets(url: string): string[] {
	return providers.flatMap(({ credential }) => credential(url).secrets);
}

/** Every account of the sandbox as a credential of the package, so that a builder can try each provider. */
export function sandboxCredentials(url: string): NewCredential[] {
	return providers.map(({ credential }) => {
		const { name, type, data } = credential(url);
		return { name, type, data };
	});
}

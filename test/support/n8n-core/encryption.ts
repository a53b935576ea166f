import { Container } from '@n8n/di';
import { Cipher, EncryptionKeyProxy, InstanceSettings } from 'n8n-core';

/** Saved credentials are encrypted with the key of the instance, as in an n8n that has never changed its key. */
export function startEncryption(): void {
	const cipher = Container.get(Cipher);
	const value = cipher.encryptDEKWithInstanceKey(Container.get(InstanceSettings).encryptionKey);
	const key = { id: 'instance', value, algorithm: 'aes-256-cbc', format: 'no-prefix' } as const;
	Container.get(EncryptionKeyProxy).setProvider({
		getActiveKey: async () => key,
		getLegacyKey: async () => key,
		getKeyById: async () => null,
	});
}

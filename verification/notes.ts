import type { Keyring } from './keys';
import type { VerificationStore } from './stores/store';

/**
 * Texts under names, sealed, for whichever process shares the store and a signing secret. Every method throws
 * StoreUnavailableError where the store can't answer.
 */
export class Notes {
	constructor(
		private readonly store: Pick<VerificationStore, 'keep' | 'kept' | 'forget'>,
		private readonly keyring: Keyring,
	) {}

	/** In place of what the name had before, for so many milliseconds. */
	async keep(name: string, text: string, forMs: number): Promise<void> {
		await this.store.keep(this.key(this.keyring.newest, name), this.keyring.seal(text, contextOf(name)), forMs);
	}

	async kept(name: string): Promise<string | undefined> {
		for (const keyId of this.keyring.ids) {
			const sealed = await this.store.kept(this.key(keyId, name));
			if (sealed !== undefined) return this.keyring.open(sealed, contextOf(name));
		}
		return undefined;
	}

	async forget(name: string): Promise<void> {
		for (const keyId of this.keyring.ids) await this.store.forget(this.key(keyId, name));
	}

	private key(keyId: string, name: string): string {
		return this.keyring.lookup(keyId, 'note', name);
	}
}

const contextOf = (name: string) => `note ${name}`;

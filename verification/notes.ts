import type { Keyring } from './keys';
import type { KeyValue } from './stores/store';

/**
 * Texts under names, sealed, for all processes that share the store and a signing secret. Every method throws
 * StoreUnavailableError if the store can't answer.
 */
export class Notes {
	constructor(
		private readonly keyValue: Pick<KeyValue, 'set' | 'get' | 'delete'>,
		private readonly keyring: Keyring,
	) {}

	/** Replaces the text that the name had. `forMs` is its lifetime in milliseconds. */
	async set(name: string, text: string, forMs: number): Promise<void> {
		const key = this.keyOf(this.keyring.newest, name);
		await this.keyValue.set(key, this.keyring.seal(text, contextOf(name)), forMs);
	}

	/** @returns undefined if the name has no text, or its lifetime is over */
	async get(name: string): Promise<string | undefined> {
		for (const keyId of this.keyring.ids) {
			const sealed = await this.keyValue.get(this.keyOf(keyId, name));
			if (sealed !== undefined) return this.keyring.open(sealed, contextOf(name));
		}
		return undefined;
	}

	async delete(name: string): Promise<void> {
		for (const keyId of this.keyring.ids) await this.keyValue.delete(this.keyOf(keyId, name));
	}

	private keyOf(keyId: string, name: string): string {
		return this.keyring.lookup(keyId, 'note', name);
	}
}

const contextOf = (name: string) => `note ${name}`;

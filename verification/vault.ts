import type { Keyring } from './keys';
import { times } from './policy';
import type { KeyValue } from './stores/store';

/** Secrets, sealed values and seen events of one installation. All processes that share the signing secret agree. */
export class Vault {
	constructor(
		private readonly keyValue: Pick<KeyValue, 'setOnce'>,
		private readonly keyring: Keyring,
	) {}

	/** Encrypts a text that is kept outside the store. Only `open` with the same context reads it. */
	seal(plain: string, context: string): string {
		return this.keyring.seal(plain, context);
	}

	/** @throws SigningKeyMissingError if the secret that sealed it is no longer configured */
	open(sealed: string, context: string): string {
		return this.keyring.open(sealed, context);
	}

	/** A secret of this installation for one use: 32 bytes, hex. It is the same in every process. */
	derivedSecret(...use: string[]): string {
		return this.keyring.derivedSecret(...use);
	}

	/**
	 * @param parts what identifies the event
	 * @returns true for the first call with these parts within 7 days, false in every process after that
	 * @throws StoreUnavailableError
	 */
	async firstTime(...parts: string[]): Promise<boolean> {
		// Oldest secret first: an event noted before a rotation, or by a process with the old secrets, is recognized.
		for (const keyId of this.keyring.ids.toReversed()) {
			const key = this.keyring.lookup(keyId, 'event', ...parts);
			if (!(await this.keyValue.setOnce(key, times.seenEvents))) return false;
		}
		return true;
	}
}

import type { CountedWindow } from '../store';

/**
 * The names of the keys. Every key of a phone carries the phone key as its hash tag. So a cluster keeps all of them on
 * one node, and a script can touch all of them.
 */
export class Keyspace {
	constructor(private readonly prefix: string) {}

	verification(phoneKey: string, verificationId: string): string {
		return this.ofPhone(phoneKey, 'verification', verificationId);
	}

	/** The hash of the phone's checks: packed lines of its verifications, and its failed checks (packed-line.ts). */
	checks(phoneKey: string): string {
		return `${this.prefix}:{${phoneKey}}:checks`;
	}

	/** Ids of the phone's verifications for a purpose, newest first. */
	newest(phoneKey: string, purpose: string): string {
		return this.ofPhone(phoneKey, 'newest', purpose);
	}

	/** Holds the id of the verification that the send with this idempotency key belongs to. */
	idempotency(phoneKey: string, key: string): string {
		return this.ofPhone(phoneKey, 'idempotency', key);
	}

	/** Holds the id of the verification that a send belongs to. */
	send(phoneKey: string, sendId: string): string {
		return this.ofPhone(phoneKey, 'send', sendId);
	}

	counter(phoneKey: string, counter: string): string {
		return ownsCounter(phoneKey, { counter })
			? this.ofPhone(phoneKey, 'counter', counter)
			: `${this.prefix}:counter:${counter}`;
	}

	/** Holds the phone key and the verification id of a provider's message. A webhook may name the message alone. */
	message(messageKey: string): string {
		return `${this.prefix}:message:${messageKey}`;
	}

	/** The provider's sends, by the time at which they count as dropped. */
	due(provider: string): string {
		return `${this.prefix}:due:${provider}`;
	}

	/** A mark: something that must be done only once. */
	mark(mark: string): string {
		return `${this.prefix}:mark:${mark}`;
	}

	/** A note for other processes. */
	note(key: string): string {
		return `${this.prefix}:note:${key}`;
	}

	/** Holds the phone key of a verification. Needed when the secret that made its id is not configured any more. */
	owner(verificationId: string): string {
		return `${this.prefix}:owner:${verificationId}`;
	}

	probe(random: string): string {
		return `${this.prefix}:probe:${random}`;
	}

	private ofPhone(phoneKey: string, kind: string, name: string): string {
		return `${this.prefix}:{${phoneKey}}:${kind}:${name}`;
	}
}

/** Whether a counter belongs to one phone. Others, such as that of a prefix, may lie on another node of a cluster. */
export function ownsCounter(phoneKey: string, { counter }: Pick<CountedWindow, 'counter'>): boolean {
	return counter.includes(phoneKey);
}

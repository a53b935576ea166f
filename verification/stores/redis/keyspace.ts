import type { SendWindow } from '../store';

/**
 * The names of the keys. All that belongs to one phone carries its keyed index as hash tag, so that a cluster keeps it
 * on one node and a script may touch all of it.
 */
export class Keyspace {
	constructor(private readonly prefix: string) {}

	verification(phoneKey: string, verificationId: string): string {
		return this.ofPhone(phoneKey, 'verification', verificationId);
	}

	/** How the phone's verifications stand for checks, and the failed ones of them all. */
	checks(phoneKey: string): string {
		return `${this.prefix}:{${phoneKey}}:checks`;
	}

	/** Ids of the phone's verifications for a purpose, newest first. */
	newest(phoneKey: string, purpose: string): string {
		return this.ofPhone(phoneKey, 'newest', purpose);
	}

	/** Which verification a send of this idempotency key belongs to. */
	idempotency(phoneKey: string, key: string): string {
		return this.ofPhone(phoneKey, 'idempotency', key);
	}

	/** Which verification a send belongs to. */
	send(phoneKey: string, sendId: string): string {
		return this.ofPhone(phoneKey, 'send', sendId);
	}

	counter(phoneKey: string, counter: string): string {
		return ownsCounter(phoneKey, { counter })
			? this.ofPhone(phoneKey, 'counter', counter)
			: `${this.prefix}:counter:${counter}`;
	}

	/** Which phone and verification a provider's message belongs to: all that a webhook may know of it. */
	message(messageKey: string): string {
		return `${this.prefix}:message:${messageKey}`;
	}

	/** The provider's sends by the moment at which they count as dropped. */
	due(provider: string): string {
		return `${this.prefix}:due:${provider}`;
	}

	/** Something that has happened, noted so that it is told once. */
	mark(mark: string): string {
		return `${this.prefix}:mark:${mark}`;
	}

	/** Something that is kept for other processes. */
	note(key: string): string {
		return `${this.prefix}:note:${key}`;
	}

	/** Which phone a verification belongs to, for whoever lacks the secret that its id was made with. */
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

/** Whether a counter is the phone's own. The others, such as a prefix's, lie on other nodes of a cluster. */
export function ownsCounter(phoneKey: string, { counter }: Pick<SendWindow, 'counter'>): boolean {
	return counter.includes(phoneKey);
}

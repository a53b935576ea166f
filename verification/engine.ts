import { begin, isForTestNumber, type BeginOutcome, type SendTicket } from './begin';
import type { BeginRequest } from './begin-attempt';
import { check, find, type CheckOutcome, type CheckRequest, type CheckSubject, type FindOutcome } from './check';
import {
	claimDropped,
	findMessage,
	recordDelivery,
	recordSend,
	type DeliveryEvent,
	type DeliveryOutcome,
	type RecordedMessage,
	type SendOutcome,
} from './deliveries';
import type { Keyring } from './keys';
import { Notes } from './notes';
import type { Ending, VerificationStore } from './stores/store';
import { Vault } from './vault';
import { endVerification, getVerification, type Verification, type VerificationRef } from './verification';

/**
 * One-time codes for phones: what the nodes may call. The engine knows no provider and no n8n. A method that can't
 * answer throws a VerificationError; it never approves (docs/reference/verification-rules.md 1.12).
 */
export class Engine {
	/** Texts that one process leaves for the others. */
	readonly notes: Notes;
	/** Secrets, sealed values and seen events. */
	readonly vault: Vault;

	constructor(
		private readonly store: VerificationStore,
		private readonly keyring: Keyring,
	) {
		this.notes = new Notes(store.keyValue, keyring);
		this.vault = new Vault(store.keyValue, keyring);
	}

	/**
	 * Reads from the store and writes to it.
	 * @returns warnings for the operator, one sentence each
	 */
	probe(): Promise<string[]> {
		return this.store.probe();
	}

	/** Begins a verification, or continues the one that the request names under the resend rules. */
	begin(request: BeginRequest): Promise<BeginOutcome> {
		return begin(this.store, this.keyring, request);
	}

	/** Whether `begin` would send to a test number, for a caller that would ask the provider before. */
	isForTestNumber(
		request: Pick<BeginRequest, 'recipient' | 'namespace' | 'purpose' | 'policy' | 'testNumbers'>,
	): Promise<boolean> {
		return isForTestNumber(this.store, this.keyring, request);
	}

	/**
	 * Stores how a send ended that `begin` allowed.
	 * @returns the verification; undefined if it is gone, because its only send was withdrawn
	 */
	recordSend(ticket: SendTicket, outcome: SendOutcome): Promise<Verification | undefined> {
		return recordSend(this.store, this.keyring, ticket, outcome);
	}

	/** @throws SigningKeyMissingError, StoreUnavailableError */
	check(request: CheckRequest): Promise<CheckOutcome> {
		return check(this.store, this.keyring, request);
	}

	/** Finds the verification that a check with the same subject would evaluate. */
	find(subject: CheckSubject): Promise<FindOutcome> {
		return find(this.store, this.keyring, subject);
	}

	/** @returns undefined if the namespace has no such verification, or no longer has it */
	get(verification: VerificationRef): Promise<Verification | undefined> {
		return getVerification(this.store, this.keyring, verification);
	}

	/** Ends a pending verification. One that has ended stays as it is. */
	async cancel(verification: VerificationRef): Promise<Verification | undefined> {
		return (await this.end(verification, 'canceled'))?.verification;
	}

	/**
	 * Ends a verification with the result of a provider that checked the code itself.
	 * @returns undefined if there is no such verification; `ended` is false if it had ended before, so that an approval
	 * counts once
	 */
	end(
		verification: VerificationRef,
		state: Ending['state'],
	): Promise<{ ended: boolean; verification: Verification } | undefined> {
		return endVerification(this.store, this.keyring, verification, state);
	}

	/** @returns undefined if the store has no message with this id */
	message(provider: string, messageId: string): Promise<RecordedMessage | undefined> {
		return findMessage(this.store, this.keyring, provider, messageId);
	}

	/**
	 * @returns undefined if the message is not in the store
	 * @throws SigningKeyMissingError before anything is recorded, so that the event is still new when it comes again
	 */
	recordDelivery(event: DeliveryEvent): Promise<DeliveryOutcome | undefined> {
		return recordDelivery(this.store, this.keyring, event);
	}

	/**
	 * Marks messages of this provider as dropped if no delivery was reported in time. Each goes to one caller only.
	 * @returns some of them; call again until the list is empty
	 * @throws SigningKeyMissingError if some were claimed and none of them can be opened
	 */
	claimDropped(provider: string): Promise<RecordedMessage[]> {
		return claimDropped(this.store, this.keyring, provider);
	}
}

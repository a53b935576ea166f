/** What stops a verification for good; each class has a `code` that stays the same across releases. */
export abstract class VerificationError extends Error {
	abstract readonly code: string;

	/** @param fix one sentence on what to change, without codes, tokens or full phone numbers */
	constructor(
		message: string,
		readonly fix: string,
		options?: ErrorOptions,
	) {
		super(message, options);
		this.name = new.target.name;
	}
}

/** The store is down, slow, full or misconfigured. Never to be read as an answer to a check. */
export class StoreUnavailableError extends VerificationError {
	readonly code = 'store_unavailable';
}

/** A verification was signed with a secret that is no longer configured (docs/reference/verification-rules.md 1.8). */
export class SigningKeyMissingError extends VerificationError {
	readonly code = 'signing_key_missing';

	/** @param keyId of the missing key, where it is known */
	constructor(keyId?: string) {
		const key = keyId === undefined ? 'a signing secret that' : `key ${keyId}, which`;
		super(
			`The verification was signed with ${key} is not configured any more`,
			"Put the old secret back into 'Previous Signing Secrets' of the WhatsApp OTP Store credential until the codes signed with it have expired",
		);
	}
}

/** The same idempotency key came with another request. */
export class IdempotencyConflictError extends VerificationError {
	readonly code = 'idempotency_conflict';

	constructor() {
		super(
			'The idempotency key was used for another send within the last 24 hours',
			"Give every send a key of its own in the option 'Idempotency Key', or leave the option out",
		);
	}
}

/** A value that a builder chose lies outside what a verification allows. */
export class InvalidRequestError extends VerificationError {
	readonly code = 'invalid_request';

	constructor(
		readonly field: string,
		message: string,
		fix: string,
	) {
		super(message, fix);
	}
}

/** No verification of this id lives in the namespace. */
export class VerificationNotFoundError extends VerificationError {
	readonly code = 'verification_not_found';

	constructor() {
		super(
			'There is no such verification in this namespace',
			"Check 'Verification ID' and the option 'Namespace'; verifications are forgotten 24 hours after they end",
		);
	}
}

/** No message of this id was sent by us, or it is too long ago. */
export class MessageNotFoundError extends VerificationError {
	readonly code = 'message_not_found';

	constructor() {
		super(
			'There is no record of this message',
			"Check 'Message ID' and 'Provider'; messages are forgotten a day after their verification",
		);
	}
}

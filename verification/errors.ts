/** An error of the verification layer. Each class has a `code` that stays the same in all releases. */
export abstract class VerificationError extends Error {
	abstract readonly code: string;

	/** @param fix one sentence that says what to do; it holds no code, token or full phone number */
	constructor(
		message: string,
		readonly fix: string,
		options?: ErrorOptions,
	) {
		super(message, options);
		this.name = new.target.name;
	}
}

/** The store is down, slow, full or misconfigured. This is never an answer to a check. */
export class StoreUnavailableError extends VerificationError {
	readonly code = 'store_unavailable';
}

/** A verification was signed with a secret that is no longer configured (docs/reference/verification-rules.md 1.8). */
export class SigningKeyMissingError extends VerificationError {
	readonly code = 'signing_key_missing';

	/** @param keyId the id of the missing key, if it is known */
	constructor(keyId?: string) {
		const key = keyId === undefined ? 'a signing secret that' : `key ${keyId}, which`;
		super(
			`The verification was signed with ${key} is no longer configured`,
			"Add the old secret to 'Previous Signing Secrets' in the WhatsApp OTP Store credential until its codes expire",
		);
	}
}

/** The same idempotency key came with another request. */
export class IdempotencyConflictError extends VerificationError {
	readonly code = 'idempotency_conflict';

	constructor() {
		super(
			'The idempotency key was used for another send within the last 24 hours',
			"Use a different 'Idempotency Key' for each send, or remove the option",
		);
	}
}

/** A value that the builder chose is not allowed. */
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

/** The namespace has no verification with this id. */
export class VerificationNotFoundError extends VerificationError {
	readonly code = 'verification_not_found';

	constructor() {
		super(
			'There is no such verification in this namespace',
			"Check 'Verification ID' and the option 'Namespace'. Verifications are deleted 24 hours after they end",
		);
	}
}

/** The store has no message with this id, or it is too old. */
export class MessageNotFoundError extends VerificationError {
	readonly code = 'message_not_found';

	constructor() {
		super(
			'There is no record of this message',
			"Check 'Message ID' and 'Provider'. Messages are deleted 24 hours after their verification ends",
		);
	}
}

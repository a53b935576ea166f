import { toAttempt, type BeginRequest } from './begin-attempt';
import { refuse, type BeginRefusal } from './begin-refusal';
import { acceptCustomCode, generateCode, isTestShape, type NewCode } from './code';
import { IdempotencyConflictError } from './errors';
import type { Keyring } from './keys';
import { omitUndefined } from './omit-undefined';
import { findTarget, type SendTarget } from './recipient';
import { openDelivery, type Delivery } from './sealed-delivery';
import { resultOfEnded, type EndedResult } from './state';
import type { BeginAnswer, BeginAttempt, StoredVerification, VerificationStore } from './stores/store';
import { missingTestNumber, readTestNumbers } from './test-numbers';
import { describe, type Verification } from './verification';

/** What `recordSend` needs to find the send again. */
export interface SendTicket {
	verificationId: string;
	phoneKey: string;
	purpose: string;
	sendId: string;
	provider: string;
	counters: string[];
}

/** An earlier send with the same idempotency key, as it stands now (docs/reference/verification-rules.md 1.20). */
export interface Replay {
	outcome: 'replayed';
	verification: Verification;
	delivery: Delivery;
	isResend: boolean;
	/** How the verification has ended. Then the code is of no use, so the answer is not that it was sent. */
	ended?: EndedResult;
}

/** `begun`: send this code now. `replayed`: the same request was made before, and nothing is to be sent. */
export type BeginOutcome =
	| { outcome: 'begun'; code: string; ticket: SendTicket; verification: Verification; isResend: boolean }
	| Replay
	| BeginRefusal;

/**
 * Begins a verification, or continues the one that the request names. The store decides in one atomic step.
 * @throws InvalidRequestError, IdempotencyConflictError, SigningKeyMissingError, StoreUnavailableError
 */
export async function begin(store: VerificationStore, keyring: Keyring, request: BeginRequest): Promise<BeginOutcome> {
	const target = await findTarget(store, keyring, request);
	if ('outcome' in target) return target;
	const code = await newCode(request, target);
	const attempt = await toAttempt(keyring, request, target, code);
	const answer = await store.verifications.begin(attempt);
	return toOutcome(keyring, answer, attempt, target.phone, code.code);
}

async function newCode(
	{ customCode, policy, testNumbers }: BeginRequest,
	{ phone, named }: SendTarget,
): Promise<NewCode> {
	if (testNumbers !== undefined) {
		const testCode = (await readTestNumbers(testNumbers, policy)).get(phone);
		if (testCode !== undefined) return testCode;
		if (named !== undefined && isTestShape(named.shape)) throw missingTestNumber();
	}
	return customCode === undefined ? generateCode(policy.codeAlphabet, policy.codeLength) : acceptCustomCode(customCode);
}

/**
 * Whether `begin` would send to a test number, for a caller that would ask the provider before.
 * @throws InvalidRequestError, SigningKeyMissingError, StoreUnavailableError
 */
export async function isForTestNumber(
	store: VerificationStore,
	keyring: Keyring,
	request: Pick<BeginRequest, 'recipient' | 'namespace' | 'purpose' | 'policy' | 'testNumbers'>,
): Promise<boolean> {
	const { testNumbers = [], policy } = request;
	if (testNumbers.length === 0) return false;
	const codes = await readTestNumbers(testNumbers, policy);
	const target = await findTarget(store, keyring, request);
	return 'phone' in target && codes.has(target.phone);
}

function toOutcome(
	keyring: Keyring,
	answer: BeginAnswer,
	attempt: BeginAttempt,
	to: string,
	code: string,
): BeginOutcome {
	switch (answer.answer) {
		case 'begun': {
			const { isResend, verification } = answer;
			const described = describe(verification, keyring);
			return { outcome: 'begun', code, ticket: ticketOf(attempt), verification: described, isResend };
		}
		case 'replayed':
			return toReplay(keyring, answer);
		case 'conflict':
			throw new IdempotencyConflictError();
		default:
			return toRefusal(answer, to, described(answer.verification, keyring));
	}
}

function toReplay(keyring: Keyring, answer: Extract<BeginAnswer, { answer: 'replayed' }>): Replay {
	const { isResend, delivery } = answer;
	const verification = describe(answer.verification, keyring);
	const { status } = verification;
	const ended = status === 'pending' ? undefined : resultOfEnded[status];
	return omitUndefined({
		outcome: 'replayed' as const,
		verification,
		delivery: openDelivery(delivery, keyring),
		isResend,
		ended,
	});
}

function ticketOf({ verificationId, phoneKey, purpose, sendId, provider, windows }: BeginAttempt): SendTicket {
	const counters = [...new Set(windows.map(({ counter }) => counter))];
	return { verificationId, phoneKey, purpose, sendId, provider, counters };
}

function described(stored: StoredVerification | undefined, keyring: Keyring): Verification | undefined {
	return stored && describe(stored, keyring);
}

type NotBegun = Exclude<BeginAnswer, { answer: 'begun' | 'replayed' | 'conflict' }>;

function toRefusal(answer: NotBegun, to: string, verification: Verification | undefined): BeginRefusal {
	switch (answer.answer) {
		case 'in_progress':
			return refuse('in_progress', 'The same send is already running', { to, verification });
		case 'cooldown': {
			const wait = seconds(answer.retryAfterMs);
			const reason = `The cool-down after the last code is not over; the next code can be sent in ${wait} s`;
			return refuse('cooldown', reason, { to, verification, retryAfterSeconds: wait });
		}
		case 'rate_limited': {
			const { limit } = answer;
			const wait = seconds(answer.retryAfterMs);
			const reason = `The limit of ${limit} is reached; try again in ${wait} s`;
			return refuse('rate_limited', reason, { to, verification, limit, retryAfterSeconds: wait });
		}
		case 'ended':
			return refuseEnded(verification);
	}
}

function refuseEnded(verification: Verification | undefined): BeginRefusal {
	if (verification === undefined || verification.status === 'pending') {
		return refuse('not_found', 'There is no such verification, or it was deleted 24 hours after its end');
	}
	const reason = `The verification is ${verification.status}; begin a new one with Send`;
	return refuse(resultOfEnded[verification.status], reason, { verification });
}

function seconds(ms: number): number {
	return Math.ceil(ms / 1000);
}

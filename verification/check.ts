import { readCode } from './code';
import { SigningKeyMissingError } from './errors';
import type { Keyring } from './keys';
import { failureBudget } from './limits';
import { readPhone } from './phone';
import { defaultLimits, times, type Limits } from './policy';
import type { CheckResult } from './state';
import type { CheckAnswer, CheckAttempt, StoredCheck, VerificationStore } from './stores/store';
import { describeChecked, getVerification, type CheckedVerification, type Verification } from './verification';

/** Names the verification of a check. */
export interface CheckSubject {
	namespace: string;
	purpose: string;
	/** By id, or by phone. A phone stands for its newest verification with this purpose. */
	by: { verificationId: string } | { phone: unknown; defaultCountry?: string };
}

export interface CheckRequest extends CheckSubject {
	code: unknown;
	/** The same as those of the sends. By default those of docs/reference/verification-rules.md 3. */
	limits?: Limits;
}

export interface CheckOutcome {
	result: CheckResult;
	verification?: CheckedVerification;
	/** Whole seconds, rounded up. */
	retryAfterSeconds?: number;
	/** One sentence for the builder, if the result alone does not say what to do. */
	reason?: string;
}

/** A verification, or none, or why the phone number is not valid. */
export type FindOutcome = { verification: Verification | undefined } | { reason: string };

/** How a store finds a verification. */
interface VerificationKey {
	verificationId: string;
	phoneKey: string;
}

/**
 * @throws SigningKeyMissingError, StoreUnavailableError; never approves by default
 * (docs/reference/verification-rules.md 1.12)
 */
export async function check(store: VerificationStore, keyring: Keyring, request: CheckRequest): Promise<CheckOutcome> {
	const keys = await keysOf(store, keyring, request);
	if ('reason' in keys) return { result: 'malformed', reason: keys.reason };
	let answer: CheckAnswer = { result: 'not_found' };
	for (const key of keys) {
		answer = await store.verifications.check(toAttempt(keyring, request, key));
		if (answer.result !== 'not_found' && answer.result !== 'key_missing') break;
	}
	return toOutcome(keyring, answer, request.code);
}

/** Finds the verification that a check with the same subject would evaluate. */
export async function find(store: VerificationStore, keyring: Keyring, subject: CheckSubject): Promise<FindOutcome> {
	const { namespace, purpose } = subject;
	const keys = await keysOf(store, keyring, subject);
	if ('reason' in keys) return keys;
	for (const { verificationId } of keys) {
		const verification = await getVerification(store, keyring, { verificationId, namespace });
		if (verification?.purpose === purpose) return { verification };
	}
	return { verification: undefined };
}

/** Several, if the id or phone reads differently under each signing secret; newest secret first. */
async function keysOf(
	store: VerificationStore,
	keyring: Keyring,
	{ by, namespace, purpose }: CheckSubject,
): Promise<VerificationKey[] | { reason: string }> {
	if ('verificationId' in by) {
		const { verificationId } = by;
		return keyring.phoneKeysOf(verificationId).map(({ phoneKey }) => ({ phoneKey, verificationId }));
	}
	const phone = await readPhone(by.phone, by.defaultCountry);
	if ('invalid' in phone) return { reason: phone.invalid };
	const found: VerificationKey[] = [];
	for (const keyId of keyring.ids) {
		const phoneKey = keyring.phoneKey(keyId, namespace, phone.folded);
		const stored = await store.verifications.get({ namespace, purpose, phoneKey });
		if (stored !== undefined) found.push({ phoneKey, verificationId: stored.verificationId });
	}
	return found;
}

function toAttempt(
	keyring: Keyring,
	request: CheckRequest,
	{ verificationId, phoneKey }: VerificationKey,
): CheckAttempt {
	const { namespace, purpose, limits = defaultLimits } = request;
	const binding = { namespace, purpose, verificationId, phoneKey };
	const readings = readCode(request.code);
	const candidates = keyring.ids.flatMap((keyId) =>
		readings.map(({ canonical, shapes }) => ({
			keyId,
			shapes,
			mac: keyring.mac(keyId, { ...binding, code: canonical }),
		})),
	);
	return { ...binding, candidates, failures: failureBudget(phoneKey, limits), tombstoneMs: times.tombstone };
}

function toOutcome(keyring: Keyring, answer: CheckAnswer, code: unknown): CheckOutcome {
	const { result, retryAfterMs, verification: stored } = answer;
	if (result === 'key_missing') throw new SigningKeyMissingError(missingKeyId(keyring, stored));
	const outcome: CheckOutcome = { result };
	if (stored !== undefined) outcome.verification = describeChecked(stored, keyring);
	if (retryAfterMs !== undefined) outcome.retryAfterSeconds = Math.ceil(retryAfterMs / 1000);
	if (result === 'malformed') outcome.reason = malformedReason(code, stored && Number(stored.shape.slice(1)));
	return outcome;
}

/** Unknown if the verification's own key is configured: then its id was made with a still older key. */
function missingKeyId(keyring: Keyring, stored: StoredCheck | undefined): string | undefined {
	return stored === undefined || keyring.ids.includes(stored.keyId) ? undefined : stored.keyId;
}

function malformedReason(code: unknown, length: number | undefined): string {
	const expected = length === undefined ? 'a code' : `a code of ${length} characters`;
	if (typeof code === 'number') {
		return `Expected ${expected}: a number loses its leading zeros, so pass the code as text`;
	}
	return `Expected ${expected}, as it was sent`;
}

import { readCode } from './code';
import { SigningKeyMissingError, StoreUnavailableError } from './errors';
import type { Keyring } from './keys';
import { failedCallerWindows, failureBudget } from './limits';
import { readPhone, type InvalidPhone, type PhoneNumber } from './phone';
import { defaultLimits, times, type Limits } from './policy';
import type { CheckResult } from './state';
import type { CheckAnswer, CheckTerms, EnteredCode, StoredCheck, VerificationStore } from './stores/store';
import {
	describe,
	describeChecked,
	getVerification,
	type CheckedVerification,
	type Verification,
} from './verification';

/** A number as a person or a workflow wrote it. */
export interface PhoneEntry {
	phone: unknown;
	defaultCountry?: string;
}

/** Names the verification of a check. */
export interface CheckSubject {
	namespace: string;
	purpose: string;
	/**
	 * By id, or by phone. A phone stands for all its pending verifications with this purpose. A caller that names an
	 * id can also name the phone that it expects (docs/reference/verification-rules.md 1.19).
	 */
	by: { verificationId: string; expected?: PhoneEntry } | PhoneEntry;
}

export interface CheckRequest extends CheckSubject {
	code: unknown;
	/** The same as those of the sends. By default those of docs/reference/verification-rules.md 3. */
	limits?: Partial<Limits>;
	/** The IP address of the person who entered the code. Counted only if it is given. */
	callerIp?: string;
}

export interface CheckOutcome {
	result: CheckResult;
	/** A check by phone names no verification, unless it approved one (docs/reference/verification-rules.md 1.16). */
	verification?: CheckedVerification;
	/** The number that was verified, in E.164; only if the result is `approved`. */
	to?: string;
	/** Whole seconds, rounded up. */
	retryAfterSeconds?: number;
	/** One sentence for the builder, if the result alone does not say what to do. */
	reason?: string;
}

/** A verification, or none, or why the phone number is not valid. */
export type FindOutcome = { verification: Verification | undefined } | { reason: string };

/**
 * @throws SigningKeyMissingError, StoreUnavailableError; never approves by default
 * (docs/reference/verification-rules.md 1.12)
 */
export async function check(store: VerificationStore, keyring: Keyring, request: CheckRequest): Promise<CheckOutcome> {
	const { by, code, namespace } = request;
	const phone = await phoneOf(by);
	if (phone !== undefined && 'invalid' in phone) return { result: 'malformed', reason: phone.invalid };
	if ('phone' in by) return toOutcome(keyring, await checkByPhone(store, keyring, request, phone?.folded ?? ''), code);
	const { verificationId } = by;
	if (phone !== undefined && !isOf(keyring, verificationId, namespace, phone)) return { result: 'not_found' };
	return toOutcome(keyring, await checkById(store, keyring, request, verificationId), code);
}

/** The phone that the caller names or expects. */
async function phoneOf(by: CheckSubject['by']): Promise<PhoneNumber | InvalidPhone | undefined> {
	const entry = 'phone' in by ? by : by.expected;
	return entry && (await readPhone(entry.phone, entry.defaultCountry));
}

/** Whether the id is one of this phone's, under any signing secret. It is decided without the store. */
function isOf(keyring: Keyring, verificationId: string, namespace: string, { folded }: PhoneNumber): boolean {
	return keyring
		.phoneKeysOf(verificationId)
		.some(({ keyId, phoneKey }) => keyring.phoneKey(keyId, namespace, folded) === phoneKey);
}

/** An id reads differently under each signing secret; newest secret first. */
async function checkById(
	store: VerificationStore,
	keyring: Keyring,
	request: CheckRequest,
	verificationId: string,
): Promise<CheckAnswer> {
	let answer: CheckAnswer = { result: 'not_found' };
	for (const { phoneKey } of keyring.phoneKeysOf(verificationId)) {
		const terms = await termsOf(keyring, request, phoneKey);
		answer = await store.verifications.check({ ...terms, ...entered(keyring, request, phoneKey, verificationId) });
		if (answer.result !== 'not_found' && answer.result !== 'key_missing') break;
	}
	return answer;
}

/**
 * A phone has another key under each signing secret, and each has separate verifications. So after a rotation the check
 * is one step for each secret, newest first.
 */
async function checkByPhone(
	store: VerificationStore,
	keyring: Keyring,
	request: CheckRequest,
	folded: string,
): Promise<CheckAnswer> {
	let answer: CheckAnswer = { result: 'not_found' };
	for (const keyId of keyring.ids) {
		const phoneKey = keyring.phoneKey(keyId, request.namespace, folded);
		const next = await checkPhoneKey(store, keyring, request, phoneKey);
		// What the newest verifications answer says more than what was found of older ones, unless that is an approval.
		if (answer.result === 'not_found' || next.result === 'approved') answer = next;
		if (answer.result === 'approved') break;
	}
	return answer;
}

/** The MACs are bound to the ids, so the store says which ones it has. Sends in between can add some. */
const maxRounds = 5;

async function checkPhoneKey(
	store: VerificationStore,
	keyring: Keyring,
	request: CheckRequest,
	phoneKey: string,
): Promise<CheckAnswer> {
	const terms = await termsOf(keyring, request, phoneKey);
	let ids: string[] = [];
	for (let round = 0; round < maxRounds; round += 1) {
		const codes = ids.map((id) => entered(keyring, request, phoneKey, id));
		const answer = await store.verifications.checkPhone({ ...terms, entered: codes });
		if ('result' in answer) return answer;
		ids = answer.pending;
	}
	throw new StoreUnavailableError(
		'Too many sends to this number were made at the same time',
		'Check the code again in a moment',
	);
}

/** Finds the verification that a check with the same subject would evaluate; by phone, the newest pending one. */
export async function find(store: VerificationStore, keyring: Keyring, subject: CheckSubject): Promise<FindOutcome> {
	const { by, namespace, purpose } = subject;
	const phone = await phoneOf(by);
	if (phone !== undefined && 'invalid' in phone) return { reason: phone.invalid };
	if ('verificationId' in by) {
		const { verificationId } = by;
		const isMeant = phone === undefined || isOf(keyring, verificationId, namespace, phone);
		const found = isMeant ? await getVerification(store, keyring, { verificationId, namespace }) : undefined;
		return { verification: found?.purpose === purpose ? found : undefined };
	}
	const folded = phone?.folded ?? '';
	for (const keyId of keyring.ids) {
		const phoneKey = keyring.phoneKey(keyId, namespace, folded);
		// Without an entry nothing is checked: the store says which ones are pending.
		const answer = await store.verifications.checkPhone({
			...(await termsOf(keyring, subject, phoneKey)),
			entered: [],
		});
		const [verificationId] = 'pending' in answer ? answer.pending : [];
		const stored = await store.verifications.get({ namespace, purpose, phoneKey, verificationId });
		if (stored !== undefined) return { verification: describe(stored, keyring) };
	}
	return { verification: undefined };
}

async function termsOf(
	keyring: Keyring,
	request: CheckSubject & Partial<CheckRequest>,
	phoneKey: string,
): Promise<CheckTerms> {
	const { namespace, purpose, callerIp } = request;
	const limits = { ...defaultLimits, ...request.limits };
	return {
		namespace,
		purpose,
		phoneKey,
		tombstoneMs: times.tombstone,
		failures: failureBudget(phoneKey, limits),
		callers: await failedCallerWindows(keyring, { namespace, callerIp }, limits),
	};
}

/** The entry as a store compares it with the code of this verification. */
function entered(
	keyring: Keyring,
	{ namespace, purpose, code }: CheckRequest,
	phoneKey: string,
	verificationId: string,
): EnteredCode {
	const binding = { namespace, purpose, verificationId, phoneKey };
	const readings = readCode(code);
	const candidates = keyring.ids.flatMap((keyId) =>
		readings.map(({ canonical, shapes }) => ({
			keyId,
			shapes,
			mac: keyring.mac(keyId, { ...binding, code: canonical }),
		})),
	);
	return { verificationId, candidates };
}

function toOutcome(keyring: Keyring, answer: CheckAnswer, code: unknown): CheckOutcome {
	const { result, retryAfterMs, verification: stored } = answer;
	if (result === 'key_missing') throw new SigningKeyMissingError(missingKeyId(keyring, stored));
	const outcome: CheckOutcome = { result };
	if (stored !== undefined) outcome.verification = describeChecked(stored, keyring);
	if (stored?.sealedPhone !== undefined && result === 'approved') {
		outcome.to = keyring.open(stored.sealedPhone, `${stored.verificationId} phone`);
	}
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

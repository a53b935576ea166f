import { acceptCustomCode, canonicalCode, generateCode, type MintedCode } from './code';
import { openDelivery, type Delivery } from './deliveries';
import { IdempotencyConflictError } from './errors';
import type { Keyring } from './keys';
import { failureBudget, sendWindows } from './limits';
import { foldPhone, maskPhone, readPhone } from './phone';
import { messageTtl, resendCooldowns, times, usualLimits, type Limits, type Policy } from './policy';
import { resultOfEnded, type EndedResult } from './state';
import type { BeginAnswer, BeginRequest, StoredVerification, VerificationStore } from './stores/store';
import { describe, openMetadata, sealMetadata, type Verification } from './verification';

export interface IssueRequest {
	/** A phone, or a verification to continue. Countries are ISO 3166-1 alpha-2. */
	recipient: { to: unknown; defaultCountry?: string; allowedCountries?: string[] } | { verificationId: string };
	namespace: string;
	/** Taken from the verification where it is continued. */
	purpose: string;
	policy: Policy;
	/** Verification.md section 3 unless told. */
	limits?: Limits;
	/** Of whoever asked for the code; counted only where given. */
	clientIp?: string;
	/** A code made by the builder; without it one is generated. */
	customCode?: string;
	metadata?: Record<string, unknown>;
	provider: string;
	/** The same key and request within 24 h are one send. */
	idempotencyKey: string;
	/** Seconds for which the provider tries to deliver: the template's `message_send_ttl_seconds`. */
	messageTtl?: number;
	/** What else makes it the same request, such as the template. */
	message: Record<string, string>;
}

/** What `recordSend` needs to find the send again. */
export interface SendTicket {
	verificationId: string;
	phoneKey: string;
	sendId: string;
	provider: string;
	counters: string[];
}

export type RefusalResult =
	'cooldown' | 'rate_limited' | 'blocked_country' | 'invalid_phone' | 'in_progress' | 'not_found' | EndedResult;

export interface Refusal {
	outcome: 'refused';
	result: RefusalResult;
	reason: string;
	limit?: string;
	retryAfterSeconds?: number;
	/** In E.164, where the number is one. */
	to?: string;
	verification?: Verification;
}

export type Issued =
	| { outcome: 'issued'; code: string; ticket: SendTicket; verification: Verification; isResend: boolean }
	| { outcome: 'replayed'; verification: Verification; delivery: Delivery; isResend: boolean }
	| Refusal;

interface Target {
	/** In E.164; counted by its folded form. */
	phone: string;
	phoneKey: string;
	purpose: string;
	/** The live verification that this send continues. */
	live?: StoredVerification;
}

/** How often another send of the same phone may get in between before this one gives up. */
const rounds = 5;

/**
 * One atomic step of the store decides; the code is minted first, because its MAC is bound to the verification.
 * Another verification turning up in between means another code and another try.
 * @throws InvalidRequestError, IdempotencyConflictError, SigningKeyMissingError, StoreUnavailableError
 */
export async function issue(store: VerificationStore, keyring: Keyring, request: IssueRequest): Promise<Issued> {
	const target =
		'to' in request.recipient
			? await targetPhone(store, keyring, request, request.recipient)
			: await targetVerification(store, keyring, request, request.recipient.verificationId);
	if ('outcome' in target) return target;
	const resendOnly = 'verificationId' in request.recipient;
	let { live } = target;
	for (let round = 0; round < rounds; round += 1) {
		const minted = mint(request);
		const step = await beginRequest(keyring, request, { ...target, ...(live ? { live } : {}) }, minted, resendOnly);
		const answer = await store.begin(step);
		if (answer.answer === 'live') live = answer.verification;
		else if (answer.answer === 'ended' && !resendOnly) live = undefined;
		else return interpret(keyring, answer, step, target.phone, minted.code);
	}
	const about = { to: target.phone, retryAfterSeconds: 1 };
	return refuse('in_progress', 'Other sends to this number are being made at this moment', about);
}

async function targetPhone(
	store: VerificationStore,
	keyring: Keyring,
	request: IssueRequest,
	recipient: { to: unknown; defaultCountry?: string; allowedCountries?: string[] },
): Promise<Target | Refusal> {
	const phone = await readPhone(recipient.to, recipient.defaultCountry);
	if ('invalid' in phone) return refuse('invalid_phone', phone.invalid);
	const { allowedCountries: allowed = [] } = recipient;
	if (allowed.length > 0 && !allowed.some((country) => country.trim().toUpperCase() === phone.country)) {
		const country = phone.country ?? 'no single country';
		const reason = `${maskPhone(phone.e164)} belongs to ${country}, which 'Allowed Countries' leaves out`;
		return refuse('blocked_country', reason, { to: phone.e164 });
	}
	const { namespace, purpose } = request;
	const target = { phone: phone.e164, phoneKey: keyring.phoneKey(keyring.newest, namespace, phone.folded), purpose };
	// After a rotation the phone's live verification is still indexed under the key before.
	for (const keyId of keyring.ids.slice(1)) {
		const phoneKey = keyring.phoneKey(keyId, namespace, phone.folded);
		const live = await store.get({ namespace, phoneKey, purpose });
		if (live?.state === 'pending' || live?.state === 'undeliverable') return { ...target, phoneKey, live };
	}
	return target;
}

async function targetVerification(
	store: VerificationStore,
	keyring: Keyring,
	{ namespace }: IssueRequest,
	verificationId: string,
): Promise<Target | Refusal> {
	for (const { phoneKey } of keyring.phoneKeysOf(verificationId)) {
		const live = await store.get({ namespace, phoneKey, verificationId });
		if (live !== undefined) return { phone: describe(live, keyring).to, phoneKey, purpose: live.purpose, live };
	}
	return refuse('not_found', 'There is no such verification in this namespace, or it ended more than 24 hours ago');
}

function mint({ customCode, policy }: IssueRequest): MintedCode {
	return customCode === undefined ? generateCode(policy.codeAlphabet, policy.codeLength) : acceptCustomCode(customCode);
}

async function beginRequest(
	keyring: Keyring,
	request: IssueRequest,
	{ phone, phoneKey, purpose, live }: Target,
	minted: MintedCode,
	resendOnly: boolean,
): Promise<BeginRequest> {
	const { namespace, policy, provider, metadata = {}, limits = usualLimits, clientIp } = request;
	const keyId = keyring.newest;
	const verificationId = live?.verificationId ?? keyring.newId(keyId, phoneKey);
	const keepsMetadata = live !== undefined && Object.keys(metadata).length === 0;
	const sender = { namespace, phoneKey, folded: foldPhone(phone) };
	const subject = resendOnly ? verificationId : `${phoneKey} ${purpose}`;
	return {
		...{ verificationId, namespace, phoneKey, purpose, keyId, provider, resendOnly },
		continues: live !== undefined,
		sendId: keyring.newId(keyId, phoneKey),
		mac: keyring.mac(keyId, { namespace, verificationId, phoneKey, purpose, code: canonicalCode(minted) }),
		shape: minted.shape,
		sealedPhone: keyring.seal(phone, `${verificationId} phone`),
		// Under the key of the MAC, also what is kept: else a check could consume the code and not tell what it was for.
		sealedMetadata: sealMetadata(keepsMetadata ? openMetadata(live, keyring) : metadata, verificationId, keyring),
		// A message that comes after its code has expired is of no more use than none.
		dropAfterMs: Math.min(request.messageTtl ?? messageTtl, policy.expiresIn) * 1000 + times.dropBuffer,
		lifetimeMs: policy.expiresIn * 1000,
		deadlineMs: times.absoluteDeadline,
		tombstoneMs: times.tombstone,
		maxAttempts: policy.maxAttempts,
		maxSends: policy.maxSends,
		cooldownsMs: resendCooldowns.map((seconds) => seconds * 1000),
		windows: await sendWindows(keyring, { ...sender, ...(clientIp === undefined ? {} : { clientIp }) }, limits),
		failures: failureBudget(phoneKey, limits),
		idempotency: {
			key: keyring.lookup(keyId, 'idempotency', namespace, subject, request.idempotencyKey),
			fingerprint: keyring.lookup(
				keyId,
				'request',
				JSON.stringify([phone, provider, policy, metadata, request.message, request.customCode ?? null]),
			),
			inFlightMs: times.sendInFlight,
		},
	};
}

function interpret(keyring: Keyring, answer: BeginAnswer, step: BeginRequest, to: string, code: string): Issued {
	const { verificationId, phoneKey, sendId, provider } = step;
	const verification =
		'verification' in answer && answer.verification !== undefined ? describe(answer.verification, keyring) : undefined;
	const about = { to, ...(verification === undefined ? {} : { verification }) };
	switch (answer.answer) {
		case 'begun': {
			const counters = [...new Set(step.windows.map(({ counter }) => counter))];
			const ticket = { verificationId, phoneKey, sendId, provider, counters };
			const { isResend } = answer;
			return { outcome: 'issued', code, ticket, verification: describe(answer.verification, keyring), isResend };
		}
		case 'replayed': {
			const { isResend } = answer;
			const delivery = openDelivery(answer.delivery, keyring);
			return { outcome: 'replayed', verification: describe(answer.verification, keyring), delivery, isResend };
		}
		case 'conflict':
			throw new IdempotencyConflictError();
		case 'in_progress':
			return refuse('in_progress', 'The same send is being made at this moment', about);
		case 'cooldown': {
			const wait = seconds(answer.retryAfterMs);
			return refuse('cooldown', `The last code was sent a moment ago; the next one can be sent in ${wait} s`, {
				...about,
				retryAfterSeconds: wait,
			});
		}
		case 'rate_limited': {
			const wait = seconds(answer.retryAfterMs);
			return refuse('rate_limited', `The limit of ${answer.limit} is reached; there is room again in ${wait} s`, {
				...about,
				limit: answer.limit,
				retryAfterSeconds: wait,
			});
		}
		case 'live':
		case 'ended':
			return refuseEnded(verification);
	}
}

function refuseEnded(verification: Verification | undefined): Refusal {
	if (verification === undefined || verification.status === 'pending') {
		return refuse('not_found', 'There is no such verification (any more)');
	}
	const reason = `The verification is ${verification.status}; begin a new one with Send`;
	return refuse(resultOfEnded[verification.status], reason, { verification });
}

function refuse(result: RefusalResult, reason: string, about: Partial<Refusal> = {}): Refusal {
	return { ...about, outcome: 'refused', result, reason };
}

function seconds(ms: number): number {
	return Math.ceil(ms / 1000);
}

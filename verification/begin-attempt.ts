import { canonicalCode, isTestShape, type NewCode } from './code';
import type { Keyring } from './keys';
import { addedWindows, failureBudget, sendWindows, type AddedLimit } from './limits';
import { foldPhone } from './phone';
import { defaultLimits, defaultMessageTtl, sendCooldown, times, type Limits, type Policy } from './policy';
import type { Recipient, SendTarget } from './recipient';
import type { BeginAttempt, SealedDetails, SendIdentity, SendTerms, StoredCode } from './stores/store';
import { testProvider, type TestNumber } from './test-numbers';
import { openMetadata, sealMetadata } from './verification';

export interface BeginRequest {
	recipient: Recipient;
	namespace: string;
	/** Ignored if the recipient is a verification: a resend keeps its purpose. */
	purpose: string;
	policy: Policy;
	/** By default those of docs/reference/verification-rules.md 3. */
	limits?: Partial<Limits>;
	/** Limits besides those, for example one send for each proof of work. They are counted in the same atomic step. */
	addedLimits?: readonly AddedLimit[];
	/** The IP address of the person who asks for the code. Counted only if it is given. */
	clientIp?: string;
	/** A code made by the builder. By default the engine generates one. */
	customCode?: string;
	/**
	 * Numbers that get no message, with their codes. Undefined if the code goes another way: then a verification of a
	 * test number continues with a code like any other.
	 */
	testNumbers?: readonly TestNumber[];
	/** Set once: ignored if the recipient is a verification (docs/reference/verification-rules.md 1.16). */
	metadata?: Record<string, unknown>;
	provider: string;
	/** The same key and request within 24 h are one send. */
	idempotencyKey: string;
	/** Seconds for which the provider tries to deliver: the template's `message_send_ttl_seconds`. */
	messageTtl?: number;
	/** Other parts that make it the same request, for example the template. */
	message: Record<string, string>;
}

/** What the store needs to decide one send. */
export async function toAttempt(
	keyring: Keyring,
	request: BeginRequest,
	target: SendTarget,
	code: NewCode,
): Promise<BeginAttempt> {
	const { clientIp, namespace, addedLimits = [] } = request;
	const limits = { ...defaultLimits, ...request.limits };
	const { phone, phoneKey } = target;
	// No trigger of a provider may report that the message of a test was dropped.
	const provider = isTestShape(code.shape) ? testProvider : request.provider;
	const identity = identityOf(keyring, { ...request, provider }, target);
	return {
		...identity,
		...storedCode(keyring, identity, code),
		...sealedDetails(keyring, request, target, identity.verificationId),
		...termsOf(request),
		windows: [
			...(await sendWindows(keyring, { namespace, phoneKey, folded: foldPhone(phone), clientIp }, limits)),
			...addedWindows(keyring, namespace, addedLimits),
		],
		failures: failureBudget(phoneKey, limits),
		idempotency: idempotencyOf(keyring, request, phone, identity),
	};
}

function identityOf(
	keyring: Keyring,
	{ namespace, provider }: BeginRequest,
	{ phoneKey, purpose, named }: SendTarget,
): SendIdentity {
	return {
		verificationId: named?.verificationId ?? keyring.newId(keyring.newest, phoneKey),
		continues: named !== undefined,
		sendId: keyring.newId(keyring.newest, phoneKey),
		namespace,
		phoneKey,
		purpose,
		provider,
	};
}

function storedCode(keyring: Keyring, identity: SendIdentity, code: NewCode): StoredCode {
	const keyId = keyring.newest;
	const { namespace, verificationId, phoneKey, purpose } = identity;
	const mac = keyring.mac(keyId, { namespace, verificationId, phoneKey, purpose, code: canonicalCode(code) });
	return { keyId, mac, shape: code.shape };
}

/**
 * A resend keeps the metadata. It is sealed again under the key of the new MAC. Otherwise a check could use up the code
 * and then fail to open the metadata.
 */
function sealedDetails(
	keyring: Keyring,
	{ metadata = {} }: BeginRequest,
	{ phone, named }: SendTarget,
	verificationId: string,
): SealedDetails {
	const kept = named === undefined ? metadata : openMetadata(named, keyring);
	return {
		sealedPhone: keyring.seal(phone, `${verificationId} phone`),
		sealedMetadata: sealMetadata(kept, verificationId, keyring),
	};
}

function termsOf({ policy, messageTtl = defaultMessageTtl }: BeginRequest): SendTerms {
	return {
		// A message that arrives after its code has expired is as useless as a dropped one.
		dropAfterMs: Math.min(messageTtl, policy.expiresIn) * 1000 + times.dropBuffer,
		lifetimeMs: policy.expiresIn * 1000,
		deadlineMs: times.absoluteDeadline,
		tombstoneMs: times.tombstone,
		maxAttempts: policy.maxAttempts,
		maxSends: policy.maxSends,
		cooldown: sendCooldown,
	};
}

function idempotencyOf(
	keyring: Keyring,
	request: BeginRequest,
	phone: string,
	{ verificationId, phoneKey, purpose, continues }: SendIdentity,
): BeginAttempt['idempotency'] {
	const { namespace, idempotencyKey, provider, policy, metadata = {}, message, customCode = null } = request;
	const keyId = keyring.newest;
	const subject = continues ? verificationId : `${phoneKey} ${purpose}`;
	const content = JSON.stringify([phone, provider, policy, metadata, message, customCode]);
	return {
		key: keyring.lookup(keyId, 'idempotency', namespace, subject, idempotencyKey),
		fingerprint: keyring.lookup(keyId, 'request', content),
		inFlightMs: times.sendInFlight,
	};
}

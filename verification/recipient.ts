import { refuse, type BeginRefusal } from './begin-refusal';
import type { Keyring } from './keys';
import { maskPhone, readPhone } from './phone';
import type { StoredVerification, VerificationStore } from './stores/store';
import { describe } from './verification';

/** Countries are ISO 3166-1 alpha-2. */
interface PhoneRecipient {
	to: unknown;
	defaultCountry?: string;
	allowedCountries?: string[];
}

/** A phone, or a verification to continue. */
export type Recipient = PhoneRecipient | { verificationId: string };

/** The phone and purpose that a send is for. */
export interface SendTarget {
	/** In E.164; counted by its folded form. */
	phone: string;
	phoneKey: string;
	purpose: string;
	/** The verification that the request names: this send continues it. */
	named?: StoredVerification;
}

interface Subject {
	recipient: Recipient;
	namespace: string;
	purpose: string;
}

export async function findTarget(
	store: VerificationStore,
	keyring: Keyring,
	{ recipient, namespace, purpose }: Subject,
): Promise<SendTarget | BeginRefusal> {
	return 'to' in recipient
		? await targetOfPhone(keyring, recipient, { namespace, purpose })
		: await targetOfVerification(store, keyring, namespace, recipient.verificationId);
}

async function targetOfPhone(
	keyring: Keyring,
	{ to, defaultCountry, allowedCountries = [] }: PhoneRecipient,
	{ namespace, purpose }: Pick<Subject, 'namespace' | 'purpose'>,
): Promise<SendTarget | BeginRefusal> {
	const phone = await readPhone(to, defaultCountry);
	if ('invalid' in phone) return refuse('invalid_phone', phone.invalid);
	if (!isAllowed(phone.country, allowedCountries)) {
		const country = phone.country ?? 'no single country';
		const reason = `${maskPhone(phone.e164)} belongs to ${country}, which is not in 'Allowed Countries'`;
		return refuse('blocked_country', reason, { to: phone.e164 });
	}
	return { phone: phone.e164, phoneKey: keyring.phoneKey(keyring.newest, namespace, phone.folded), purpose };
}

function isAllowed(country: string | undefined, allowed: readonly string[]): boolean {
	return allowed.length === 0 || allowed.some((each) => each.trim().toUpperCase() === country);
}

async function targetOfVerification(
	store: VerificationStore,
	keyring: Keyring,
	namespace: string,
	verificationId: string,
): Promise<SendTarget | BeginRefusal> {
	for (const { phoneKey } of keyring.phoneKeysOf(verificationId)) {
		const named = await store.verifications.get({ namespace, phoneKey, verificationId });
		if (named !== undefined) return { phone: describe(named, keyring).to, phoneKey, purpose: named.purpose, named };
	}
	return refuse('not_found', 'There is no such verification in this namespace, or it ended more than 24 hours ago');
}

import {
	codeErrors,
	codeNotices,
	endedReasons,
	numberErrors,
	type CodeView,
	type NumberView,
	type PageLook,
	type PageView,
} from '../page';

const number: NumberView = { step: 'number', language: 'en' };

const code: CodeView = {
	step: 'code',
	language: 'en',
	verificationId: 'bm90IGEgcmVhbCB2ZXJpZmljYXRpb24gaWQ',
	maskedPhone: '+12*****31',
	code: { length: 6, alphabet: 'digits' },
	attemptsRemaining: 5,
	expiresInSeconds: 299,
	resendInSeconds: 29,
	canChangeNumber: true,
};

/** Without a signature: no host accepts the solution. */
const challenge = {
	parameters: { algorithm: 'PBKDF2/SHA-256', nonce: '5e', salt: '5a', cost: 1000, keyLength: 32, keyPrefix: '00' },
};

const failed = { phone: '+1 201 555 39', retryAfterSeconds: 840 };

/** The page in each of its states, in English and without a builder's look. */
export const pageStates: Readonly<Record<string, PageView>> = {
	number,
	'number/country': { ...number, defaultCountry: { code: 'DE', callingCode: '49' } },
	'number/proof-of-work': { ...number, protection: { kind: 'proofOfWork', challenge } },
	...named('number', numberErrors, (error) => ({ ...number, ...failed, error })),
	code,
	'code/last-attempt': { ...code, attemptsRemaining: 1, error: 'invalid_code', resendInSeconds: 0 },
	'code/no-resend': { ...code, resendInSeconds: undefined },
	'code/fixed-number': { ...code, canChangeNumber: false },
	'code/expired': { ...code, expiresInSeconds: 0, resendInSeconds: 0 },
	'code/expired-for-good': { ...code, expiresInSeconds: 0, resendInSeconds: undefined, canChangeNumber: false },
	'code/letters': { ...code, code: { length: 8, alphabet: 'alphanumeric' } },
	'code/long': { ...code, code: { length: 12, alphabet: 'alphanumeric' } },
	...named('code', codeErrors, (error) => ({ ...code, error, retryAfterSeconds: 900, attemptsRemaining: 4 })),
	...named('code', codeNotices, (notice) => ({ ...code, notice })),
	...named('ended', endedReasons, (reason) => ({ step: 'ended', language: 'en', reason, canRestart: true })),
	'ended/fixed-number': { step: 'ended', language: 'en', reason: 'expired', canRestart: false },
	done: { step: 'done', language: 'en' },
	'done/message': { step: 'done', language: 'en', message: 'Welcome back, Ana!\nYour table is reserved.' },
	'done/next-step-failed': { step: 'done', language: 'en', hasNextStepFailed: true },
	unavailable: { step: 'unavailable', language: 'en' },
};

/** A builder's choice, for pictures. */
export const exampleLook: PageLook = {
	title: 'Sign in to Bluebird Books',
	text: 'Order books and follow your deliveries.',
	accentColor: '#2f5bea',
	privacyUrl: 'https://example.com/privacy',
};

function named<Key extends string>(step: string, keys: readonly Key[], view: (key: Key) => PageView) {
	return Object.fromEntries(keys.map((key) => [`${step}/${key.replaceAll('_', '-')}`, view(key)]));
}

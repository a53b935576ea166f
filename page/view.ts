/** Everything that the page shows, as plain data. Times are durations, because the clocks of phones are often wrong. */
export type PageView = NumberView | CodeView | DoneView | EndedView | UnavailableView;

interface Shown {
	/** Any language code, for example `pt_BR` or `de-AT`. English if the page has no texts in this language. */
	language: string;
	look?: PageLook;
}

/** What the builder chose. A value that the page cannot use is left out, for example a logo that is not on the web. */
export interface PageLook {
	/** Default: "Sign in". */
	title?: string;
	/** Stands below the title. */
	text?: string;
	/** `#rgb` or `#rrggbb`. */
	accentColor?: string;
	/** An address with http or https. */
	logoUrl?: string;
	/** An address with http or https. */
	privacyUrl?: string;
}

/** Asks for the phone number. */
export interface NumberView extends Shown {
	step: 'number';
	/** A number of this country may be entered without + and country code. */
	defaultCountry?: {
		/** ISO 3166-1 alpha-2. */
		code: string;
		/** For example `49`. */
		callingCode: string;
	};
	/** What the person entered before, to correct it. */
	phone?: string;
	error?: NumberError;
	/** For the errors that pass: when to try again. */
	retryAfterSeconds?: number;
	protection?: BotProtection;
}

/** Asks for the code. */
export interface CodeView extends Shown {
	step: 'code';
	/** The page posts it back, so that a browser without cookies goes on with the same verification. */
	verificationId?: string;
	/** For example `+12*****10`. */
	maskedPhone: string;
	code: { length: number; alphabet: 'digits' | 'alphanumeric' };
	attemptsRemaining: number;
	expiresInSeconds: number;
	/** 0 if the person may request a code now. Absent if no more codes are sent. */
	resendInSeconds?: number;
	/** False if the workflow chose the number. */
	canChangeNumber: boolean;
	error?: CodeError;
	retryAfterSeconds?: number;
	notice?: CodeNotice;
}

/** The number is verified. */
export interface DoneView extends Shown {
	step: 'done';
	/** Replaces "You can close this page now". */
	message?: string;
	/** An address with http or https. The page goes there, and also shows a link. */
	redirectUrl?: string;
	/** The workflow that should go on has failed. */
	hasNextStepFailed?: boolean;
}

/** The verification is over without success. */
export interface EndedView extends Shown {
	step: 'ended';
	reason: EndedReason;
	verificationId?: string;
	/** False if the workflow chose the number, so that this page cannot begin a new verification. */
	canRestart: boolean;
}

/** The store or the provider does not answer. */
export interface UnavailableView extends Shown {
	step: 'unavailable';
}

export type NumberError = (typeof numberErrors)[number];
/**
 * `rate_limited`: by a limit or a pause. `not_sent`: the provider did not take the message. `not_protected`: the proof
 * of `BotProtection` is missing or wrong.
 */
export const numberErrors = [
	'missing_phone',
	'invalid_phone',
	'blocked_country',
	'rate_limited',
	'undeliverable',
	'not_sent',
	'not_protected',
] as const;

export type CodeError = (typeof codeErrors)[number];
export const codeErrors = [
	'missing_code',
	'invalid_code',
	'malformed',
	'rate_limited',
	'cooldown',
	'not_sent',
] as const;

export type CodeNotice = (typeof codeNotices)[number];
/** `unconfirmed`: the provider did not answer, so the message may have been sent. */
export const codeNotices = ['resent', 'already_sent', 'unconfirmed'] as const;

export type EndedReason = (typeof endedReasons)[number];
export const endedReasons = ['expired', 'locked', 'already_used', 'canceled', 'undeliverable', 'not_found'] as const;

export type BotProtection = ProofOfWork | Turnstile;

/** A challenge of ALTCHA's protocol, version 2. The page posts the solution in the field `altcha`. */
export interface ProofOfWork {
	kind: 'proofOfWork';
	challenge: AltchaChallenge;
}

/** As `createChallenge` of altcha-lib returns it. */
export interface AltchaChallenge {
	/** The page solves `PBKDF2/SHA-256`. */
	parameters: { algorithm: string; nonce: string; salt: string; cost: number; keyLength: number; keyPrefix: string };
	signature?: string;
}

/** Cloudflare's widget. It posts its token in the field `cf-turnstile-response`. */
export interface Turnstile {
	kind: 'turnstile';
	siteKey: string;
}

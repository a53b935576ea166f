import type { CodeError, CodeNotice, EndedReason, NumberError } from '../view';

/** One form for each category that `Intl.PluralRules` of the language gives. */
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** All words of the page in one language. `{name}` is a place for a value. */
export interface Texts {
	direction: 'ltr' | 'rtl';
	/** The title, if the builder sets none. */
	signIn: string;
	numberIntro: string;
	numberLabel: string;
	numberHint: string;
	presetCountry: string;
	sendCode: string;
	codeTitle: string;
	codeIntro: string;
	codeLabel: string;
	confirm: string;
	attempts: Plural;
	/** `{time}` is `4:59`, or minutes if the browser runs no scripts. */
	expiresIn: string;
	expiresSoon: string;
	minutes: Plural;
	hours: Plural;
	resend: string;
	/** `{time}` is `0:29`. */
	resendIn: string;
	resendReady: string;
	changeNumber: string;
	/** Read by screen readers while the page sends a form. */
	wait: string;
	notices: Record<CodeNotice, string>;
	numberErrors: Record<NumberError, string>;
	codeErrors: Record<CodeError, string>;
	/** Follows an error. */
	tryAgainIn: string;
	tryAgainLater: string;
	ended: Record<EndedReason, { title: string; text: string }>;
	startAgain: string;
	done: { title: string; close: string; goesOn: string; continue: string; nextStepFailed: string };
	unavailable: { title: string; text: string };
	tryAgain: string;
	privacy: string;
	/** The page protects itself with a script, but the browser runs none. */
	needsScript: string;
}

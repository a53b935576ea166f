import type { CodeError, CodeNotice, CodeView, NumberError, PageLook, PageView } from '../../../page';
import { callingCodeOf, maskPhone, resultOfEnded, type Verification } from '../../../verification';
import { omitUndefined } from '../../shared/omit-undefined';
import { enteredNextStep, withToken, type NextStep } from './next-step';
import type { SignIn, Outcome } from './steps';

/** What the person sees after a request, unless the workflow's last node decides it. */
export async function toPage(signIn: SignIn, outcome: Outcome): Promise<PageView> {
	const { action, result, verification, approved } = outcome;
	if (approved !== undefined) return doneView(signIn);
	if (action === 'restart') return await numberView(signIn, {});
	if (verification === undefined) {
		if (action === 'show') return await numberView(signIn, {});
		if (action === 'send') return await numberView(signIn, outcome, numberErrors[result] ?? 'not_sent');
		return { ...shown(signIn), step: 'ended', reason: 'not_found', canRestart: true };
	}
	if (verification.status === 'pending') return codeView(signIn, verification, outcome);
	// A second click on the button, or a reload: this browser's own verification has succeeded.
	if (verification.status === 'approved' && signIn.ownId === verification.verificationId) return doneView(signIn);
	return { ...shown(signIn), step: 'ended', reason: resultOfEnded[verification.status], canRestart: true };
}

function shown({ language, parameters }: SignIn): { language: string; look: PageLook } {
	const { title, text, accentColor, logoUrl, privacyUrl } = parameters.page;
	return { language, look: omitUndefined({ title, text, accentColor, logoUrl, privacyUrl }) };
}

const numberErrors: Record<string, NumberError> = {
	missing_phone: 'missing_phone',
	invalid_phone: 'invalid_phone',
	blocked_country: 'blocked_country',
	cooldown: 'rate_limited',
	rate_limited: 'rate_limited',
	in_progress: 'rate_limited',
	undeliverable: 'undeliverable',
};

async function numberView(
	signIn: SignIn,
	{ retryAfterSeconds }: Pick<Outcome, 'retryAfterSeconds'>,
	error?: NumberError,
): Promise<PageView> {
	const { defaultCountry: code } = signIn.parameters.page;
	const callingCode = code === undefined ? undefined : await callingCodeOf(code);
	const defaultCountry = code === undefined || callingCode === undefined ? undefined : { code, callingCode };
	return { ...shown(signIn), step: 'number', ...omitUndefined({ defaultCountry, error, retryAfterSeconds }) };
}

const codeErrors: Record<string, CodeError> = {
	missing_code: 'missing_code',
	invalid_code: 'invalid_code',
	malformed: 'malformed',
	rate_limited: 'rate_limited',
	cooldown: 'cooldown',
	in_progress: 'cooldown',
};

/** What a result of a send says above the code, if the person can enter a code. */
const noticesOfSend: Record<string, CodeNotice | undefined> = {
	sent: undefined,
	unknown: 'unconfirmed',
	cooldown: 'already_sent',
	rate_limited: 'already_sent',
	in_progress: 'already_sent',
};

function codeView(
	signIn: SignIn,
	verification: Verification,
	{ action, result, retryAfterSeconds }: Outcome,
): CodeView {
	const { codeLength: length, codeAlphabet: alphabet } = signIn.parameters.sendOptions;
	const { verificationId, to, attemptsRemaining, expiresAt, resendAvailableAt } = verification;
	const view: CodeView = {
		...shown(signIn),
		step: 'code',
		verificationId,
		maskedPhone: maskPhone(to),
		code: { length, alphabet },
		attemptsRemaining,
		expiresInSeconds: secondsUntil(expiresAt),
		canChangeNumber: true,
		...omitUndefined({ resendInSeconds: resendAvailableAt && secondsUntil(resendAvailableAt) }),
	};
	const words = omitUndefined(wordsOf(action, result));
	return { ...view, ...words, ...('error' in words && omitUndefined({ retryAfterSeconds })) };
}

function wordsOf(action: Outcome['action'], result: string): { error?: CodeError; notice?: CodeNotice | undefined } {
	if (action === 'send') return { notice: noticesOfSend[result] };
	if (action === 'resend' && result === 'sent') return { notice: 'resent' };
	if (action === 'resend' && result === 'unknown') return { notice: 'unconfirmed' };
	if (action === 'resend') return { error: codeErrors[result] ?? 'not_sent' };
	const error = action === 'verify' ? codeErrors[result] : undefined;
	return error === undefined ? {} : { error };
}

/** The target is what the builder entered. Nothing of the request decides it. */
export function doneView(signIn: SignIn, next: NextStep = enteredNextStep(signIn.parameters)): PageView {
	const { message, redirectUrl, hasFailed: hasNextStepFailed } = withToken(next, signIn.parameters);
	return { ...shown(signIn), step: 'done', ...omitUndefined({ message, redirectUrl, hasNextStepFailed }) };
}

function secondsUntil(time: Date): number {
	return Math.max(0, Math.ceil((time.getTime() - Date.now()) / 1000));
}

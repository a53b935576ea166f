import type { CodeError, CodeNotice, CodeView, PageRequest } from '../../../page';
import { maskPhone, type Verification } from '../../../verification';
import { omitUndefined } from '../../shared/omit-undefined';
import type { SendOptions } from '../fields/send-options';

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
	not_protected: 'already_sent',
};

interface Outcome {
	action: 'show' | PageRequest['action'];
	result: string;
	retryAfterSeconds?: number;
}

/** Asks for the code of a pending verification, and says what came of the request. */
export function codeView(
	page: Pick<CodeView, 'language' | 'look' | 'canChangeNumber'>,
	{ codeLength: length, codeAlphabet: alphabet }: Pick<SendOptions, 'codeLength' | 'codeAlphabet'>,
	verification: Verification,
	{ action, result, retryAfterSeconds }: Outcome,
): CodeView {
	const { verificationId, to, attemptsRemaining, expiresAt, resendAvailableAt } = verification;
	const view: CodeView = {
		...page,
		step: 'code',
		verificationId,
		maskedPhone: maskPhone(to),
		code: { length, alphabet },
		attemptsRemaining,
		expiresInSeconds: secondsUntil(expiresAt),
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

function secondsUntil(time: Date): number {
	return Math.max(0, Math.ceil((time.getTime() - Date.now()) / 1000));
}

import type { NumberError, PageLook, PageView } from '../../../page';
import { callingCodeOf, resultOfEnded } from '../../../verification';
import { omitUndefined } from '../../shared/omit-undefined';
import { codeView } from '../../WhatsAppOtp/code-page/code-view';
import { lookOf } from '../../WhatsAppOtp/code-page/look';
import { protectionOf } from '../bots/protection';
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
	if (verification.status === 'pending') {
		const page = { ...shown(signIn), canChangeNumber: true };
		return codeView(page, signIn.parameters.sendOptions, verification, outcome);
	}
	// A second click on the button, or a reload: this browser's own verification has succeeded.
	if (verification.status === 'approved' && signIn.ownId === verification.verificationId) return doneView(signIn);
	return { ...shown(signIn), step: 'ended', reason: resultOfEnded[verification.status], canRestart: true };
}

function shown({ language, parameters }: SignIn): { language: string; look: PageLook } {
	return { language, look: lookOf(parameters.page) };
}

const numberErrors: Record<string, NumberError> = {
	missing_phone: 'missing_phone',
	invalid_phone: 'invalid_phone',
	blocked_country: 'blocked_country',
	cooldown: 'rate_limited',
	rate_limited: 'rate_limited',
	in_progress: 'rate_limited',
	undeliverable: 'undeliverable',
	not_protected: 'not_protected',
};

async function numberView(
	signIn: SignIn,
	{ retryAfterSeconds, phone }: Pick<Outcome, 'retryAfterSeconds' | 'phone'>,
	error?: NumberError,
): Promise<PageView> {
	const { defaultCountry: code } = signIn.parameters.page;
	const callingCode = code === undefined ? undefined : await callingCodeOf(code);
	const defaultCountry = code === undefined || callingCode === undefined ? undefined : { code, callingCode };
	const protection = await protectionOf(signIn);
	const words = omitUndefined({ defaultCountry, error, retryAfterSeconds, phone, protection });
	return { ...shown(signIn), step: 'number', ...words };
}

/** The target is what the builder entered. Nothing of the request decides it. */
export function doneView(signIn: SignIn, next: NextStep = enteredNextStep(signIn.parameters)): PageView {
	const { message, redirectUrl, hasFailed: hasNextStepFailed } = withToken(next, signIn.parameters);
	return { ...shown(signIn), step: 'done', ...omitUndefined({ message, redirectUrl, hasNextStepFailed }) };
}

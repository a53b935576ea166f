import { randomUUID } from 'crypto';
import type { PageRequest } from '../../../page';
import { omitUndefined } from '../../shared/omit-undefined';
import {
	checkCode,
	findEntry,
	resendCode,
	sendCode,
	type CheckedEntry,
	type CodeEntry,
	type EntryOutcome,
} from '../../WhatsAppOtp/code-page/code-entry';
import { recipientOf } from '../../WhatsAppOtp/policy';
import type { SignInParameters } from '../parameters';

/** What a request is about. */
export interface SignIn extends CodeEntry {
	parameters: SignInParameters;
	/** The verification that this browser has begun. Before the first one, a random text that names the visit. */
	ownId: string | undefined;
}

export interface Outcome extends EntryOutcome, Pick<CheckedEntry, 'approved'> {
	action: 'show' | PageRequest['action'];
}

/** What a reload shows: the verification that this browser has begun. */
export async function show(signIn: SignIn): Promise<Outcome> {
	const verification = await findEntry(signIn, signIn.ownId);
	return omitUndefined({ action: 'show' as const, result: verification?.status ?? 'not_found', verification });
}

export async function answer(signIn: SignIn, request: PageRequest): Promise<Outcome> {
	switch (request.action) {
		case 'send':
			return await begin(signIn, request.phone);
		case 'verify':
			return await checkCode(signIn, request.verificationId ?? signIn.ownId ?? '', request.code);
		case 'resend':
			return await resendCode(signIn, request.verificationId ?? signIn.ownId);
		case 'restart':
			return { action: 'restart', result: 'restarted' };
	}
}

async function begin(signIn: SignIn, phone: string): Promise<Outcome> {
	if (phone.trim() === '') return { action: 'send', result: 'missing_phone' };
	// Two clicks on the button come with the same cookie. They are one send.
	const key = `${signIn.ownId ?? randomUUID()} ${signIn.language}`;
	const sent = await sendCode(signIn, recipientOf(phone, signIn.parameters.sendOptions), key);
	const begun = await findEntry(signIn, sent.verificationId ?? undefined);
	// After a refusal: the code that this browser has for the same number can still be entered.
	const own = begun ?? (await findEntry(signIn, signIn.ownId));
	const verification = own?.to === sent.to && own?.status === 'pending' ? own : undefined;
	const { result, retryAfterSeconds } = sent;
	return omitUndefined({ action: 'send' as const, result, verification, retryAfterSeconds });
}

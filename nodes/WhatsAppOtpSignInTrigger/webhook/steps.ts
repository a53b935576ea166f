import { randomUUID } from 'crypto';
import type { BotProof, PageRequest } from '../../../page';
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
import { lacksProof, readProof, type ProtectedPage } from '../bots/protection';
import type { SignInParameters } from '../parameters';

/** What a request is about. */
export interface SignIn extends CodeEntry, ProtectedPage {
	parameters: SignInParameters;
	/** The verification that this browser has begun. Before the first one, a random text that names the visit. */
	ownId: string | undefined;
}

export interface Outcome extends EntryOutcome, Pick<CheckedEntry, 'approved'> {
	action: 'show' | PageRequest['action'];
	/** As it was entered. */
	phone?: string;
}

/** What a reload shows: the verification that this browser has begun. */
export async function show(signIn: SignIn): Promise<Outcome> {
	const verification = await findEntry(signIn, signIn.ownId);
	return omitUndefined({ action: 'show' as const, result: verification?.status ?? 'not_found', verification });
}

export async function answer(signIn: SignIn, request: PageRequest): Promise<Outcome> {
	switch (request.action) {
		case 'send':
			return await begin(signIn, request);
		case 'verify':
			return await checkCode(signIn, request.verificationId ?? signIn.ownId ?? '', request.code);
		case 'resend':
			return await resendCode(signIn, request.verificationId ?? signIn.ownId);
		case 'restart':
			return { action: 'restart', result: 'restarted' };
	}
}

async function begin(signIn: SignIn, { phone, proof }: { phone: string; proof: BotProof }): Promise<Outcome> {
	if (phone.trim() === '') return { action: 'send', result: 'missing_phone' };
	const proven = await readProof(signIn, proof);
	if (proven === undefined) return { action: 'send', result: 'not_protected', phone };
	// Two clicks on the button come with the same proof, or with the same cookie. They are one send.
	const key = `${proven.key ?? signIn.ownId ?? randomUUID()} ${signIn.language}`;
	const recipient = recipientOf(phone, signIn.parameters.sendOptions);
	const sent = await sendCode(signIn, recipient, key, proven.addedLimits);
	const begun = await findEntry(signIn, sent.verificationId);
	// After a refusal: the code that this browser has for the same number can still be entered.
	const own = begun ?? (await findEntry(signIn, signIn.ownId));
	const verification = own?.to === sent.to && own?.status === 'pending' ? own : undefined;
	const { limit, retryAfterSeconds } = sent;
	const result = lacksProof(limit) ? 'not_protected' : sent.result;
	return omitUndefined({ action: 'send' as const, result, verification, retryAfterSeconds, phone });
}

import { randomUUID } from 'crypto';
import { z } from 'zod';
import type { PageRequest } from '../../../page';
import {
	resultOfEnded,
	type BeginRequest,
	type CheckResult,
	type Engine,
	type Verification,
} from '../../../verification';
import { omitUndefined } from '../../shared/omit-undefined';
import type { ProviderConnection } from '../../shared/provider-connection';
import { policyOf, recipientOf } from '../../WhatsAppOtp/policy';
import { approvedTemplate } from '../../WhatsAppOtp/sending/approved-languages';
import type { Pace } from '../../WhatsAppOtp/sending/pacing';
import { sendIssuedCode } from '../../WhatsAppOtp/sending/send-code';
import type { SignInParameters } from '../parameters';

/** What a request is about. */
export interface SignIn {
	parameters: SignInParameters;
	engine: Engine;
	connect: () => Promise<ProviderConnection>;
	pace: Pace;
	/** Of the message, as the provider writes it. */
	language: string;
	clientIp: string;
	/** The verification that this browser has begun. Before the first one, a random text that names the visit. */
	ownId: string | undefined;
}

/** The results of the action node, and what a page also answers. */
export interface Outcome {
	action: 'show' | PageRequest['action'];
	result: string;
	/** The verification that the request named or began, as it is now. */
	verification?: Verification;
	retryAfterSeconds?: number;
	/** Only of the one request whose code was right. */
	approved?: Approved;
}

export interface Approved {
	phone: string;
	verificationId: string;
	verifiedAt: string;
}

/** What a reload shows: the verification that this browser has begun. */
export async function show(signIn: SignIn): Promise<Outcome> {
	const verification = await find(signIn, signIn.ownId);
	return omitUndefined({ action: 'show' as const, result: verification?.status ?? 'not_found', verification });
}

export async function answer(signIn: SignIn, request: PageRequest): Promise<Outcome> {
	switch (request.action) {
		case 'send':
			return await begin(signIn, request.phone);
		case 'verify':
			return await check(signIn, request.verificationId ?? signIn.ownId ?? '', request.code);
		case 'resend':
			return await resend(signIn, request.verificationId ?? signIn.ownId);
		case 'restart':
			return { action: 'restart', result: 'restarted' };
	}
}

/** A verification of this page: one of another purpose does not exist here. */
async function find({ engine, parameters }: SignIn, verificationId = ''): Promise<Verification | undefined> {
	const { namespace, purpose } = parameters.sendOptions;
	const found = verificationId === '' ? undefined : await engine.get({ verificationId, namespace });
	return found?.purpose === purpose ? found : undefined;
}

async function begin(signIn: SignIn, phone: string): Promise<Outcome> {
	if (phone.trim() === '') return { action: 'send', result: 'missing_phone' };
	// Two clicks on the button come with the same cookie. They are one send.
	const key = `${signIn.ownId ?? randomUUID()} ${signIn.language}`;
	const sent = await send(signIn, recipientOf(phone, signIn.parameters.sendOptions), key);
	const begun = await find(signIn, sent.verificationId ?? undefined);
	// After a refusal: the code that this browser has for the same number can still be entered.
	const own = begun ?? (await find(signIn, signIn.ownId));
	const verification = own?.to === sent.to && own?.status === 'pending' ? own : undefined;
	const { result, retryAfterSeconds } = sent;
	return omitUndefined({ action: 'send' as const, result, verification, retryAfterSeconds });
}

async function resend(signIn: SignIn, verificationId: string | undefined): Promise<Outcome> {
	const found = await find(signIn, verificationId);
	if (found === undefined) return { action: 'resend', result: 'not_found' };
	if (found.status !== 'pending') {
		return { action: 'resend', result: resultOfEnded[found.status], verification: found };
	}
	const { result, retryAfterSeconds } = await send(signIn, { verificationId: found.verificationId }, randomUUID());
	const verification = await find(signIn, found.verificationId);
	return omitUndefined({ action: 'resend' as const, result, verification, retryAfterSeconds });
}

const sentSchema = z.object({
	result: z.string(),
	verificationId: z.string().nullable(),
	to: z.string().nullable(),
	retryAfterSeconds: z.number().optional(),
});

/** Sends a code as the action node does. */
async function send(
	{ parameters, engine, connect, pace, language, clientIp }: SignIn,
	recipient: BeginRequest['recipient'],
	idempotencyKey: string,
) {
	const { provider, sendOptions, template } = parameters;
	const { namespace, purpose } = sendOptions;
	const approved = await approvedTemplate(await connect(), template, language);
	const issued = await engine.begin({
		recipient,
		namespace,
		purpose,
		...policyOf({ ...sendOptions, clientIp }),
		provider: provider.id,
		...approved,
		idempotencyKey,
		message: { template, language },
	});
	const host = { getExecutionCancelSignal: () => undefined };
	const context = { host, engine: async () => engine, connect, pace };
	const { items } = await sendIssuedCode(context, issued, { name: template, language }, { purpose });
	return sentSchema.parse(items[0]);
}

async function check(signIn: SignIn, verificationId: string, code: string | number): Promise<Outcome> {
	const { engine, parameters, clientIp: callerIp } = signIn;
	const { namespace, purpose, limits } = parameters.sendOptions;
	const isMissing = String(code).trim() === '';
	const by = { verificationId };
	const outcome = isMissing
		? { result: 'missing_code' as const }
		: await engine.check({ code, namespace, purpose, by, limits: limits.limits, callerIp });
	const { result } = outcome;
	if (result === 'approved') return approvedOutcome(outcome);
	const verification = await find(signIn, verificationId);
	const { retryAfterSeconds } = 'verification' in outcome ? outcome : {};
	return omitUndefined({ action: 'verify' as const, result, verification, retryAfterSeconds });
}

type Checked = Awaited<ReturnType<Engine['check']>>;

/** The store is not asked again: the code is used up, so nothing may stop the run. */
function approvedOutcome({ result, to, verification }: Checked & { result: CheckResult }): Outcome {
	if (to === undefined || verification === undefined) throw new Error('An approval names no number');
	const { verificationId, verifiedAt = new Date() } = verification;
	return { action: 'verify', result, approved: { phone: to, verificationId, verifiedAt: verifiedAt.toISOString() } };
}

import { randomUUID } from 'crypto';
import { z } from 'zod';
import type { Provider } from '../../../providers';
import {
	IdempotencyConflictError,
	resultOfEnded,
	type AddedLimit,
	type BeginOutcome,
	type BeginRequest,
	type CheckOutcome,
	type Engine,
	type Verification,
} from '../../../verification';
import { omitUndefined } from '../../shared/omit-undefined';
import type { ProviderConnection } from '../../shared/provider-connection';
import type { SendOptions } from '../fields/send-options';
import { policyOf } from '../policy';
import { approvedTemplate } from '../sending/approved-languages';
import type { Pace } from '../sending/pacing';
import { sendIssuedCode } from '../sending/send-code';

/** What a request of a person needs who enters a code. */
export interface CodeEntry {
	parameters: { provider: Provider; template: string; sendOptions: SendOptions };
	engine: Engine;
	connect: () => Promise<ProviderConnection>;
	pace: Pace;
	/** Of the message, as the provider writes it. */
	language: string;
	clientIp: string;
}

/** The results of the action node, and what a page also answers. */
export interface EntryOutcome {
	result: string;
	/** The verification that the request is about, as it is now. */
	verification?: Verification;
	retryAfterSeconds?: number;
}

export interface CheckedEntry extends EntryOutcome {
	action: 'verify';
	/** The answer of the engine, if it was asked. */
	checked?: CheckOutcome;
	/** Only of the one request whose code was right. */
	approved?: { phone: string; verificationId: string; verifiedAt: string; isTest?: true };
}

export interface ResentEntry extends EntryOutcome {
	action: 'resend';
}

/** One of another purpose does not exist here. */
export async function findEntry(
	{ engine, parameters }: CodeEntry,
	verificationId = '',
): Promise<Verification | undefined> {
	const { namespace, purpose } = parameters.sendOptions;
	const found = verificationId === '' ? undefined : await engine.get({ verificationId, namespace });
	return found?.purpose === purpose ? found : undefined;
}

export async function resendCode(entry: CodeEntry, verificationId: string | undefined): Promise<ResentEntry> {
	const found = await findEntry(entry, verificationId);
	if (found === undefined) return { action: 'resend', result: 'not_found' };
	if (found.status !== 'pending') {
		return { action: 'resend', result: resultOfEnded[found.status], verification: found };
	}
	const { result, retryAfterSeconds } = await sendCode(entry, { verificationId: found.verificationId }, randomUUID());
	const verification = await findEntry(entry, found.verificationId);
	return omitUndefined({ action: 'resend' as const, result, verification, retryAfterSeconds });
}

const sentSchema = z.object({
	result: z.string(),
	verificationId: z.string().optional(),
	to: z.string().optional(),
	limit: z.string().optional(),
	retryAfterSeconds: z.number().optional(),
});

/** Sends a code as the action node does. */
export async function sendCode(
	{ parameters, engine, connect, pace, language, clientIp }: CodeEntry,
	recipient: BeginRequest['recipient'],
	idempotencyKey: string,
	addedLimits: readonly AddedLimit[] = [],
) {
	const { provider, sendOptions, template } = parameters;
	const { namespace, purpose } = sendOptions;
	const target = await connect();
	const request = { recipient, namespace, purpose, ...policyOf({ ...sendOptions, clientIp }) };
	const isTest = await engine.isForTestNumber(request);
	const approved = isTest ? {} : await approvedTemplate(target, template, language);
	const issued = await beginOnce(engine, {
		...request,
		addedLimits,
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

/** The same key with other content, for example after the builder changed the page, is another send. */
async function beginOnce(engine: Engine, request: BeginRequest): Promise<BeginOutcome> {
	return await engine.begin(request).catch((error: unknown) => {
		if (!(error instanceof IdempotencyConflictError)) throw error;
		return engine.begin({ ...request, idempotencyKey: randomUUID() });
	});
}

export async function checkCode(
	entry: CodeEntry,
	verificationId: string,
	code: string | number,
): Promise<CheckedEntry> {
	const { engine, parameters, clientIp: callerIp } = entry;
	const { namespace, purpose, limits } = parameters.sendOptions;
	const isMissing = String(code).trim() === '';
	const by = { verificationId };
	const checked = isMissing
		? undefined
		: await engine.check({ code, namespace, purpose, by, limits: limits.limits, callerIp });
	if (checked?.result === 'approved') return approvedEntry(checked);
	const verification = await findEntry(entry, verificationId);
	const { result, retryAfterSeconds } = checked ?? { result: 'missing_code' };
	return omitUndefined({ action: 'verify' as const, result, checked, verification, retryAfterSeconds });
}

/** The store is not asked again: the code is used up, so nothing may stop the run. */
function approvedEntry(checked: CheckOutcome): CheckedEntry {
	const { result, to, verification } = checked;
	if (to === undefined || verification === undefined) throw new Error('An approval names no number');
	const { verificationId, verifiedAt = new Date(), isTest } = verification;
	const approved = omitUndefined({ phone: to, verificationId, verifiedAt: verifiedAt.toISOString(), isTest });
	return { action: 'verify', result, checked, approved };
}

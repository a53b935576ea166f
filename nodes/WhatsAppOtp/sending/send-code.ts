import { OperationalError, sleep, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { ProviderError, TransportError, type CodeMessage, type Provider, type Receipt } from '../../../providers';
import type { BeginOutcome, BeginRefusal, Delivery, Engine, Verification } from '../../../verification';
import { omitUndefined } from '../../shared/omit-undefined';
import type { ProviderConnection } from '../../shared/provider-connection';
import type { OperationContext, Routed } from '../operation';
import {
	messageOutput,
	refusalDetails,
	refusalSubject,
	sendOutput,
	type Requested,
	type SentMessage,
} from '../outputs';
import { classifyError, type FailedSend } from './classify-answer';
import type { Turn } from './pacing';

/** A message that the provider has accepted. */
export interface SentCode extends Routed<'Sent'> {
	verificationId: string;
	/** One of the deliveries of the verification. */
	sendId: string;
}

export type SendRouted = SentCode | Routed<'Not Sent'>;
type ReplayedSend = Extract<BeginOutcome, { outcome: 'replayed' }>;
type IssuedCode = Extract<BeginOutcome, { outcome: 'begun' }>;

/** What a send needs. A webhook has no execution that could be cancelled. */
type SendContext = Pick<OperationContext<unknown>, 'engine' | 'connect' | 'pace'> & {
	host: Pick<IExecuteFunctions, 'getExecutionCancelSignal'>;
};

/** Makes the request that sends the message. */
type SendRequest = (target: ProviderConnection, message: CodeMessage) => Promise<Receipt>;

const sendAsMessage: SendRequest = ({ provider, connection }, message) => provider.sendCode(connection, message);

/**
 * Sends the code of a begun verification and records the result. If the engine refused or replayed the send, nothing
 * is sent, and the output says why or what happened to the first send.
 * @param sendRequest for a provider that makes and sends its own code
 * @throws ProviderError if the builder must fix something; such a send counts toward no limit
 */
export async function sendIssuedCode(
	{ host, engine: open, connect, pace }: SendContext,
	issued: BeginOutcome,
	template: CodeMessage['template'],
	requested: Requested,
	sendRequest: SendRequest = sendAsMessage,
): Promise<SendRouted> {
	const [engine, target] = [await open(), await connect()];
	const { provider } = target;
	const isResend = issued.outcome !== 'refused' && issued.isResend;
	const message: SentMessage = { provider: provider.id, template, isResend };
	if (issued.outcome === 'refused') return refused(issued, message, requested);
	if (issued.outcome === 'replayed') return replayed(issued, message);
	if (issued.verification.isTest) return await recordSent(engine, issued, message, {});
	const turn = await pace(issued.verification.expiresAt.getTime() - Date.now());
	if (turn.result !== 'taken') return await recordFailed(engine, issued, message, withoutTurn(turn));
	const codeMessage = codeMessageOf(issued, template);
	const answer = await sendWithRetries({
		send: () => sendRequest(target, codeMessage),
		provider,
		deadline: issued.verification.expiresAt.getTime(),
		signal: host.getExecutionCancelSignal(),
	});
	if ('receipt' in answer) return await recordSent(engine, issued, message, answer.receipt);
	return await recordFailed(engine, issued, message, classifyError(answer.error, codeMessage));
}

function codeMessageOf({ verification, code, ticket }: IssuedCode, template: CodeMessage['template']): CodeMessage {
	return {
		to: verification.to,
		code,
		template,
		callbackData: ticket.sendId,
		purpose: verification.purpose,
		expiresIn: Math.round((verification.expiresAt.getTime() - Date.now()) / 1000),
	};
}

interface SendAttempts {
	send: () => Promise<Receipt>;
	provider: Provider;
	/** When the code expires, in milliseconds since 1970. */
	deadline: number;
	signal: AbortSignal | undefined;
}

/** Retries while it is certain that nothing was sent and the code is valid (docs/reference/verification-rules.md 6). */
async function sendWithRetries({
	send,
	provider,
	deadline,
	signal,
}: SendAttempts): Promise<{ receipt: Receipt } | { error: unknown }> {
	for (let retries = 0; ; retries += 1) {
		try {
			return { receipt: await send() };
		} catch (error) {
			const pause = retryPauses(provider, error)[retries];
			const isTooLate = pause === undefined || Date.now() + pause >= deadline;
			if (isTooLate || signal?.aborted === true) return { error };
			await sleep(pause);
		}
	}
}

/** Milliseconds before each retry. */
const defaultPauses = [1000, 4000];

/** The pauses before the retries after this error; empty if it must not be retried. */
function retryPauses(provider: Provider, error: unknown): readonly number[] {
	if (error instanceof TransportError) return error.mayHaveArrived ? [] : defaultPauses;
	if (!(error instanceof ProviderError)) return [];
	const { class: errorClass, mayHaveArrived, retryAfterSeconds = 0 } = error.refused;
	if (mayHaveArrived || (errorClass !== 'throttle' && errorClass !== 'transient')) return [];
	const pauses = provider.retryPauses?.(error.refused) ?? defaultPauses;
	return pauses.map((pause) => Math.max(pause, retryAfterSeconds * 1000));
}

/** Nothing was sent, so the send counts nowhere. */
function withoutTurn(turn: Exclude<Turn, { result: 'taken' }>): FailedSend {
	if (turn.result === 'cancelled') {
		return { outcome: 'withdrawn', reason: '', cause: new OperationalError('The execution was cancelled') };
	}
	const retryAfterSeconds = Math.ceil(turn.waitMs / 1000);
	const reason = `Too many messages wait to be sent: the code would expire before its turn in ${retryAfterSeconds} s`;
	return {
		outcome: 'withdrawn',
		result: 'rate_limited',
		reason,
		retryAfterSeconds,
		cause: new OperationalError(reason),
	};
}

async function recordSent(
	engine: Engine,
	{ ticket, verification }: IssuedCode,
	message: SentMessage,
	receipt: Partial<Receipt>,
): Promise<SendRouted> {
	const { messageId, waId } = receipt;
	const recorded = await engine.recordSend(ticket, { outcome: 'accepted', messageId, waId });
	return sent(recorded ?? verification, message, receipt, ticket);
}

async function recordFailed(
	engine: Engine,
	{ ticket, verification }: IssuedCode,
	message: SentMessage,
	{ outcome, result, reason, error, retryAfterSeconds, cause }: FailedSend,
): Promise<SendRouted> {
	const recorded = await engine.recordSend(ticket, { outcome, error: outcome === 'failed' ? error : undefined });
	if (result === undefined) throw cause;
	const details = omitUndefined({ retryAfterSeconds, providerError: error });
	return notSent(result, reason, recorded ?? withoutId(verification), message, details);
}

function refused(refusal: BeginRefusal, message: SentMessage, requested: Requested): SendRouted {
	const { result, reason } = refusal;
	return notSent(result, reason, refusalSubject(refusal, requested), message, refusalDetails(refusal));
}

/**
 * The result of an earlier send with the same idempotency key, as it is today. It is not `sent` after the end of the
 * verification (docs/reference/verification-rules.md 1.20): this request sent nothing that the person can still use.
 */
function replayed({ delivery, verification, ended }: ReplayedSend, message: SentMessage): SendRouted {
	const { status, error } = delivery;
	if (status === 'failed') {
		const reason = error?.title ?? 'The provider could not deliver it';
		return notSent('undeliverable', reason, verification, message, omitUndefined({ providerError: error }));
	}
	if (ended !== undefined) {
		const reason = `An earlier run made this send, and the verification is ${verification.status}; nothing was sent`;
		return notSent(ended, reason, verification, message);
	}
	if (status === 'unknown' || status === 'sending') {
		return notSent('unknown', 'The provider did not answer; the code may have been sent', verification, message);
	}
	return sent(verification, message, delivery, delivery);
}

function sent(
	verification: Verification,
	message: SentMessage,
	receipt: Partial<Receipt>,
	{ sendId }: Pick<Delivery, 'sendId'>,
): SentCode {
	const item = { ...sendOutput('sent', message, verification), message: messageOutput(receipt) };
	return { output: 'Sent', items: [item], verificationId: verification.verificationId, sendId };
}

function notSent(
	result: string,
	reason: string,
	about: Partial<Verification>,
	message: SentMessage,
	details: IDataObject = {},
): Routed<'Not Sent'> {
	return { output: 'Not Sent', items: [{ ...sendOutput(result, message, about, reason), ...details }] };
}

/** A withdrawn first send leaves no verification, so the output has no id of one. */
function withoutId({ to, purpose, metadata }: Verification): Partial<Verification> {
	return { to, purpose, metadata };
}

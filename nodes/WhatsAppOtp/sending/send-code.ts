import { sleep, type IDataObject } from 'n8n-workflow';
import { ProviderError, TransportError, type CodeMessage, type Receipt } from '../../../providers';
import type { DeliveryError, BeginOutcome, BeginRefusal, Delivery, Verification } from '../../../verification';
import {
	messageAnswer,
	refusalDetails,
	refusalSubject,
	sendAnswer,
	type Requested,
	type SentMessage,
} from '../outputs';
import type { OperationContext, ProviderConnection, Routed } from '../operation';
import { redact } from '../../shared/redact';

type SendRouted = Routed<'Sent' | 'Not Sent'>;

/** Hands a code over: as a message of ours, or for the provider to make its own. */
type Hand = (target: ProviderConnection, message: CodeMessage) => Promise<Receipt>;

/** Milliseconds before another try; Meta's own advice for the pair rate is 4^n seconds (docs/reference/providers.md 1.8). */
const retryAfter = [1000, 4000];
const pairRateCode = '131056';
const pairRateRetryAfter = [1000, 4000, 16_000];

/**
 * Hands an issued code to the provider and records what came of it.
 * @throws ProviderError for what the builder must fix; such a send counts nowhere
 */
export async function deliver(
	{ host, engine: open, connect }: Pick<OperationContext<unknown>, 'host' | 'engine' | 'connect'>,
	issued: BeginOutcome,
	template: CodeMessage['template'],
	requested: Requested,
	hand: Hand = ({ provider, connection }, codeMessage) => provider.sendCode(connection, codeMessage),
): Promise<SendRouted> {
	const [engine, target] = [await open(), await connect()];
	const message = { provider: target.provider.id, template, isResend: 'isResend' in issued && issued.isResend };
	if (issued.outcome === 'refused') return refused(issued, message, requested);
	const { verification } = issued;
	if (issued.outcome === 'replayed') return replayed(issued.delivery, verification, message);
	const { code, ticket } = issued;
	const codeMessage = {
		...{ to: verification.to, code, template, callbackData: ticket.sendId, purpose: verification.purpose },
		expiresIn: Math.round((verification.expiresAt.getTime() - Date.now()) / 1000),
	};
	const signal = host.getExecutionCancelSignal();
	const answer = await sendPatiently(() => hand(target, codeMessage), codeMessage, verification.expiresAt, signal);
	if ('status' in answer) {
		const { messageId, waId } = answer;
		const outcome = {
			outcome: 'accepted' as const,
			...(messageId === undefined ? {} : { messageId }),
			...(waId === undefined ? {} : { waId }),
		};
		const recorded = await engine.recordSend(ticket, outcome);
		return { output: 'Sent', items: [sentAnswer(recorded ?? verification, message, answer)] };
	}
	const { outcome, result, reason, error, retryAfterSeconds, cause } = answer;
	const recorded = await engine.recordSend(ticket, {
		outcome,
		...(outcome === 'failed' && error !== undefined ? { error } : {}),
	});
	if (result === undefined) throw cause;
	return notSent(result, reason, recorded ?? withoutId(verification), message, {
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
		...(error === undefined ? {} : { providerError: { ...error } }),
	});
}

/** Repeats what surely was not sent, while the code lives (docs/reference/verification-rules.md 6). */
async function sendPatiently(
	send: () => Promise<Receipt>,
	message: CodeMessage,
	expiresAt: Date,
	signal: AbortSignal | undefined,
): Promise<Receipt | Failure> {
	for (let tries = 0; ; tries += 1) {
		const answer = await send().catch((error: unknown) => ({ error }));
		if (!('error' in answer)) return answer;
		const pause = pauseBeforeRetry(answer.error, tries);
		const late = pause === undefined || Date.now() + pause >= expiresAt.getTime();
		if (late || signal?.aborted === true) {
			return classify(answer.error, [message.code, message.to, message.to.slice(1)]);
		}
		await sleep(pause);
	}
}

function pauseBeforeRetry(error: unknown, tries: number): number | undefined {
	if (error instanceof TransportError) return error.mayHaveArrived ? undefined : retryAfter[tries];
	if (!(error instanceof ProviderError)) return undefined;
	const { class: errorClass, providerCode, mayHaveArrived, retryAfterSeconds } = error.refused;
	if (mayHaveArrived || (errorClass !== 'throttle' && errorClass !== 'transient')) return undefined;
	const pauses = String(providerCode) === pairRateCode ? pairRateRetryAfter : retryAfter;
	const pause = pauses[tries];
	return pause === undefined ? undefined : Math.max(pause, (retryAfterSeconds ?? 0) * 1000);
}

interface Failure {
	outcome: 'unknown' | 'failed' | 'withdrawn';
	/** Absent: the builder has to mend something, and `cause` is thrown. */
	result?: string;
	reason: string;
	error?: DeliveryError;
	retryAfterSeconds?: number;
	cause: Error;
}

function classify(error: unknown, secrets: string[]): Failure {
	const cause = error instanceof ProviderError ? new ProviderError(redact(error.refused, secrets)) : error;
	if (cause instanceof TransportError) {
		return {
			outcome: cause.mayHaveArrived ? 'unknown' : 'withdrawn',
			result: 'unknown',
			reason: cause.mayHaveArrived
				? `${cause.message}; the code may have been sent all the same`
				: `${cause.message}; nothing was sent`,
			cause,
		};
	}
	if (!(cause instanceof ProviderError)) {
		// Nobody knows where it broke: it counts as sent, and the builder sees it.
		return { outcome: 'unknown', reason: '', cause: cause instanceof Error ? cause : new Error('The send broke off') };
	}
	const { class: errorClass, what, providerCode: code, title, details, mayHaveArrived } = cause.refused;
	const described = {
		reason: what,
		error: {
			code,
			...(title === undefined ? {} : { title }),
			...(details === undefined ? {} : { details }),
			class: errorClass,
		},
		cause,
	};
	if (mayHaveArrived) return { ...described, outcome: 'unknown', result: 'unknown' };
	if (errorClass === 'recipient') return { ...described, outcome: 'failed', result: 'undeliverable' };
	if (errorClass === 'transient') return { ...described, outcome: 'withdrawn', result: 'unknown' };
	if (errorClass === 'throttle') {
		const retryAfterSeconds = cause.refused.retryAfterSeconds ?? 60;
		return { ...described, outcome: 'withdrawn', result: 'rate_limited', retryAfterSeconds };
	}
	return { ...described, outcome: 'withdrawn' };
}

function sentAnswer(verification: Partial<Verification>, message: SentMessage, receipt: Partial<Receipt>): IDataObject {
	return { ...sendAnswer('sent', message, verification), message: messageAnswer(receipt) };
}

function refused(refusal: BeginRefusal, message: SentMessage, requested: Requested): SendRouted {
	const { result, reason } = refusal;
	return notSent(result, reason, refusalSubject(refusal, requested), message, refusalDetails(refusal));
}

/** What became of a send that was made before under the same idempotency key. */
function replayed(delivery: Delivery, verification: Verification, message: SentMessage): SendRouted {
	const { status, error } = delivery;
	if (status === 'failed') {
		const providerError = error === undefined ? {} : { providerError: { ...error } };
		return notSent(
			'undeliverable',
			error?.title ?? 'The provider could not deliver it',
			verification,
			message,
			providerError,
		);
	}
	if (status === 'unknown' || status === 'sending') {
		return notSent('unknown', 'The provider did not answer; the code may have been sent', verification, message, {});
	}
	return { output: 'Sent', items: [sentAnswer(verification, message, delivery)] };
}

function notSent(
	result: string,
	reason: string,
	about: Partial<Verification>,
	message: SentMessage,
	details: IDataObject,
): SendRouted {
	return { output: 'Not Sent', items: [{ ...sendAnswer(result, message, about), reason, ...details }] };
}

/** A withdrawn first send leaves no verification behind that a workflow could go on with. */
function withoutId({ to, purpose, metadata }: Verification): Partial<Verification> {
	return { to, purpose, metadata };
}

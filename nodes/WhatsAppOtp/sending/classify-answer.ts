import { ProviderError, TransportError } from '../../../providers';
import type { DeliveryError } from '../../../verification';
import { omitUndefined } from '../../shared/omit-undefined';
import { withoutQuotes, type Quotable } from '../../shared/without-quotes';

/** What a failed send means. */
export interface FailedSend {
	/** For the store: nothing was sent, WhatsApp rejected the message, or it may have been sent. */
	outcome: 'withdrawn' | 'failed' | 'unknown';
	/** The result on the output 'Not Sent'; undefined if the builder must fix something, and `cause` is thrown. */
	result?: string;
	reason: string;
	error?: DeliveryError;
	retryAfterSeconds?: number;
	cause: Error;
}

/** Seconds after which to send again, if a provider that limits the rate does not say. */
const defaultRetryAfter = 60;

/**
 * Decides what the error of a send means (docs/reference/verification-rules.md 6).
 * @param sent is removed from the provider's words
 */
export function classifyError(error: unknown, sent: Quotable): FailedSend {
	if (error instanceof TransportError) return classifyTransportError(error);
	if (error instanceof ProviderError)
		return classifyProviderError(new ProviderError(withoutQuotes(error.refused, sent)));
	// An error in the code can come before or after the message was sent. It counts as sent, and the builder sees it.
	const cause = error instanceof Error ? error : new Error('The send failed for an unknown reason');
	return { outcome: 'unknown', reason: '', cause };
}

function classifyTransportError(cause: TransportError): FailedSend {
	const { message, mayHaveArrived } = cause;
	return mayHaveArrived
		? { outcome: 'unknown', result: 'unknown', reason: `${message}; the code may have been sent`, cause }
		: { outcome: 'withdrawn', result: 'unknown', reason: `${message}; nothing was sent`, cause };
}

function classifyProviderError(cause: ProviderError): FailedSend {
	const { class: errorClass, what: reason, providerCode: code, title, details } = cause.refused;
	const { mayHaveArrived, retryAfterSeconds = defaultRetryAfter } = cause.refused;
	const failure = { reason, error: omitUndefined({ code, title, details, class: errorClass }), cause };
	if (mayHaveArrived) {
		return { ...failure, reason: `${reason}; the code may have been sent`, outcome: 'unknown', result: 'unknown' };
	}
	switch (errorClass) {
		case 'recipient':
			return { ...failure, outcome: 'failed', result: 'undeliverable' };
		case 'transient':
			return { ...failure, outcome: 'withdrawn', result: 'unknown' };
		case 'throttle':
			return { ...failure, outcome: 'withdrawn', result: 'rate_limited', retryAfterSeconds };
		default:
			return { ...failure, outcome: 'withdrawn' };
	}
}

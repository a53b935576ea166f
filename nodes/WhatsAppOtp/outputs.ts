import type { IDataObject } from 'n8n-workflow';
import type { OwnStatus, Receipt, StatusEvent } from '../../providers';
import type {
	CheckOutcome,
	DeliveryStatus,
	RecordedMessage,
	BeginRefusal,
	Delivery,
	Verification,
} from '../../verification';
import { omitUndefined } from '../shared/omit-undefined';
import { redactNumbers } from '../shared/redact-numbers';
import { checkReasons } from './check-reasons';

/** What an output returns of the request if there is no verification. */
export type Requested = Partial<Pick<Verification, 'purpose' | 'metadata'>>;

/** The message that a send is about, whether it was sent or not. */
export interface SentMessage {
	provider: string;
	template: { name: string; language: string };
	isResend: boolean;
}

/**
 * What Send and Resend return, on both outputs.
 * @param reason why nothing was sent; it stands beside the result, where a builder sees it first
 */
export function sendOutput(
	result: string,
	message: SentMessage,
	about: Partial<Verification>,
	reason?: string,
): IDataObject {
	return known({
		result,
		reason,
		verificationId: about.verificationId,
		status: about.status,
		isResend: message.isResend,
		to: about.to,
		provider: message.provider,
		template: message.template,
		isTest: about.isTest,
		...remainingOf(about),
	});
}

/** What Generate returns, on both outputs. */
export function generateOutput(
	result: string,
	issued: { isResend: boolean; code?: string },
	about: Partial<Verification>,
	reason?: string,
): IDataObject {
	return known({
		result,
		reason,
		verificationId: about.verificationId,
		status: about.status,
		...issued,
		to: about.to,
		...remainingOf(about),
	});
}

/** The time, attempts and sends that remain, and what the verification is for. */
function remainingOf(about: Partial<Verification>): IDataObject {
	return {
		expiresAt: iso(about.expiresAt),
		attemptsRemaining: about.attemptsRemaining,
		sendsRemaining: about.sendsRemaining,
		resendAvailableAt: iso(about.resendAvailableAt),
		purpose: about.purpose,
		metadata: plain(about.metadata ?? {}),
	};
}

/** Which limit refused a code, and when to try again. */
export function refusalDetails({ limit, retryAfterSeconds }: BeginRefusal): IDataObject {
	return omitUndefined({ limit, retryAfterSeconds });
}

/** The verification that a refusal is about. If it does not exist, what the request says about it. */
export function refusalSubject({ to, verification }: BeginRefusal, requested: Requested): Partial<Verification> {
	return verification ?? { ...requested, to };
}

export function messageOutput({ messageId, status, waId, note }: Partial<Receipt>): IDataObject {
	return known({ id: messageId, status, waId, note });
}

export function checkOutput(outcome: CheckOutcome, purpose: string): IDataObject {
	const { result, verification, to, retryAfterSeconds, reason } = outcome;
	return known({
		result,
		reason: result === 'approved' ? undefined : (reason ?? checkReasons[result]),
		verified: result === 'approved',
		to,
		isTest: verification?.isTest,
		verificationId: verification?.verificationId,
		status: verification?.status,
		attemptsRemaining: verification?.attemptsRemaining,
		purpose: verification?.purpose ?? purpose,
		metadata: plain(verification?.metadata ?? {}),
		verifiedAt: iso(verification?.verifiedAt),
		retryAfterSeconds,
	});
}

/** The entries that have a value. An item leaves out what is not known. */
export function known(item: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined && value !== null));
}

export function verificationOutput(verification: Verification): IDataObject {
	return known({
		verificationId: verification.verificationId,
		status: verification.status,
		to: verification.to,
		isTest: verification.isTest,
		attemptsRemaining: verification.attemptsRemaining,
		sendsRemaining: verification.sendsRemaining,
		expiresAt: iso(verification.expiresAt),
		resendAvailableAt: iso(verification.resendAvailableAt),
		verifiedAt: iso(verification.verifiedAt),
		purpose: verification.purpose,
		metadata: plain(verification.metadata),
		deliveries: verification.deliveries.map((delivery) => deliveryOutput(delivery, verification.to)),
	});
}

/** @param to the number that the code was sent to, which the provider's words may quote */
function deliveryOutput({ provider, messageId, waId, status, times, error }: Delivery, to: string): IDataObject {
	const at = (name: DeliveryStatus) => (times[name] === undefined ? undefined : new Date(times[name]).toISOString());
	return known({
		provider,
		message: messageOutput({ messageId, waId, status }),
		status,
		startedAt: at('sending'),
		acceptedAt: at('accepted'),
		sentAt: at('sent'),
		deliveredAt: at('delivered'),
		readAt: at('read'),
		failedAt: at('failed'),
		droppedAt: at('dropped'),
		error: error && plain({ ...redactNumbers(error, [to, waId]) }),
	});
}

/** What the store knows about a message. */
export function recordedStatusOutput({ verification, delivery }: RecordedMessage): IDataObject {
	return known({
		messageId: delivery.messageId,
		recipient: delivery.waId,
		...deliveryOutput(delivery, verification.to),
		verificationId: verification.verificationId,
		purpose: verification.purpose,
		metadata: plain(verification.metadata),
		source: 'recorded',
	});
}

/** What the provider knows about a message, completed from the store. */
export function providerStatusOutput(event: StatusEvent, recorded?: RecordedMessage): IDataObject {
	const numbers = [event.recipient, recorded?.verification.to, recorded?.delivery.waId];
	return known({
		messageId: event.messageId,
		recipient: event.recipient ?? recorded?.delivery.waId,
		status: event.status,
		occurredAt: new Date(event.occurredAt).toISOString(),
		error: event.error && plain({ ...redactNumbers(event.error, numbers) }),
		verificationId: recorded?.verification.verificationId,
		purpose: recorded?.verification.purpose,
		metadata: plain(recorded?.verification.metadata ?? {}),
		source: 'provider',
	});
}

/** What a provider that checks codes itself knows about the current code. */
export function codeStatusOutput({ isActive, expiresAt, attemptsRemaining }: OwnStatus): IDataObject {
	return { codeAtProvider: known({ isActive, expiresAt, attemptsRemaining }) };
}

/** A copy that holds only JSON values, which n8n's items require. */
export function plain(value: Record<string, unknown>): IDataObject {
	const copy: IDataObject = {};
	for (const [key, entry] of Object.entries(value)) {
		if (entry === null || typeof entry === 'string' || typeof entry === 'number' || typeof entry === 'boolean') {
			copy[key] = entry;
		} else if (Array.isArray(entry)) {
			copy[key] = entry.map((item: unknown) => plain({ item }).item);
		} else if (typeof entry === 'object') {
			copy[key] = plain({ ...entry });
		}
	}
	return copy;
}

function iso(date: Date | undefined): string | undefined {
	return date?.toISOString();
}

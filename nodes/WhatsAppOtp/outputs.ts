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

/** What an answer gives back where no verification came about. */
export type Requested = Partial<Pick<Verification, 'purpose' | 'metadata'>>;

export interface SentMessage {
	provider: string;
	template: { name: string; language: string };
	isResend: boolean;
}

/** What a send puts out, whichever way it went. */
export function sendAnswer(result: string, message: SentMessage, about: Partial<Verification>): IDataObject {
	return {
		result,
		verificationId: about.verificationId ?? null,
		status: about.status ?? null,
		isResend: message.isResend,
		to: about.to ?? null,
		provider: message.provider,
		template: message.template,
		...whatIsLeft(about),
	};
}

/** What Generate puts out, with a code or with the reason why there is none. */
export function issueAnswer(
	result: string,
	issued: { isResend: boolean; code?: string },
	about: Partial<Verification>,
) {
	return {
		result,
		verificationId: about.verificationId ?? null,
		status: about.status ?? null,
		...issued,
		to: about.to ?? null,
		...whatIsLeft(about),
	};
}

/** How long and how often a code can still be entered and sent. */
function whatIsLeft(about: Partial<Verification>): IDataObject {
	return {
		expiresAt: iso(about.expiresAt),
		attemptsRemaining: about.attemptsRemaining ?? null,
		sendsRemaining: about.sendsRemaining ?? null,
		resendAvailableAt: iso(about.resendAvailableAt),
		purpose: about.purpose ?? null,
		metadata: plain(about.metadata ?? {}),
	};
}

/** Why no code was sent or issued, and when to try again. */
export function refusalDetails({ reason, limit, retryAfterSeconds }: BeginRefusal): IDataObject {
	return {
		reason,
		...(limit === undefined ? {} : { limit }),
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
	};
}

/** What is known of the verification, or would be of the one that did not come about. */
export function refusalSubject({ to, verification }: BeginRefusal, requested: Requested): Partial<Verification> {
	return verification ?? { ...requested, ...(to === undefined ? {} : { to }) };
}

export function messageAnswer({ messageId, status, waId }: Partial<Receipt>): IDataObject {
	return { id: messageId ?? null, status: status ?? null, waId: waId ?? null };
}

export function checkAnswer(outcome: CheckOutcome, purpose: string): IDataObject {
	const { result, verification, retryAfterSeconds, reason } = outcome;
	return {
		result,
		verified: result === 'approved',
		verificationId: verification?.verificationId ?? null,
		status: verification?.status ?? null,
		attemptsRemaining: verification?.attemptsRemaining ?? null,
		purpose: verification?.purpose ?? purpose,
		metadata: plain(verification?.metadata ?? {}),
		verifiedAt: iso(verification?.verifiedAt),
		retryAfterSeconds: retryAfterSeconds ?? null,
		...(reason === undefined ? {} : { reason }),
	};
}

export function verificationAnswer(verification: Verification): IDataObject {
	return {
		verificationId: verification.verificationId,
		status: verification.status,
		to: verification.to,
		attemptsRemaining: verification.attemptsRemaining,
		sendsRemaining: verification.sendsRemaining,
		expiresAt: iso(verification.expiresAt),
		resendAvailableAt: iso(verification.resendAvailableAt),
		verifiedAt: iso(verification.verifiedAt),
		purpose: verification.purpose,
		metadata: plain(verification.metadata),
		deliveries: verification.deliveries.map(deliveryAnswer),
	};
}

function deliveryAnswer({ provider, messageId, waId, status, times, error }: Delivery): IDataObject {
	const at = (name: DeliveryStatus) => (times[name] === undefined ? null : new Date(times[name]).toISOString());
	return {
		provider,
		message: messageAnswer({
			...(messageId === undefined ? {} : { messageId }),
			...(waId === undefined ? {} : { waId }),
			status,
		}),
		status,
		startedAt: at('sending'),
		acceptedAt: at('accepted'),
		sentAt: at('sent'),
		deliveredAt: at('delivered'),
		readAt: at('read'),
		failedAt: at('failed'),
		droppedAt: at('dropped'),
		error: error === undefined ? null : plain({ ...error }),
	};
}

/** What the recorded deliveries tell of one message. */
export function statusAnswer({ verification, delivery }: RecordedMessage): IDataObject {
	return {
		messageId: delivery.messageId ?? null,
		recipient: delivery.waId ?? null,
		...deliveryAnswer(delivery),
		...{ verificationId: verification.verificationId, purpose: verification.purpose },
		metadata: plain(verification.metadata),
		source: 'recorded',
	};
}

/** What the provider tells of one message, with what is recorded of it. */
export function statusEventAnswer(event: StatusEvent, recorded?: RecordedMessage): IDataObject {
	return {
		messageId: event.messageId,
		recipient: event.recipient ?? recorded?.delivery.waId ?? null,
		status: event.status,
		occurredAt: new Date(event.occurredAt).toISOString(),
		error: event.error === undefined ? null : plain({ ...event.error }),
		verificationId: recorded?.verification.verificationId ?? null,
		purpose: recorded?.verification.purpose ?? null,
		metadata: plain(recorded?.verification.metadata ?? {}),
		source: 'provider',
	};
}

/** What a provider that verifies codes itself adds to what is recorded here. */
export function ownStatusAnswer({ isActive, expiresAt, attemptsRemaining }: OwnStatus): IDataObject {
	return {
		codeAtProvider: { isActive, expiresAt: expiresAt ?? null, attemptsRemaining: attemptsRemaining ?? null },
	};
}

/** JSON values as n8n's items want them. */
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

function iso(date: Date | undefined): string | null {
	return date === undefined ? null : date.toISOString();
}

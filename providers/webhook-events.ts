import type { ErrorClass } from './errors';

/** The delivery status of a message has changed. */
export interface StatusEvent {
	kind: 'status';
	messageId: string;
	status: 'sent' | 'delivered' | 'read' | 'failed';
	/** Milliseconds since 1970. */
	occurredAt: number;
	/** The recipient's number, in digits. Absent also if the person hides it. */
	recipient?: string;
	/** Ids of a person instead of the number (docs/reference/providers.md 1.10). */
	recipientUserId?: string;
	recipientParentUserId?: string;
	recipientUsername?: string;
	/** The provider's id of the number that sent the message. Absent if the webhook is of one number only. */
	senderId?: string;
	callbackData?: string;
	/**
	 * True: the provider returns the callback data of a send with its statuses. An event without callback data then
	 * belongs to a message of another system. False: only the message id tells which send an event belongs to.
	 */
	givesBackCallbackData: boolean;
	error?: StatusError;
	/** The provider's own object. */
	raw: unknown;
}

/** Why a message was not delivered. */
export interface StatusError {
	/** The provider's error code; `unknown` if it gave none. */
	code: number | string;
	/** The provider's own words. */
	title?: string;
	details?: string;
	class: ErrorClass;
	/** What to do about it, as a sentence without a full stop. */
	hint: string;
}

/** A person says of a message that another person must have requested the code (docs/reference/providers.md 1.13). */
export interface ReportEvent {
	kind: 'report';
	/** The message with the code. */
	messageId: string;
	/** Milliseconds since 1970. */
	occurredAt: number;
	/** The number of the person, in digits. Absent also if the person hides it. */
	recipient?: string | undefined;
	/** The provider's id of the number that sent the message. */
	senderId?: string | undefined;
	/** The provider's own object. */
	raw: unknown;
}

/** A message template has changed. */
export interface TemplateEvent {
	kind: 'template';
	change: 'status' | 'quality' | 'category';
	/** Milliseconds since 1970; undefined if the provider did not say. */
	occurredAt: number | undefined;
	template: ChangedTemplate;
	/** The provider's own object. */
	raw: unknown;
}

/** A template after its change. Null: the provider did not say. */
export interface ChangedTemplate {
	id: string | null;
	name: string | null;
	/** Always with an underscore, such as en_US. */
	language: string | null;
	/** Upper case, such as APPROVED. */
	status: string | null;
	/** The present category. If a change of category is only announced, this is still the old one. */
	category: string | null;
	/** The provider's word for the reason, in upper case. */
	reason: string | null;
	/** The reason as a sentence. */
	details: string | null;
	quality?: string | null;
	previousQuality?: string | null;
	previousCategory?: string | null;
	/** The category that is announced. */
	comingCategory?: string | null;
	/** When the announced category comes, in ISO 8601. */
	comingAt?: string | null;
}

export type WebhookEvent = StatusEvent | ReportEvent | TemplateEvent;

/** Milliseconds since 1970. */
export const at = (seconds: number) => seconds * 1000;

/** A status event without `raw`. @param more with `givesBackCallbackData` if the provider returns callback data */
export const statusEvent = (messageId: string, status: string, more: object = {}) => ({
	kind: 'status',
	messageId,
	status,
	givesBackCallbackData: false,
	...more,
});

/** Meta's error for a number that is not on WhatsApp, as it stands in a webhook. */
export const undeliverableError = {
	code: 131026,
	title: 'Message undeliverable',
	message: 'Message undeliverable',
	error_data: { details: 'Message Undeliverable.' },
	href: '/documentation/business-messaging/whatsapp/support/error-codes',
};

/** That error in a status event. */
export const undeliverable = {
	code: 131026,
	title: 'Message undeliverable',
	details: 'Message Undeliverable.',
	class: 'recipient',
	hint: 'Send this person a code by SMS or e-mail',
};

/** The advice for Meta's error code 131049. */
export const notNow = 'Use another channel for now; sending again immediately does not help';

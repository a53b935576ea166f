import type { Otp } from './templates';

export const deliveryStatuses = ['accepted', 'sent', 'delivered', 'read', 'failed'] as const;

export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A message on a phone, and what the provider knows about it. */
export interface Message {
	id: string;
	/** Id of the provider. */
	provider: string;
	/** Digits. */
	to: string;
	template: { name: string; language: string };
	/** In clear: the sandbox is the phone. */
	code: string;
	/** With WhatsApp's markup: `*...*` is bold. */
	text: string;
	footer?: string;
	button: { type: Otp['type']; text: string; autofillText: string };
	callbackData?: string;
	acceptedAt: string;
	expiresAt?: string;
	status: DeliveryStatus;
	/** The statuses it has reached, oldest first. */
	history: Array<{ status: DeliveryStatus; at: string }>;
	/** The message will fail, or has failed, with this error. */
	error?: { code: number | string; details?: string };
}

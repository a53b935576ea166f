import type { ProviderId } from './accounts';
import type { Otp } from './providers/meta/template-rules';

export const deliveryStatuses = ['accepted', 'sent', 'delivered', 'read', 'failed'] as const;

export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A message as it lies on a phone, and what the provider knows about it. */
export interface Message {
	id: string;
	provider: ProviderId;
	/** Digits. */
	to: string;
	template: { name: string; language: string };
	/** In clear: the sandbox is the phone. */
	code: string;
	/** WhatsApp's markup: `*...*` is bold. */
	text: string;
	footer?: string;
	button: { type: Otp['type']; text: string; autofillText: string };
	callbackData?: string;
	acceptedAt: string;
	expiresAt?: string;
	status: DeliveryStatus;
	/** What happened to it, in that order. */
	history: Array<{ status: DeliveryStatus; at: string }>;
	error?: { code: number; details?: string };
}

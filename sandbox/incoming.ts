import type { Message } from './messages';

/** What a person sends to the business: a text, or a press on "I didn't request a code" below a message. */
export interface Incoming {
	id: string;
	/** Digits. */
	from: string;
	/** Milliseconds since the epoch. */
	at: number;
	content: { text: string } | { reported: Message };
}

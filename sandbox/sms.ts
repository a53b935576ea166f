/** A text message that a workflow sent through the sandbox's SMS gateway. */
export interface Sms {
	id: string;
	/** Digits. */
	to: string;
	text: string;
	at: string;
}

/** A line that a workflow sent to the sandbox's alert channel. */
export interface Alert {
	text: string;
	at: string;
}

/** The bytes of a signed webhook, and the headers that prove who sent it. */
export interface Seal {
	text: string;
	headers: Record<string, string>;
}

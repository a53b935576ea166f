/** jest's matchers have the type any; these do not. */
export const anyString: unknown = expect.any(String);
export const anyNumber: unknown = expect.any(Number);
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const containing = (text: string): unknown => expect.stringContaining(text);
/** A text that contains all of these, in this order. */
export const saying = (...parts: string[]): unknown =>
	matching(new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('[^]*')));

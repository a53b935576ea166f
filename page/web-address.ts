/** Hosts that a Content-Security-Policy can name. A URL may hold others, for example with a semicolon. */
const plainHost = /^[a-z\d.-]+(?::\d+)?$/;

/** @returns the address with http or https, or undefined if it is another address or none */
export function webAddress(text: string | undefined): URL | undefined {
	const url = text === undefined ? null : URL.parse(text);
	const isWeb = url !== null && /^https?:$/.test(url.protocol) && plainHost.test(url.host);
	return isWeb && url.username === '' && url.password === '' ? url : undefined;
}

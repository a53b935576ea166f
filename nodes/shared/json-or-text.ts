/** Parses a response body as JSON. A body that is not JSON stays text. */
export function jsonOrText(body: unknown): unknown {
	if (typeof body !== 'string') return body;
	try {
		return JSON.parse(body);
	} catch {
		return body;
	}
}

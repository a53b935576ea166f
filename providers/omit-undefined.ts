/** @returns a copy without the keys whose value is undefined, for places where a key must be absent, such as a query */
export function omitUndefined<Value>(fields: Record<string, Value | undefined>): Record<string, Value> {
	const entries = Object.entries(fields).filter((entry): entry is [string, Value] => entry[1] !== undefined);
	return Object.fromEntries(entries);
}

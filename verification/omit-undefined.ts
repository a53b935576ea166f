/** The same object without the keys whose value is undefined, for values that a person or a test sees. */
export function omitUndefined<Value extends object>(value: Value): Value {
	const copy = { ...value };
	for (const key of Object.keys(copy) as Array<keyof Value>) {
		if (copy[key] === undefined) delete copy[key];
	}
	return copy;
}

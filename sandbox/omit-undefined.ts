/** The object without the keys whose value is undefined. */
export function omitUndefined<T extends object>(object: T): Partial<T> {
	const copy: Partial<T> = { ...object };
	for (const key in copy) if (copy[key] === undefined) delete copy[key];
	return copy;
}

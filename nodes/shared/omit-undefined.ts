/**
 * A copy without the keys whose value is undefined. For objects that a person sees or that are compared key by key:
 * elsewhere an undefined value does no harm.
 */
export function omitUndefined<T extends object>(object: T): T {
	const copy = { ...object };
	for (const key in copy) if (copy[key] === undefined) delete copy[key];
	return copy;
}

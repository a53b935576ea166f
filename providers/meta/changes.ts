import { bounded, isObject, listOf, objectOf } from '../webhook';

/** One change in a webhook of Meta's shape (docs/reference/providers.md 1.10, 1.11). Nothing in it is checked yet. */
export interface Change {
	/** The kind of change, such as `messages`. */
	field: unknown;
	value: Record<string, unknown>;
	/** Seconds since 1970. */
	time: unknown;
}

/** All changes of all entries. Skips what has another shape. */
export function readChanges(payload: unknown): Change[] {
	const changes = listOf(objectOf(payload).entry).flatMap((item) => {
		const { changes: list, time } = objectOf(item);
		return listOf(list).map((raw) => ({ raw, time }));
	});
	return bounded(changes).flatMap(({ raw, time }) => {
		const { field, value } = objectOf(raw);
		return isObject(value) ? [{ field, value, time }] : [];
	});
}

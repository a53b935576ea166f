import { bounded, isObject, listOf, objectOf } from '../webhook';

/** What Meta puts one piece of news into (docs/reference/providers.md 1.10, 1.11). */
export interface Change {
	field: unknown;
	value: Record<string, unknown>;
	/** Seconds since 1970, if anything. */
	time: unknown;
}

/** All changes of all entries; what has another shape is passed over. */
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

import { z } from 'zod';

import { bounded, listOf } from '../webhook-body';

/** What Meta puts one piece of news into (providers.md 1.10, 1.11). */
export interface Change {
	field: unknown;
	value: Record<string, unknown>;
	/** Seconds since 1970, if anything. */
	time: unknown;
}

const body = z.object({ entry: z.unknown() });
const entry = z.object({ changes: z.unknown(), time: z.unknown() });
const change = z.object({ field: z.unknown(), value: z.object({}).passthrough() });

/** All changes of all entries; what has another shape is passed over. */
export function readChanges(payload: unknown): Change[] {
	const changes = listOf(body.safeParse(payload).data?.entry).flatMap((item) => {
		const { changes: list, time } = entry.safeParse(item).data ?? {};
		return listOf(list).map((raw) => ({ raw, time }));
	});
	return bounded(changes).flatMap(({ raw, time }) => {
		const { field, value } = change.safeParse(raw).data ?? {};
		return value === undefined ? [] : [{ field, value, time }];
	});
}

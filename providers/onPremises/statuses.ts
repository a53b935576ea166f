import { z } from 'zod';
import { findEntry } from '../errors';
import { explainCode as explainMeta } from '../meta/errors';
import { readStatuses } from '../meta/statuses';
import type { StatusEvent } from '../provider';
import { listOf } from '../webhook';
import { onPremisesErrors } from './errors';

const payload = z.object({ statuses: z.unknown() });

/** Statuses at the top level, as a server of the On-Premises API posts them (docs/reference/providers.md 2.6). */
export function readServerStatuses(body: unknown): StatusEvent[] {
	return readStatuses(listOf(payload.safeParse(body).data?.statuses), {
		explain: explainCode,
		givesBackCallbackData: false,
	});
}

/** Its own codes (docs/reference/providers.md 2.4); of any other only Meta could know. */
function explainCode(code: number | string) {
	return findEntry(onPremisesErrors, code) ?? explainMeta(code);
}

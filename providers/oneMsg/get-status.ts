import type { Connection } from '../connection';
import type { StatusEvent } from '../webhook-events';
import type { Account } from './account';
import { okOrThrow, request } from './request';
import { readHooks } from './webhook';

/** The order of statuses that have the same time: 1MSG's times are whole seconds. */
const order: ReadonlyArray<StatusEvent['status']> = ['sent', 'delivered', 'read', 'failed'];

/** Asks 1MSG for the statuses of a message, the oldest first (docs/reference/providers.md 4.5). */
export async function getStatus(connection: Connection<Account>, messageId: string): Promise<StatusEvent[]> {
	const response = await request(connection, { method: 'GET', path: '/hookInfo', query: { messageId } });
	return readHooks(okOrThrow(response)).sort(
		(a, b) => a.occurredAt - b.occurredAt || order.indexOf(a.status) - order.indexOf(b.status),
	);
}

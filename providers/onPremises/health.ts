import { z } from 'zod';
import type { Connection } from '../connection';
import { isObject } from '../webhook';
import type { Account } from './account';
import { parseOrThrow, request } from './request';

const answer = z.object({ health: z.unknown() });

/**
 * Asks the server for its connection to WhatsApp (docs/reference/providers.md 2.5).
 * @returns what is wrong, as sentences; undefined if the server can send
 */
export async function accountProblem(connection: Connection<Account>): Promise<string | undefined> {
	const { health } = parseOrThrow(answer, await request(connection, { method: 'GET', path: '/v1/health' }));
	const statuses = statusesIn(health);
	if (statuses.length === 0) return "The login works, but the server did not tell its health. Check 'Base URL'.";
	// With high availability, one node is connected and all others are not. Meta calls `connecting` good.
	if (statuses.some((status) => status === 'connected' || status === 'connecting')) return undefined;
	const [first = '', ...others] = new Set(statuses);
	const has =
		others.length === 0 ? `has the status '${first}'` : `has the statuses '${[first, ...others].join("', '")}'`;
	return `The login works, but the server's connection to WhatsApp ${has}. Check the server.`;
}

/** The statuses of all nodes. A single node has no name, and its status may be a bare text. */
function statusesIn(health: unknown): string[] {
	if (typeof health === 'string') return [health];
	if (!isObject(health)) return [];
	if (typeof health.gateway_status === 'string') return [health.gateway_status];
	return Object.values(health).flatMap(statusesIn);
}

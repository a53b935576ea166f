import { randomUUID } from 'node:crypto';
import type { Answer } from '../../provider';

/** As in the only published example: 2026-01-01T08:03:14+00:00. */
export const dated = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, '+00:00');

/** The part of every answer that names the request. */
export const meta = () => ({ request_id: randomUUID(), timestamp: dated(Date.now()) });

export const succeed = (data: unknown, message: string, more: Record<string, unknown> = {}): Answer => ({
	status: 200,
	body: { success: true, data, message, meta: { ...meta(), ...more } },
});

import { z } from 'zod';
import type { CountedWindow } from '../store';
import type { ScriptContext } from './script-context';
import * as scripts from './scripts';

/**
 * A send or a failed check that was counted in counters of other nodes of a cluster. No script can reach them
 * together with the phone's keys.
 */
export interface Reservation {
	counted: Array<{ key: string; moment: number }>;
	full?: { name: string; retryAfterMs: number };
}

/** Counts in these windows, unless one of them is full. */
export async function reserve(
	{ runner, keys, now }: ScriptContext,
	phoneKey: string,
	windows: CountedWindow[],
): Promise<Reservation> {
	const reservation: Reservation = { counted: [] };
	for (const counter of new Set(windows.map((window) => window.counter))) {
		const ofCounter = windows.filter((window) => window.counter === counter);
		const key = keys.counter(phoneKey, counter);
		const widest = Math.max(...ofCounter.map(({ windowMs }) => windowMs));
		const limits = ofCounter.flatMap(({ limit, windowMs }) => [limit, windowMs]);
		const reply = await runner.run(scripts.reserve, [key], [now, widest, ...limits]);
		const [full, number] = z.tuple([z.number(), z.number()]).parse(reply);
		const window = ofCounter[full - 1];
		if (window === undefined) reservation.counted.push({ key, moment: number });
		else if (number > (reservation.full?.retryAfterMs ?? -1)) {
			reservation.full = { name: window.name, retryAfterMs: number };
		}
	}
	return reservation;
}

/** Takes off what was counted. */
export async function giveBack({ runner }: ScriptContext, { counted }: Reservation): Promise<void> {
	for (const { key, moment } of counted) await runner.run(scripts.giveBack, [key], [moment]);
}

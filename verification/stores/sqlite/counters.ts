import type { SendWindow } from '../store';
import { json, listOf, number, rowOf } from './row-reader';
import type { Statements } from './rows';

const counterRow = rowOf({ stamps: json(listOf(number)) });

/** The moments counted under a key within the last `windowMs`, oldest first. */
export function readCounter(statements: Statements, key: string, now: number, windowMs: number): number[] {
	const row = statements.row(counterRow, 'SELECT stamps FROM counter WHERE key = :key', { key });
	return (row?.stamps ?? []).filter((stamp) => stamp > now - windowMs);
}

export function writeCounter(statements: Statements, key: string, moments: number[], purgeAt: number): void {
	statements.run(
		`INSERT INTO counter (key, stamps, purge_at) VALUES (:key, :stamps, :purgeAt)
		ON CONFLICT (key) DO UPDATE SET stamps = excluded.stamps, purge_at = max(purge_at, excluded.purge_at)`,
		{ key, stamps: JSON.stringify(moments), purgeAt },
	);
}

export function clearCounter(statements: Statements, key: string): void {
	statements.run('DELETE FROM counter WHERE key = :key', { key });
}

/** How long until a full window has room again; undefined while it has. */
export function waitOf(
	moments: number[],
	now: number,
	window: { limit: number; windowMs: number },
): number | undefined {
	const inside = moments.filter((moment) => moment > now - window.windowMs);
	if (inside.length < window.limit) return undefined;
	const leaves = inside[inside.length - window.limit] ?? now;
	return leaves + window.windowMs - now;
}

/** The full window that takes longest to have room again. */
export function fullWindow(
	statements: Statements,
	now: number,
	windows: readonly SendWindow[],
): { limit: string; retryAfterMs: number } | undefined {
	const full = windows.flatMap((window) => {
		const retryAfterMs = waitOf(readCounter(statements, window.counter, now, window.windowMs), now, window);
		return retryAfterMs === undefined ? [] : [{ limit: window.name, retryAfterMs }];
	});
	return full.sort((a, b) => b.retryAfterMs - a.retryAfterMs)[0];
}

/** Counts a send once under each counter, keeping as much of the past as its widest window needs. */
export function countSend(statements: Statements, now: number, windows: readonly SendWindow[]): void {
	const widest = new Map<string, number>();
	for (const { counter, windowMs } of windows) widest.set(counter, Math.max(windowMs, widest.get(counter) ?? 0));
	for (const [key, windowMs] of widest) {
		writeCounter(statements, key, [...readCounter(statements, key, now, windowMs), now], now + windowMs);
	}
}

/** Gives one counted moment back, where a send did not happen after all. */
export function uncount(statements: Statements, key: string, moment: number): void {
	const moments = readCounter(statements, key, 0, Number.MAX_SAFE_INTEGER);
	const at = moments.indexOf(moment);
	if (at >= 0) writeCounter(statements, key, moments.toSpliced(at, 1), 0);
}

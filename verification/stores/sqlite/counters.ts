import type { SendWindow } from '../store';
import { numberList, type Row } from './row-reader';
import type { Statements } from './statements';

// Table `counter`: the times of sends and failed checks, as a JSON list of milliseconds, oldest first.

const stampsOf = (row: Row) => numberList(row.stamps);

/** The times counted under a key within the last `windowMs`, oldest first. */
export function readCounter(statements: Statements, key: string, now: number, windowMs: number): number[] {
	const stamps = statements.row(stampsOf, 'SELECT stamps FROM counter WHERE key = :key', { key }) ?? [];
	return stamps.filter((stamp) => stamp > now - windowMs);
}

export function writeCounter(statements: Statements, key: string, stamps: number[], purgeAt: number): void {
	statements.run(
		`INSERT INTO counter (key, stamps, purge_at) VALUES (:key, :stamps, :purgeAt)
		ON CONFLICT (key) DO UPDATE SET stamps = excluded.stamps, purge_at = max(purge_at, excluded.purge_at)`,
		{ key, stamps: JSON.stringify(stamps), purgeAt },
	);
}

export function clearCounter(statements: Statements, key: string): void {
	statements.run('DELETE FROM counter WHERE key = :key', { key });
}

/** Milliseconds until a full window allows one more; undefined if it is not full. */
export function waitOf(stamps: number[], now: number, window: { limit: number; windowMs: number }): number | undefined {
	const inside = stamps.filter((stamp) => stamp > now - window.windowMs);
	if (inside.length < window.limit) return undefined;
	const oldest = inside[inside.length - window.limit] ?? now;
	return oldest + window.windowMs - now;
}

/** The full window with the longest wait. */
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

/** Counts a send once under each counter. A counter keeps the times that its widest window needs. */
export function countSend(statements: Statements, now: number, windows: readonly SendWindow[]): void {
	const widest = new Map<string, number>();
	for (const { counter, windowMs } of windows) widest.set(counter, Math.max(windowMs, widest.get(counter) ?? 0));
	for (const [key, windowMs] of widest) {
		writeCounter(statements, key, [...readCounter(statements, key, now, windowMs), now], now + windowMs);
	}
}

/** Removes one counted send, because nothing was sent. */
export function uncount(statements: Statements, key: string, stamp: number): void {
	const stamps = readCounter(statements, key, 0, Number.MAX_SAFE_INTEGER);
	const at = stamps.indexOf(stamp);
	if (at >= 0) writeCounter(statements, key, stamps.toSpliced(at, 1), 0);
}

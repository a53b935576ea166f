import type { CountedWindow, FailureBudget } from '../stores/store';
import type { Counter, Counters } from './phone-state';

/** The times counted within the last `windowMs`, oldest first. */
function counted(counters: Counters, name: string, now: number, windowMs: number): readonly number[] {
	return momentsAfter(counters[name], now - windowMs);
}

/** Milliseconds until a full window allows one more; undefined if it is not full. */
function waitOf(
	moments: readonly number[],
	now: number,
	{ limit, windowMs }: { limit: number; windowMs: number },
): number | undefined {
	if (moments.length < limit) return undefined;
	return (moments[moments.length - limit] ?? now) + windowMs - now;
}

/**
 * Milliseconds until a phone that rests may be checked again; undefined if it does not rest. The last failed check
 * decides: a rest does not get shorter when the oldest ones leave the window.
 */
export function restOf(counters: Counters, budget: FailureBudget, now: number): number | undefined {
	const moments = counters[budget.counter]?.moments ?? [];
	const last = moments.at(-1) ?? 0;
	const failed = momentsAfter(counters[budget.counter], last - budget.windowMs);
	if (failed.length < budget.limit) return undefined;
	const doublings = Math.floor((failed.length - budget.limit) / budget.every);
	const began = failed[budget.limit - 1 + doublings * budget.every] ?? last;
	const until = began + Math.min(budget.restMs * 2 ** doublings, budget.maxRestMs);
	return until > now ? until - now : undefined;
}

/** The full window with the longest wait. */
export function fullWindow(
	counters: Counters,
	windows: readonly CountedWindow[],
	now: number,
): { limit: string; retryAfterMs: number } | undefined {
	let full: { limit: string; retryAfterMs: number } | undefined;
	for (const window of windows) {
		const retryAfterMs = waitOf(counted(counters, window.counter, now, window.windowMs), now, window);
		if (retryAfterMs !== undefined && retryAfterMs > (full?.retryAfterMs ?? -1)) {
			full = { limit: window.name, retryAfterMs };
		}
	}
	return full;
}

/** Counts a send or a failed check once under each counter. A counter keeps the times that its widest window needs. */
export function countIn(
	counters: Counters,
	windows: ReadonlyArray<Pick<CountedWindow, 'counter' | 'windowMs'>>,
	now: number,
): Counters {
	const widest = new Map<string, number>();
	for (const { counter, windowMs } of windows) widest.set(counter, Math.max(windowMs, widest.get(counter) ?? 0));
	const changed: Record<string, Counter> = {};
	for (const [name, windowMs] of widest) changed[name] = countNow(counters[name], windowMs, now);
	return { ...counters, ...changed };
}

function countNow(counter: Counter | undefined, windowMs: number, now: number): Counter {
	const moments = [...momentsAfter(counter, now - windowMs), now];
	// It never ends earlier: another policy may use a wider window.
	return { moments, purgeAt: Math.max(counter?.purgeAt ?? 0, now + windowMs) };
}

/** Removes one counted send, because nothing was sent. */
export function uncount(counters: Counters, names: readonly string[], moment: number): Counters {
	const changed: Record<string, Counter> = {};
	for (const name of names) {
		const { moments, purgeAt } = counters[name] ?? { moments: [], purgeAt: 0 };
		const at = moments.indexOf(moment);
		if (at >= 0) changed[name] = { moments: moments.toSpliced(at, 1), purgeAt };
	}
	return { ...counters, ...changed };
}

function momentsAfter(counter: Counter | undefined, after: number): readonly number[] {
	return (counter?.moments ?? []).filter((moment) => moment > after);
}

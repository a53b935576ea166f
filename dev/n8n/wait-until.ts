import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
	/** The awaited condition, for the error message: 'the webhook answers'. */
	what: () => string;
	/** Milliseconds after which this throws. Default: 60,000. */
	timeout?: number;
	/** Milliseconds between two calls of `look`. Default: 100. */
	every?: number;
}

/** Calls `look` again and again until it returns a value, and returns that value. */
export async function until<T>(look: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
	const { what, timeout = 60_000, every = 100 } = options;
	const deadline = performance.now() + timeout;
	for (;;) {
		const found = await look();
		if (found !== undefined) return found;
		if (performance.now() >= deadline) {
			throw new Error(`Waited ${(timeout / 1000).toFixed(0)} s without success until ${what()}`);
		}
		await pause(every);
	}
}

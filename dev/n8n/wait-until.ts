import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
	/** What is waited for, for the sentence that says it didn't come: 'the webhook answers'. */
	what: () => string;
	/** Milliseconds after which waiting is given up. */
	timeout: number;
	/** Milliseconds between two looks. */
	every?: number;
}

/** Looks again and again until `look` finds something, and answers that. */
export async function until<T>(look: () => Promise<T | undefined>, patience: Patience): Promise<T> {
	const { what, timeout, every = 100 } = patience;
	const deadline = performance.now() + timeout;
	for (;;) {
		const found = await look();
		if (found !== undefined) return found;
		if (performance.now() >= deadline) {
			throw new Error(`Waited ${(timeout / 1000).toFixed(0)} s in vain until ${what()}`);
		}
		await pause(every);
	}
}

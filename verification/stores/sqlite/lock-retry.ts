import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, lockedCode } from './errors';

/** Milliseconds for which we wait for another process. */
export const lockTimeout = 5000;

/** Milliseconds for which SQLite waits. It stops this process meanwhile; most commits of others take less. */
export const busyTimeout = 10;

/**
 * Tries again while another process holds the file. This process does other work in between.
 * @param work changes nothing if the file is locked
 * @param until by the clock of `performance`
 */
export async function retryWhileLocked<Result>(
	work: () => Result | Promise<Result>,
	until = performance.now() + lockTimeout,
): Promise<Result> {
	for (;;) {
		try {
			return await work();
		} catch (error) {
			if (codeOf(error) !== lockedCode || performance.now() > until) throw error;
		}
		// A random pause, because other processes wait, too: otherwise the same one could always be late.
		await sleep(5 + 15 * Math.random());
	}
}

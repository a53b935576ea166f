import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, lockedCode } from './errors';

/** How long another process is waited for, in milliseconds. */
export const patience = 5000;

/** SQLite itself waits so long and stops this process meanwhile; most commits of others take less. */
export const shortWait = 10;

/**
 * Tries again for as long as another process holds the file, and lets this process go on with other work in between.
 * @param work which does nothing at all where the file is locked
 * @param until by the clock of `performance`
 */
export async function whileLocked<Result>(
	work: () => Result | Promise<Result>,
	until = performance.now() + patience,
): Promise<Result> {
	for (;;) {
		try {
			return await work();
		} catch (error) {
			if (codeOf(error) !== lockedCode || performance.now() > until) throw error;
		}
		// Others wait as well: at random, so that not always the same is late.
		await sleep(5 + 15 * Math.random());
	}
}

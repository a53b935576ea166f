import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteStore } from '../verification/stores/sqlite/sqlite-store';
import type { Figure, Sample } from './support/figure';
import { fillSqlite } from './support/fill-sqlite';
import { withScratch } from './support/scratch';
import { checkWith, engineOn, entriesOf, freshVerifications } from './support/verifications';

const expired = 100_000;
const rounds = 30;
const phonesARound = 10;

/** In milliseconds: longer than the store keeps anything of a verification. */
const twoDays = 2 * 24 * 60 * 60 * 1000;

/** Sends and checks one after the other, because each step blocks the process. @returns the longest, in milliseconds */
async function longestStep(engine: ReturnType<typeof engineOn>): Promise<number> {
	let longest = 0;
	const timed = async <Result>(step: () => Promise<Result>): Promise<Result> => {
		const start = performance.now();
		const result = await step();
		longest = Math.max(longest, performance.now() - start);
		return result;
	};
	for (let i = 0; i < phonesARound; i += 1) {
		const fresh = await timed(() => freshVerifications(engine, 1));
		for (const entry of entriesOf(fresh)) await timed(() => checkWith(engine, entry));
	}
	return longest;
}

/** Writes everything to the disk. If not, the first measured commit would wait for it. */
function flush(file: string): void {
	const opened = openSync(file, 'r+');
	fsyncSync(opened);
	closeSync(opened);
}

export const housekeepingSqlite: Figure = {
	name: 'housekeeping.sqlite',
	title: `The longest of ${3 * phonesARound} steps of the SQLite store while it removes 100,000 expired verifications`,
	unit: 'ms',
	peer: 'the longest of the same steps in a store with nothing to remove',
	// Both sides are the longest of 30 steps, so they hold a checkpoint of the file's log: ratios of 2.5 to 4 were seen.
	bound: { atMost: 5 },
	measure: () =>
		withScratch(async (folder) => {
			const file = join(folder, 'expired.sqlite');
			await fillSqlite(file, expired);
			flush(file);
			const busy = new SqliteStore(file, () => Date.now() + twoDays);
			const idle = new SqliteStore(join(folder, 'empty.sqlite'));
			const engines = [engineOn(busy), engineOn(idle)] as const;
			const samples: Sample[] = [];
			try {
				for (let round = 0; round <= rounds; round += 1) {
					samples.push({ value: await longestStep(engines[0]), peerValue: await longestStep(engines[1]) });
				}
				// The first round opens the files.
				samples.shift();
				return samples;
			} finally {
				await busy.close();
				await idle.close();
			}
		}),
};

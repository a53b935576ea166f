import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteStore } from '../verification/stores/sqlite/sqlite-store';
import { crowd } from './support/fill-sqlite';
import type { Figure, Sample } from './support/figure';
import { withScratch } from './support/scratch';
import { checkWith, engineOn, entriesOf, freshVerifications } from './support/verifications';

const expired = 100_000;
const rounds = 30;
const phonesARound = 10;

/** Milliseconds: a person who works with n8n notices a longer pause. */
const longestPause = 20;

/** All that is left of a verification is forgotten by then. */
const twoDays = 2 * 24 * 60 * 60 * 1000;

/** Sends and checks, one after the other as each stops the process. @returns milliseconds of the longest */
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

/** What is still on its way to the disk would be waited for by the first commit. */
function flush(file: string): void {
	const opened = openSync(file, 'r+');
	fsyncSync(opened);
	closeSync(opened);
}

export const housekeepingSqlite: Figure = {
	name: 'housekeeping.sqlite',
	title: `The longest of ${3 * phonesARound} steps of the embedded store while 100,000 expired verifications go`,
	unit: 'ms',
	peer: 'limit',
	bound: { atMost: 1 },
	measure: () =>
		withScratch(async (folder) => {
			const file = join(folder, 'expired.sqlite');
			await crowd(file, expired);
			flush(file);
			const store = new SqliteStore(file, () => Date.now() + twoDays);
			const engine = engineOn(store);
			const samples: Sample[] = [];
			try {
				for (let round = 0; round <= rounds; round += 1) {
					samples.push({ value: await longestStep(engine), peerValue: longestPause });
				}
				// The first opens the file.
				samples.shift();
				return samples;
			} finally {
				await store.close();
			}
		}),
};

import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Clock, SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import type { VerificationStore } from '../../verification/stores/store';

/** A kind of store that the suite runs on; every test takes the list below. */
export interface StoreUnderTest {
	name: string;
	/** An empty place for one store; any number of processes may open it. */
	place(): Promise<string>;
	/** @param clock milliseconds since 1970; the machine's own where a test doesn't move it */
	open(place: string, clock?: Clock): VerificationStore;
	/** All that the store keeps, as somebody who steals it gets it. Ask a process in which it isn't open. */
	dump(place: string): Promise<Buffer>;
}

const sqlite: StoreUnderTest = {
	name: 'SQLite',
	place: () => mkdtemp(join(process.env.TEST_SCRATCH ?? tmpdir(), 'store-')),
	open: (place, clock) => new SqliteStore(join(place, 'verifications.sqlite'), clock),
	dump: async (place) => {
		const files = (await readdir(place)).sort();
		return Buffer.concat(await Promise.all(files.map((file) => readFile(join(place, file)))));
	},
};

export const stores: StoreUnderTest[] = [sqlite];

/** The entry of this name, for another process that was told which store to open. */
export function storeCalled(name: string): StoreUnderTest {
	const store = stores.find((entry) => entry.name === name);
	if (store === undefined) throw new Error(`No store under test is called '${name}'`);
	return store;
}

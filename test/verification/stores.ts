import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readRedisUrl } from '../../verification/stores/redis/address';
import { RedisConnection } from '../../verification/stores/redis/connection';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import type { Clock } from '../../verification/stores/sqlite/commits';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import type { VerificationStore } from '../../verification/stores/store';
import { RedisServer } from './redis-server';

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

/** One server for all the tests of a file, each with keys of its own. */
let server: Promise<RedisServer> | undefined;
if (typeof afterAll === 'function') afterAll(async () => (await server)?.stop());

/** @param place an address and what the keys begin with */
function openRedis(place: string, clock?: Clock): RedisStore {
	const [url = '', prefix = ''] = place.split(' ');
	const options = { place: url, prefix, ...(clock === undefined ? {} : { clock }) };
	return new RedisStore(new RedisConnection(readRedisUrl(url)), options);
}

const redis: StoreUnderTest = {
	name: 'Redis',
	place: async () => `${(await (server ??= RedisServer.start())).url} ${randomUUID()}`,
	open: openRedis,
	dump: async () => (await (server ??= RedisServer.start())).dump(),
};

export const stores: StoreUnderTest[] = [sqlite, redis];

/** The entry of this name, for another process that was told which store to open. */
export function storeCalled(name: string): StoreUnderTest {
	const store = stores.find((entry) => entry.name === name);
	if (store === undefined) throw new Error(`No store under test is called '${name}'`);
	return store;
}

import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisRest, type RedisRest } from '../../sandbox/upstash';
import { readRedisUrl } from '../../verification/stores/redis/connection/address';
import { RedisConnection } from '../../verification/stores/redis/connection/connection';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import { restLink } from '../../verification/stores/redis/rest-transport';
import type { Clock } from '../../verification/stores/sqlite/group-commit';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import type { VerificationStore } from '../../verification/stores/store';
import { RedisServer } from '../support/redis-server';
import { throughAxios } from '../support/rest-client';

/** A kind of store that the tests run on; they use the list `stores` below. */
export interface StoreUnderTest {
	name: string;
	/** A new place for one store. Any number of processes may open it. */
	place(): Promise<string>;
	/** @param clock milliseconds since 1970; by default the machine's clock */
	open(place: string, clock?: Clock): VerificationStore;
	/** Everything that the store keeps, as a thief gets it. Call it in a process in which the store is not open. */
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

/** One server for all tests of a file, and REST in front of it. Each test has a separate key prefix. */
let server: Promise<RedisServer> | undefined;
let rest: Promise<RedisRest> | undefined;
const redisServer = () => (server ??= RedisServer.start());
const restServer = () => (rest ??= redisServer().then(({ url }) => startRedisRest({ redis: url, token })));
const token = 'a token of the tests';

if (typeof afterAll === 'function') {
	afterAll(async () => {
		await (await rest)?.stop();
		await (await server)?.stop();
	});
}

/** The URL of a store and the prefix of its keys. */
const toPlace = ({ url }: { url: string }) => `${url} ${randomUUID()}`;

const readPlace = (place: string) => {
	const [url = '', prefix = ''] = place.split(' ');
	return { url, prefix };
};

const redis: StoreUnderTest = {
	name: 'Redis',
	place: async () => toPlace(await redisServer()),
	open: (place, clock) => {
		const { url, prefix } = readPlace(place);
		return new RedisStore(new RedisConnection(readRedisUrl(url)), { place: url, prefix, clock });
	},
	dump: async () => (await redisServer()).dump(),
};

const redisRest: StoreUnderTest = {
	name: 'Redis over REST',
	place: async () => toPlace(await restServer()),
	open: (place, clock) => {
		const { url, prefix } = readPlace(place);
		return new RedisStore(restLink({ url, token }, throughAxios), { place: url, prefix, clock });
	},
	dump: async () => (await redisServer()).dump(),
};

export const stores: StoreUnderTest[] = [sqlite, redis, redisRest];

/** The store with this name, for another process that must open it. */
export function storeCalled(name: string): StoreUnderTest {
	const store = stores.find((entry) => entry.name === name);
	if (store === undefined) throw new Error(`No store under test is called '${name}'`);
	return store;
}

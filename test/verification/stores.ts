import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisRest, type RedisRest } from '../../sandbox/upstash';
import { readRedisUrl } from '../../verification/stores/redis/connection/address';
import { RedisConnection } from '../../verification/stores/redis/connection/connection';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import { restTransport } from '../../verification/stores/redis/rest-transport';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import type { VerificationStore } from '../../verification/stores/store';
import { RedisServer } from '../support/redis-server';
import { canUse } from '../support/required-tools';
import { throughHttp } from '../support/rest-client';

/** A kind of store that the tests run on; they use the list `stores` below. */
export interface StoreUnderTest {
	name: string;
	/** Whether it needs a Redis server on this machine. */
	needsRedis: boolean;
	/** The part of a test's repetitions that is enough: REST carries the same scripts as Redis, which has them all. */
	share: number;
	/** A new place for one store. Several processes open the same place: the tests start a second one. */
	place(): Promise<string>;
	/** @param clock milliseconds since 1970; by default the machine's clock */
	open(place: string, clock?: () => number): VerificationStore;
	/** Everything that the store keeps, as a thief gets it. Call it in a process in which the store is not open. */
	dump(place: string): Promise<Buffer>;
}

const sqlite: StoreUnderTest = {
	name: 'SQLite',
	needsRedis: false,
	share: 1,
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
	needsRedis: true,
	share: 1,
	place: async () => toPlace(await redisServer()),
	open: (place, clock) => {
		const { url, prefix } = readPlace(place);
		return new RedisStore(new RedisConnection(readRedisUrl(url)), { place: url, prefix, clock });
	},
	dump: async () => (await redisServer()).dump(),
};

const redisRest: StoreUnderTest = {
	name: 'Redis over REST',
	needsRedis: true,
	share: 1 / 4,
	place: async () => toPlace(await restServer()),
	open: (place, clock) => {
		const { url, prefix } = readPlace(place);
		return new RedisStore(restTransport({ url, token }, throughHttp), { place: url, prefix, clock });
	},
	dump: async () => (await redisServer()).dump(),
};

const all = [sqlite, redis, redisRest];

/** Those that can be tested here. */
export const stores: StoreUnderTest[] = redisCanBeTested() ? all : all.filter(({ needsRedis }) => !needsRedis);

function redisCanBeTested(): boolean {
	// A second process of a test opens the stores that it is told to.
	if (typeof test !== 'function' || canUse(['Redis'], 'on Redis, on Redis over REST')) return true;
	test.skip('the same on Redis and on Redis over REST', () => undefined);
	return false;
}

/** The store with this name, for another process that must open it. */
export function storeCalled(name: string): StoreUnderTest {
	const store = all.find((entry) => entry.name === name);
	if (store === undefined) throw new Error(`No store under test is called '${name}'`);
	return store;
}

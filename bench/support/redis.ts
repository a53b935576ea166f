import { rmSync } from 'node:fs';
import { RedisServer } from '../../test/support/redis-server';
import { missing } from '../../test/support/required-tools';
import type { Engine } from '../../verification/engine';
import { readRedisUrl } from '../../verification/stores/redis/connection/address';
import { RedisConnection } from '../../verification/stores/redis/connection/connection';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import { engineOn } from './verifications';

/** Why the figures of Redis can't be measured here. */
export const missingRedis = (): string | undefined => missing('Redis');

/** Runs the work with a new Redis server and an engine that uses it. */
export async function withRedis<Result>(
	work: (server: RedisServer, engine: Engine) => Promise<Result>,
	...settings: string[]
): Promise<Result> {
	const server = await RedisServer.start(...settings);
	const store = new RedisStore(new RedisConnection(readRedisUrl(server.url)), { place: server.url });
	try {
		return await work(server, engineOn(store));
	} finally {
		await store.close();
		await server.stop();
		rmSync(server.folder, { recursive: true, force: true });
	}
}

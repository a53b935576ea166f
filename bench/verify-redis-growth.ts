import { freemem } from 'node:os';
import type { RedisServer } from '../test/support/redis-server';
import type { Engine } from '../verification/engine';
import { inTurns, type Figure } from './support/figure';
import { fillRedis } from './support/fill-redis';
import { missingRedis, withRedis } from './support/redis';
import { checkWith, entriesOf, freshVerifications } from './support/verifications';

const many = 1_000_000;
const few = 1000;
const rounds = 20;
const phonesARound = 15;

/** Memory for a million verifications and for the rest of the run. */
const gigabytes = 4;

async function checksAmong(server: RedisServer, engine: Engine, count: number) {
	const checked = (rounds + 1) * phonesARound;
	await fillRedis(server, engine, count - checked);
	const fresh = await freshVerifications(engine, checked);
	return () => entriesOf(fresh.splice(0, phonesARound)).map((entry) => () => checkWith(engine, entry));
}

export const verifyRedisGrowth: Figure = {
	name: 'verify.redis.growth',
	title: 'A check in Redis among 1,000,000 pending verifications',
	unit: 'ms',
	peer: 'a check among 1,000',
	bound: { atMost: 1.3 },
	missing: () =>
		missingRedis() ?? (freemem() < gigabytes * 2 ** 30 ? `it takes ${gigabytes} GB of free memory` : undefined),
	measure: () =>
		withRedis(async (...among) =>
			withRedis(async (...alone) => {
				const [ours, peers] = [await checksAmong(...among, many), await checksAmong(...alone, few)];
				return await inTurns(
					rounds,
					() => ({ ours: ours(), peers: peers() }),
					(milliseconds) => milliseconds,
				);
			}),
		),
};

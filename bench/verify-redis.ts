import { readRedisUrl } from '../verification/stores/redis/connection/address';
import { RedisConnection } from '../verification/stores/redis/connection/connection';
import { inTurns, type Figure } from './support/figure';
import { missingRedis, withRedis } from './support/redis';
import { checksOf, freshVerifications, inFlight, sideBySide } from './support/verifications';

/** Counts the attempt and compares the code: the minimum work of a check. */
const oneLine =
	"return redis.call('HINCRBY', KEYS[1], 'attempts', 1) <= 5 " + "and redis.call('HGET', KEYS[1], 'mac') == ARGV[1]";

/** The setting that the test of the store credential asks for. */
const durable = ['--appendonly', 'yes'];

const rounds = 41;
const phonesARound = 2000;
const mac = 'M'.repeat(43);

export const verifyRedis: Figure = {
	name: 'verify.redis',
	title: `Checks in Redis, ${inFlight} at the same time`,
	unit: 'checks/s',
	peer: 'a script of one line by the same client',
	bound: { atLeast: 0.4 },
	missing: missingRedis,
	measure: () =>
		withRedis(
			async (server, engine) => {
				const client = new RedisConnection(readRedisUrl(server.url));
				const keys = Array.from({ length: phonesARound }, (_, i) => `verification:${i}`);
				const check = (entered: string) => () =>
					sideBySide(keys, async (key) => {
						const isRight = (await client.send(key, ['EVAL', oneLine, '1', key, entered])) === 1;
						if (isRight !== (entered === mac)) throw new Error('The script decided wrongly');
					});
				const prepare = async () => {
					// Another figure (verify.redis.growth) measures a full server.
					await server.ask('FLUSHALL', 'SYNC');
					for (const key of keys) await client.send(key, ['HSET', key, 'attempts', '0', 'mac', mac]);
					const ours = checksOf(engine, await freshVerifications(engine, phonesARound));
					return { ours, peers: [check('W'.repeat(43)), check(mac)] };
				};
				try {
					return await inTurns(rounds, prepare, (milliseconds) => (1000 * phonesARound) / milliseconds);
				} finally {
					await client.close();
				}
			},
			...durable,
		),
};

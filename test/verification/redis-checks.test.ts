import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { readRedisUrl } from '../../verification/stores/redis/connection/address';
import { RedisConnection } from '../../verification/stores/redis/connection/connection';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import type { RedisLink } from '../../verification/stores/redis/transport';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';
import { phoneNumber, secret, type Sent, TestClock, Verifier, wrongCodes } from './verifier';

const { describe, test } = testsThatNeed('Redis');

const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

describe('Checks that come together at a Redis', () => {
	let server: RedisServer;
	let store: RedisStore;
	let verifier: Verifier;

	beforeEach(async () => {
		server = await RedisServer.start();
		store = new RedisStore(new RedisConnection(readRedisUrl(server.url)), { place: 'redis.test' });
		verifier = new Verifier(new Engine(store, new Keyring([secret])), new TestClock(), store);
	});
	afterEach(async () => {
		await store.close();
		await RedisServer.stopAll();
	});

	const sendTo = (count: number) =>
		Promise.all(Array.from({ length: count }, (_, i) => verifier.send({ to: phoneNumber(i) })));

	/** Results of right codes, all asked for in one turn. */
	const checkAll = async (all: readonly Sent[]) => {
		const settled = await Promise.allSettled(all.map((sent) => verifier.check(sent, sent.code)));
		return settled.map((each) => (each.status === 'fulfilled' ? each.value.result : String(each.reason)));
	};

	const scriptsRun = async () =>
		Number(/cmdstat_evalsha:calls=(\d+)/.exec(z.string().parse(await server.ask('INFO', 'commandstats')))?.[1] ?? 0);

	/** Another program has put something else there. */
	const spoil = async ({ ticket }: Sent) => {
		const [key = ''] = z.array(z.string()).parse(await server.ask('KEYS', `*{${ticket.phoneKey}}:checks`));
		await server.ask('SET', key, 'something else');
	};

	test('share scripts, and each is decided by itself', async () => {
		const all = await sendTo(40);
		const before = await scriptsRun();
		expect(await checkAll(all)).toEqual(times(40, 'approved'));
		expect((await scriptsRun()) - before).toBe(3);
		expect(await checkAll(all)).toEqual(times(40, 'already_used'));
	});

	test('of one verification are evaluated five times', async () => {
		const [sent] = await sendTo(1);
		const entries = [...wrongCodes(sent!.code, 14), sent!.code];
		const results = (await Promise.all(entries.map((code) => verifier.check(sent!, code)))).map(({ result }) => result);
		expect(results).toEqual([...times(4, 'invalid_code'), ...times(11, 'locked')]);
	});

	test('of one right code approve once', async () => {
		const [sent] = await sendTo(1);
		expect(await checkAll(times(10, sent!))).toEqual(['approved', ...times(9, 'already_used')]);
	});

	test.each([0, 2, 4])('are not spoiled by one that fails, at place %d', async (place) => {
		const all = await sendTo(5);
		await spoil(all[place]!);
		const results = await checkAll(all);
		expect(results.splice(place, 1)).toEqual([expect.stringMatching(/did not do as asked: WRONGTYPE/)]);
		expect(results).toEqual(times(4, 'approved'));
	});

	test('wait for no more turns than there are, however many come with each', async () => {
		const link: RedisLink = {
			isCluster: false,
			send: async (_key, [, , count]) => {
				for (let i = 0; i < 5; i += 1) await turn();
				return times(Number(count), 'not_found');
			},
			close: async () => undefined,
		};
		const quick = new RedisStore(link, { place: 'redis.test' });
		const check = { namespace: '', purpose: '', phoneKey: '', verificationId: '', candidates: [], tombstoneMs: 1 };
		let open = 0;
		let most = 0;
		for (let i = 0; i < 300; i += 1) {
			open += 2;
			for (const each of times(2, { ...check, failures: { counter: '', limit: 1, windowMs: 1 } })) {
				void quick.verifications.check(each).then(() => (open -= 1));
			}
			await turn();
			most = Math.max(most, open);
		}
		expect(most).toBeLessThan(60);
	});
});

import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { readRedisUrl } from '../../verification/stores/redis/connection/address';
import { RedisConnection } from '../../verification/stores/redis/connection/connection';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import type { RedisTransport } from '../../verification/stores/redis/transport';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';
import { phoneNumber, secret, type Sent, TestClock, Verifier, wrongCodes } from './verifier';

const { describe, test } = testsThatNeed('Redis');

const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

describe('Redis checks that are made in one turn of the event loop', () => {
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

	/** Checks the right codes in one turn. @returns the results, or the errors */
	const checkAll = async (all: readonly Sent[]) => {
		const settled = await Promise.allSettled(all.map((sent) => verifier.check(sent, sent.code)));
		return settled.map((each) => (each.status === 'fulfilled' ? each.value.result : String(each.reason)));
	};

	const scriptsRun = async () =>
		Number(/cmdstat_evalsha:calls=(\d+)/.exec(z.string().parse(await server.ask('INFO', 'commandstats')))?.[1] ?? 0);

	/** Replaces the hash of the checks by a value of another type, as another program could. */
	const spoil = async ({ ticket }: Sent) => {
		const [key = ''] = z.array(z.string()).parse(await server.ask('KEYS', `*{${ticket.phoneKey}}:checks`));
		await server.ask('SET', key, 'something else');
	};

	test('share scripts, and each gets its own result', async () => {
		const all = await sendTo(40);
		const before = await scriptsRun();
		expect(await checkAll(all)).toEqual(times(40, 'approved'));
		expect((await scriptsRun()) - before).toBe(3);
		expect(await checkAll(all)).toEqual(times(40, 'already_used'));
	});

	test('are evaluated only five times for one verification', async () => {
		const [sent] = await sendTo(1);
		const entries = [...wrongCodes(sent!.code, 14), sent!.code];
		const results = (await Promise.all(entries.map((code) => verifier.check(sent!, code)))).map(({ result }) => result);
		expect(results).toEqual([...times(4, 'invalid_code'), ...times(11, 'locked')]);
	});

	test('approve a right code only once', async () => {
		const [sent] = await sendTo(1);
		expect(await checkAll(times(10, sent!))).toEqual(['approved', ...times(9, 'already_used')]);
	});

	test.each([0, 2, 4])('are decided although the check at place %d fails', async (place) => {
		const all = await sendTo(5);
		await spoil(all[place]!);
		const results = await checkAll(all);
		expect(results.splice(place, 1)).toEqual([expect.stringMatching(/refused the command: WRONGTYPE/)]);
		expect(results).toEqual(times(4, 'approved'));
	});

	test('do not pile up while new checks come in each turn', async () => {
		const transport: RedisTransport = {
			isCluster: false,
			send: async (_key, [, , count]) => {
				for (let i = 0; i < 5; i += 1) await turn();
				return times(Number(count), ['not_found', 0, '']).flat();
			},
			close: async () => undefined,
		};
		const fastStore = new RedisStore(transport, { place: 'redis.test' });
		const check = { namespace: '', purpose: '', phoneKey: '', verificationId: '', candidates: [], tombstoneMs: 1 };
		const failures = { counter: '', limit: 1, windowMs: 1, every: 1, restMs: 1, maxRestMs: 1 };
		let open = 0;
		let maxOpen = 0;
		for (let i = 0; i < 300; i += 1) {
			open += 2;
			for (const each of times(2, { ...check, failures, callers: [] })) {
				void fastStore.verifications.check(each).then(() => (open -= 1));
			}
			await turn();
			maxOpen = Math.max(maxOpen, open);
		}
		expect(maxOpen).toBeLessThan(60);
	});
});

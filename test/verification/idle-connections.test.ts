/**
 * Found by an attack: each edit of a store credential left the connection of the old one open until n8n ended. So a
 * connection that nothing uses must close, and open again with the next call.
 */
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineFromCredential, readStoreSettings } from '../../verification/stores/from-credential';
import { IdleTimer } from '../../verification/stores/idle-timer';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';
import { throughHttp } from '../support/rest-client';
import { secret } from './verifier';

const { describe: describeRedis } = testsThatNeed('Redis');

const minute = 60_000;

const engineOf = (credential: object) =>
	engineFromCredential(readStoreSettings({ signingSecret: secret, ...credential }), {
		rest: throughHttp,
		warn: (sentence) => {
			throw new Error(sentence);
		},
	});

/** The timers of the stores are those of the test. Files and sockets are real. */
const stopTimers = () =>
	jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
afterEach(() => jest.useRealTimers());

describe('The file of an edited SQLite credential', () => {
	it('is closed five minutes after its last use, and opens again', async () => {
		stopTimers();
		const path = mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'idle-'));
		const engine = engineOf({ store: 'sqlite', path });
		await engine.notes.set('a name', 'a note', 60 * minute);
		const open = ['verifications.sqlite', 'verifications.sqlite-shm', 'verifications.sqlite-wal'];
		jest.advanceTimersByTime(4 * minute);
		expect(await engine.notes.get('a name')).toBe('a note');
		jest.advanceTimersByTime(4 * minute);
		expect(readdirSync(path).sort()).toEqual(open);
		jest.advanceTimersByTime(minute);
		await jest.advanceTimersByTimeAsync(0);
		// The last connection that closes removes the other files.
		expect(readdirSync(path)).toEqual(['verifications.sqlite']);
		expect(await engine.notes.get('a name')).toBe('a note');
		expect(readdirSync(path).sort()).toEqual(open);
		jest.advanceTimersByTime(5 * minute);
		await jest.advanceTimersByTimeAsync(0);
		expect(readdirSync(path)).toEqual(['verifications.sqlite']);
	});
});

describeRedis('The connection of an edited Redis credential', () => {
	let redis: RedisServer;
	beforeAll(async () => {
		redis = await RedisServer.start();
	});
	afterAll(() => redis.stop());

	/** Without the one that asks. */
	const connections = async () =>
		String(await redis.ask('CLIENT', 'LIST'))
			.trim()
			.split('\n').length - 1;

	it('is closed five minutes after its last use, and opens again', async () => {
		stopTimers();
		const engine = engineOf({ store: 'redis', url: redis.url });
		for (let round = 0; round < 2; round += 1) {
			await engine.notes.set('a name', 'a note', 60 * minute);
			jest.advanceTimersByTime(4 * minute);
			expect(await engine.notes.get('a name')).toBe('a note');
			jest.advanceTimersByTime(4 * minute);
			expect(await connections()).toBe(1);
			jest.advanceTimersByTime(minute);
			while ((await connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
		}
	});
});

describe('An idle timer', () => {
	it('waits for work that takes longer, and for its end', async () => {
		const onIdle = jest.fn();
		const timer = new IdleTimer(onIdle, 20);
		await timer.during(async () => undefined);
		await timer.during(() => sleep(60));
		expect(onIdle).not.toHaveBeenCalled();
		await sleep(60);
		expect(onIdle).toHaveBeenCalledTimes(1);
	});
});

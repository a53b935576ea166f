import { z } from 'zod';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { readRedisUrl } from '../../verification/stores/redis/connection/address';
import { RedisConnection } from '../../verification/stores/redis/connection/connection';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';
import { minute, secret, TestClock, Verifier, wrong, wrongCodes } from './verifier';

const { describe, test } = testsThatNeed('Redis');

const opened: RedisStore[] = [];

/** An engine on this server. Its clock is the server's. */
function verifierOn(server: RedisServer): Verifier {
	const store = new RedisStore(new RedisConnection(readRedisUrl(server.url)), { place: 'redis.test' });
	opened.push(store);
	return new Verifier(new Engine(store, new Keyring([secret])), new TestClock(), store);
}

afterEach(async () => {
	jest.restoreAllMocks();
	await Promise.all(opened.splice(0).map((store) => store.close()));
	await RedisServer.stopAll();
});

/** Approves one code and locks another, kills the server with kill -9, and checks both again after its restart. */
async function checkAfterCrash(
	...settings: string[]
): Promise<{ warnings: string[]; used: string[]; locked: string[] }> {
	const server = await RedisServer.start(...settings);
	const before = verifierOn(server);
	const warnings = await before.store.probe();
	const used = await before.send();
	const locked = await before.send({ to: '+12015550177' });
	await server.ask('SAVE');
	expect(await before.results(used, used.code)).toEqual(['approved']);
	expect((await before.results(locked, ...wrongCodes(locked.code, 5))).at(-1)).toBe('locked');
	await server.signal('SIGKILL');
	await server.launch();
	const after = verifierOn(server);
	return { warnings, used: await after.results(used, used.code), locked: await after.results(locked, locked.code) };
}

describe('A Redis that was killed with kill -9', () => {
	test('keeps a used code used and a locked verification locked, with an append-only file', async () => {
		expect(await checkAfterCrash('--appendonly', 'yes', '--appendfsync', 'always')).toEqual({
			warnings: [],
			used: ['already_used'],
			locked: ['locked'],
		});
	});

	test('approves both again with snapshots alone, and the probe warns of it', async () => {
		expect(await checkAfterCrash('--save', '3600 1')).toEqual({
			warnings: [
				expect.stringMatching(/^Redis keeps no append-only file\. After a crash it could accept a used code again/),
			],
			used: ['approved'],
			locked: ['approved'],
		});
	});
});

describe('The durability warnings', () => {
	const warningsOf = async (...settings: string[]) => verifierOn(await RedisServer.start(...settings)).store.probe();

	test('name the policy by which Redis deletes keys when its memory is full', async () => {
		expect(await warningsOf('--appendonly', 'yes', '--maxmemory-policy', 'allkeys-lru')).toEqual([
			expect.stringMatching(/\(maxmemory-policy allkeys-lru\).*Set maxmemory-policy noeviction\.$/),
		]);
	});

	test('name both problems at once', async () => {
		expect(await warningsOf('--maxmemory-policy', 'volatile-ttl')).toHaveLength(2);
	});

	test('are empty if the server does not allow CONFIG', async () => {
		expect(await warningsOf('--rename-command', 'CONFIG', '')).toEqual([]);
	});
});

describe('The clock of a Redis store', () => {
	test.each([-10, 10])(
		"is the server's, so a worker whose clock is %i minutes off gets the same results",
		async (off) => {
			const server = await RedisServer.start();
			const real = Date.now;
			const right = verifierOn(server);
			jest.spyOn(Date, 'now').mockImplementation(() => real() + off * minute);
			const sent = await right.send({ policy: { expiresIn: 60 } });
			const { expiresAt } = sent.verification;
			expect(Math.abs(expiresAt.getTime() - minute - real())).toBeLessThan(5000);
			jest.restoreAllMocks();
			expect((await verifierOn(server).refused()).result).toBe('cooldown');
			jest.spyOn(Date, 'now').mockImplementation(() => real() + off * minute);
			expect(await verifierOn(server).results(sent, wrong(sent.code), sent.code)).toEqual(['invalid_code', 'approved']);
		},
	);
});

describe('Housekeeping in Redis', () => {
	/** The time to live of every key of a server, in seconds. */
	const lifetimes = async (server: RedisServer): Promise<Map<string, number>> => {
		const left = new Map<string, number>();
		for (const key of String(await server.ask('KEYS', '*')).split(','))
			left.set(key, Number(await server.ask('TTL', key)));
		return left;
	};
	const day = 24 * 60 * 60;

	test('is done by Redis: every key has a time to live, after each kind of operation', async () => {
		const server = await RedisServer.start();
		const verifier = verifierOn(server);
		const purposes = ['approved', 'locked', 'canceled', 'failed', 'withdrawn', 'resent'];
		for (const [i, purpose] of purposes.entries()) {
			const to = `+1201555${String(1000 + (i % 2))}`;
			const sent = await verifier.send({ to, purpose });
			if (purpose === 'withdrawn') await verifier.engine.recordSend(sent.ticket, { outcome: 'withdrawn' });
			else await verifier.accepted(sent, `wamid.${i}`);
			const codes = purpose === 'locked' ? wrongCodes(sent.code, 5) : [wrong(sent.code)];
			for (const code of codes) await verifier.check(sent, code, { purpose });
			if (purpose === 'approved') await verifier.check(sent, sent.code, { purpose });
			if (purpose === 'canceled') await verifier.engine.cancel({ ...sent.ticket, namespace: 'default' });
			const status = purpose === 'failed' ? 'failed' : 'read';
			const news = {
				provider: 'dialog360',
				messageId: `wamid.${i}`,
				sendId: sent.ticket.sendId,
				occurredAt: Date.now(),
			};
			await verifier.engine.recordDelivery({ ...news, status });
			await verifier.refused({ to, purpose: 'resent', idempotencyKey: 'again', verificationId: 'A'.repeat(32) });
		}
		await verifier.engine.vault.firstTime('an event');
		await verifier.engine.notes.set('a name', 'a note', day * 1000);
		const kinds = new Set<string | undefined>();
		for (const [key, seconds] of await lifetimes(server)) {
			kinds.add(
				/:(verification|checks|newest|idempotency|send|counter|message|owner|due|mark|note)(:|$)/.exec(key)?.[1],
			);
			const longest = key.includes(':mark:') ? 7 * day : day + 600;
			expect([key, seconds > 0 && seconds <= longest]).toEqual([key, true]);
		}
		expect(kinds.size).toBe(11);
		expect(kinds).not.toContain(undefined);
	});

	test('removes the deleted verifications of a phone with its next code, and keeps its failed checks', async () => {
		const server = await RedisServer.start();
		const clock = new TestClock();
		const connection = new RedisConnection(readRedisUrl(server.url));
		const store = new RedisStore(connection, { place: 'redis.test', clock: clock.read });
		opened.push(store);
		const verifier = new Verifier(new Engine(store, new Keyring([secret])), clock, store);
		const first = await verifier.send();
		await verifier.check(first, wrong(first.code));
		clock.advance(9 * minute);
		const second = await verifier.send({ purpose: 'another' });
		// Six times look like the numbers of a packed line.
		for (const code of wrongCodes(second.code, 5)) await verifier.check(second, code, { purpose: 'another' });
		const key = `whatsapp-otp:{${first.ticket.phoneKey}}:checks`;
		const fields = async () => z.array(z.string()).parse(await connection.send('', ['HKEYS', key]));
		const cooldowns = ['cooldown authentication', 'cooldown another'];
		expect(new Set(await fields())).toEqual(
			new Set([first.ticket.verificationId, second.ticket.verificationId, 'failed', ...cooldowns]),
		);
		// It has expired, so no code is compared with its MAC any more.
		expect(await connection.send('', ['HGET', key, first.ticket.verificationId])).toMatch(/^pending 1 \d+ 0 - /);
		clock.advance(24 * 60 * minute + 2 * minute);
		const third = await verifier.send({ purpose: 'a third' });
		expect(await fields()).toEqual(expect.arrayContaining([third.ticket.verificationId, 'failed', 'cooldown a third']));
		for (const old of [first.ticket.verificationId, ...cooldowns]) expect(await fields()).not.toContain(old);
	});

	test('keeps a verification until a day after its deadline', async () => {
		const server = await RedisServer.start();
		const verifier = verifierOn(server);
		const [ended, pending] = [await verifier.send(), await verifier.send({ to: '+12015550177' })];
		await verifier.check(ended, ended.code);
		const left = await lifetimes(server);
		const secondsOf = ({ ticket: { verificationId } }: typeof ended) =>
			[...left].find(([key]) => key.endsWith(`verification:${verificationId}`))?.[1] ?? 0;
		for (const each of [ended, pending]) expect(Math.abs(secondsOf(each) - day - 600)).toBeLessThan(5);
	});
});

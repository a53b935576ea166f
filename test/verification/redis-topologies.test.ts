import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { readRedisUrl } from '../../verification/stores/redis/connection/address';
import { RedisConnection } from '../../verification/stores/redis/connection/connection';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import type { CountedWindow, VerificationStore } from '../../verification/stores/store';
import { freePort, RedisServer, scratchFolder } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';
import { minute, phoneNumber, type Sent, secret, TestClock, Verifier, wrong } from './verifier';

const { describe, test } = testsThatNeed('Redis', 'openssl');

const opened: RedisStore[] = [];

interface StoreOptions {
	/** Changes the store. */
	about?: (store: VerificationStore) => VerificationStore;
	/** Milliseconds after which a call of a server that does not answer is refused. */
	limit?: number;
}

function verifierAt(url: string, { about = (store) => store, limit = 20_000 }: StoreOptions = {}): Verifier {
	const clock = new TestClock();
	const store = new RedisStore(new RedisConnection(readRedisUrl(url), limit), {
		place: 'redis.test',
		clock: clock.read,
	});
	opened.push(store);
	return new Verifier(new Engine(about(store), new Keyring([secret])), clock, store);
}

afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));
afterAll(() => RedisServer.stopAll());

describe('A cluster', () => {
	let nodes: RedisServer[];
	let url: string;

	beforeAll(async () => {
		const start = async () =>
			RedisServer.start(
				...['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())],
				'--appendonly',
				'yes',
			);
		nodes = await Promise.all([start(), start(), start()]);
		const [first] = nodes;
		for (const [i, node] of nodes.entries()) {
			const [from, to] = [Math.ceil((i * 16_384) / 3), Math.ceil(((i + 1) * 16_384) / 3) - 1];
			await node.ask('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
			const [, bus = ''] =
				/cluster-port\D+(\d+)/.exec(JSON.stringify(await node.ask('CONFIG', 'GET', 'cluster-port'))) ?? [];
			await first?.ask('CLUSTER', 'MEET', '127.0.0.1', String(node.port), bus);
		}
		for (const node of nodes) await node.until(/cluster_state:ok.*cluster_known_nodes:3/, 'CLUSTER', 'INFO');
		url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
	});

	/** Sends to enough phones that every node has at least one. */
	const sendMany = async (verifier: Verifier, from: number, count = 20): Promise<Sent[]> => {
		const sent: Sent[] = [];
		for (let i = 0; i < count; i += 1) sent.push(await verifier.send({ to: phoneNumber(from + i) }));
		return sent;
	};

	test('supports every operation, for phones on every node', async () => {
		const verifier = verifierAt(url);
		expect(await verifier.store.probe()).toEqual([]);
		const many = await sendMany(verifier, 1000);
		for (const [i, sent] of many.entries()) {
			await verifier.accepted(sent, `wamid.${i}`);
			const news = { provider: 'dialog360', messageId: `wamid.${i}`, occurredAt: verifier.clock.now };
			expect(await verifier.engine.recordDelivery({ ...news, status: 'delivered' })).toMatchObject({ isNew: true });
			expect(await verifier.engine.message('dialog360', `wamid.${i}`)).toMatchObject({
				delivery: { status: 'delivered' },
			});
			expect(await verifier.results(sent, wrong(sent.code), sent.code, sent.code)).toEqual([
				'invalid_code',
				'approved',
				'already_used',
			]);
			const { result } = await verifier.check('', sent.code, { to: sent.verification.to });
			expect(result).toBe('already_used');
		}
		verifier.clock.advance(30_000);
		for (const { verification } of many) {
			expect(await verifier.send({ to: verification.to })).toMatchObject({ isResend: false });
		}
		for (const node of nodes) expect(Number(await node.ask('DBSIZE'))).toBeGreaterThan(0);
		// The first message to each phone has arrived. There is no news of the second.
		verifier.clock.advance(3 * minute);
		expect(await verifier.engine.claimDropped('dialog360')).toHaveLength(20);
		expect(await verifier.engine.claimDropped('dialog360')).toEqual([]);
		expect([
			await verifier.engine.vault.firstTime('an event'),
			await verifier.engine.vault.firstTime('an event'),
		]).toEqual([true, false]);
		await verifier.engine.notes.set('a name', 'a note', minute);
		expect(await verifier.engine.notes.get('a name')).toBe('a note');
		await verifier.engine.notes.delete('a name');
		expect(await verifier.engine.notes.get('a name')).toBeUndefined();
	});

	test('counts the failed checks of a caller for phones on every node, and takes none for an approval', async () => {
		const verifier = verifierAt(url);
		const about = { callerIp: '203.0.113.7', limits: { failedChecksPerCallerHour: 3 } };
		const sent = await sendMany(verifier, 1600, 8);
		for (const each of sent.slice(0, 3)) expect((await verifier.check(each, each.code, about)).result).toBe('approved');
		for (const each of sent.slice(0, 3)) await verifier.check(each, wrong(each.code), about);
		const results: string[] = [];
		for (const each of sent.slice(3)) results.push((await verifier.check(each, wrong(each.code), about)).result);
		expect(results).toEqual([...Array<string>(3).fill('invalid_code'), 'rate_limited', 'rate_limited']);
		const { verification, code } = sent[7]!;
		expect(await verifier.check('', code, { ...about, to: verification.to })).toEqual({
			result: 'rate_limited',
			retryAfterSeconds: 3600,
		});
		expect((await verifier.check('', code, { to: verification.to })).result).toBe('approved');
	});

	test('keeps all keys of a phone on one node', async () => {
		await sendMany(verifierAt(url), 1100);
		const held = await Promise.all(
			nodes.map(async (node) => {
				const keys = JSON.stringify(await node.ask('KEYS', '*'));
				return [...new Set(keys.match(/(?<=\{)[0-9a-f]{16}(?=\})/g))];
			}),
		);
		for (const phones of held) expect(phones.length).toBeGreaterThan(0);
		expect(new Set(held.flat()).size).toBe(held.flat().length);
	});

	describe('with a limit that many phones share', () => {
		const window: CountedWindow = {
			counter: 'prefix 4711',
			name: 'sends per prefix in an hour',
			limit: 5,
			windowMs: 3_600_000,
		};
		/** Adds the limit to every send. */
		const limited = (store: VerificationStore): VerificationStore => ({
			verifications: {
				...store.verifications,
				begin: (attempt) => store.verifications.begin({ ...attempt, windows: [window, ...attempt.windows] }),
				recordSend: (report) =>
					store.verifications.recordSend({ ...report, counters: [window.counter, ...report.counters] }),
			},
			keyValue: store.keyValue,
			probe: () => store.probe(),
			close: () => store.close(),
		});

		test('counts a send, takes a withdrawn send off, and names the limit when it is reached', async () => {
			const verifier = verifierAt(url, { about: limited });
			const [first] = await sendMany(verifier, 1200, 3);
			// Neither a refused send nor a replayed one counts.
			for (let i = 0; i < 9; i += 1) {
				expect((await verifier.refused({ to: first!.verification.to })).result).toBe('cooldown');
			}
			const again = { to: phoneNumber(1203), idempotencyKey: 'once' };
			const once = await verifier.send(again);
			await verifier.accepted(once, 'wamid.once');
			for (let i = 0; i < 9; i += 1) expect((await verifier.begin(again)).outcome).toBe('replayed');
			await verifier.engine.recordSend(first!.ticket, { outcome: 'withdrawn' });
			await sendMany(verifier, 1210, 2);
			expect(await verifier.refused({ to: phoneNumber(1299) })).toMatchObject({
				result: 'rate_limited',
				limit: window.name,
				retryAfterSeconds: 3600,
			});
			verifier.clock.advance(window.windowMs);
			await sendMany(verifier, 1220, 5);
		});

		test('holds when all sends come at once', async () => {
			const verifier = verifierAt(url, { about: limited });
			verifier.clock.advance(48 * 3_600_000);
			const numbers = Array.from({ length: 30 }, (_, i) => phoneNumber(1300 + i));
			const issued = await Promise.all(numbers.map((to) => verifier.begin({ to })));
			expect(issued.filter(({ outcome }) => outcome === 'begun')).toHaveLength(window.limit);
		});
	});

	test('refuses for a node that is down, and has lost nothing when the node is back', async () => {
		const verifier = verifierAt(url, { limit: 2000 });
		const sent = await sendMany(verifier, 1400, 12);
		for (const each of sent) expect(await verifier.results(each, wrong(each.code))).toEqual(['invalid_code']);
		await nodes[1]!.signal('SIGKILL');
		const lost: unknown[] = [];
		for (const each of sent) await verifier.get(each).catch((error: unknown) => lost.push(error));
		expect(lost.length).toBeGreaterThan(0);
		for (const error of lost)
			expect(String(error)).toMatch(/^StoreUnavailableError: The verification store at redis\.test /);
		await nodes[1]!.launch();
		for (const node of nodes) await node.until(/cluster_state:ok/, 'CLUSTER', 'INFO');
		for (const each of sent) {
			expect(await verifier.check(each, each.code)).toMatchObject({
				result: 'approved',
				verification: { attemptsRemaining: 3 },
			});
		}
	});

	test('explains how to write its URL if it was entered as one server', async () => {
		const verifier = verifierAt(nodes[0]!.url);
		const refused = sendMany(verifier, 1500);
		await expect(refused).rejects.toThrow(/is one node of a cluster$/);
		await expect(refused).rejects.toHaveProperty('fix', expect.stringContaining('redis+cluster://'));
	});
});

describe('A primary behind Sentinels', () => {
	let primary: RedisServer;
	let sentinel: RedisServer;

	beforeEach(async () => {
		primary = await RedisServer.start('--repl-diskless-sync-delay', '0');
		const replica = await RedisServer.start('--replicaof', '127.0.0.1', String(primary.port));
		await replica.until(/master_link_status:up/, 'INFO', 'replication');
		const file = join(scratchFolder(), 'sentinel.conf');
		writeFileSync(
			file,
			[
				`sentinel monitor mymaster 127.0.0.1 ${primary.port} 1`,
				'sentinel down-after-milliseconds mymaster 60000',
				'sentinel failover-timeout mymaster 3000',
			].join('\n'),
		);
		sentinel = await RedisServer.startOn(await freePort(), file, '--sentinel');
		await sentinel.until(/"127.0.0.1:\d+"/, 'SENTINEL', 'REPLICAS', 'mymaster');
	});

	test('is found, and after a failover the new primary is found, with the count of attempts', async () => {
		const verifier = verifierAt(`redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/mymaster`, { limit: 2000 });
		const sent = await verifier.send();
		expect(await verifier.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		// WAIT would not do: it covers only the writes of the connection that calls it.
		await primary.until(/slave0:\S*offset=(\d+),[\s\S]*master_repl_offset:\1\b/, 'INFO', 'replication');
		await sentinel.ask('SENTINEL', 'SET', 'mymaster', 'down-after-milliseconds', '300');
		await primary.signal('SIGKILL');
		await expect(verifier.check(sent, sent.code)).rejects.toMatchObject({ code: 'store_unavailable' });
		await sentinel.until(new RegExp(`^(?!.*"${primary.port}")`), 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster');
		expect(await verifier.check(sent, sent.code)).toMatchObject({
			result: 'approved',
			verification: { attemptsRemaining: 3 },
		});
	});

	test('is not found under another name', async () => {
		const verifier = verifierAt(`redis+sentinel://127.0.0.1:${sentinel.port}/other`);
		await expect(verifier.send()).rejects.toThrow(/knows no primary of this name$/);
	});

	test('is found if the Sentinels have a password', async () => {
		await sentinel.ask('CONFIG', 'SET', 'requirepass', 'open sesame').catch(() => undefined);
		await sentinel.ask('ACL', 'SETUSER', 'default', 'resetpass', '>open sesame');
		const address = `redis+sentinel://127.0.0.1:${sentinel.port}/mymaster`;
		await expect(verifierAt(address).send()).rejects.toThrow(/requires a password$/);
		expect((await verifierAt(`${address}?sentinelPassword=open+sesame`).send()).isResend).toBe(false);
	});
});

describe('A server that speaks TLS', () => {
	let address: string;
	let certificate: string;

	beforeAll(async () => {
		const folder = scratchFolder();
		const [key, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
		const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
		const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
		execFileSync(
			'openssl',
			['req', '-x509', '-nodes', '-days', '2', ...curve, ...subject, '-keyout', key, '-out', file],
			{
				stdio: 'ignore',
			},
		);
		certificate = readFileSync(file, 'utf8');
		const port = await freePort();
		const files = ['--tls-cert-file', file, '--tls-key-file', key, '--tls-auth-clients', 'no'];
		await RedisServer.startOn(port, '--port', '0', '--tls-port', String(port), ...files);
		address = `rediss://127.0.0.1:${port}`;
	});

	test('is refused until its certificate is trusted', async () => {
		await expect(verifierAt(address).send()).rejects.toThrow(/has a self-signed certificate$/);
		setDefaultCACertificates([...getCACertificates(), certificate]);
		const verifier = verifierAt(address);
		const sent = await verifier.send();
		expect(await verifier.results(sent, wrong(sent.code), sent.code)).toEqual(['invalid_code', 'approved']);
	});

	test('cannot be used without TLS', async () => {
		await expect(verifierAt(address.replace('rediss', 'redis'), { limit: 1000 }).send()).rejects.toMatchObject({
			code: 'store_unavailable',
		});
	});
});

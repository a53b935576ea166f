import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import { Engine } from '../../verification/engine';
import { StoreUnavailableError } from '../../verification/errors';
import { Keyring } from '../../verification/keys';
import { readRedisUrl } from '../../verification/stores/redis/connection/address';
import { RedisConnection } from '../../verification/stores/redis/connection/connection';
import { explainRedisError } from '../../verification/stores/redis/errors';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import { RedisReplyError } from '../../verification/stores/redis/transport';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';
import { secret, type Sent, TestClock, Verifier, wrong } from './verifier';

const { describe, test } = testsThatNeed('Redis');

/** Milliseconds. Where nothing answers, the test waits for it. Everywhere else, a busy machine must not reach it. */
const timeoutMs = { ofSilence: 400, ofHang: 2000, other: 60_000 };

const opened: RedisStore[] = [];

/** An engine on the Redis at this address. Its clock is the server's. */
function verifierAt(url: string, timeout = timeoutMs.other): Verifier {
	const store = new RedisStore(new RedisConnection(readRedisUrl(url), timeout), { place: 'redis.test' });
	opened.push(store);
	return new Verifier(new Engine(store, new Keyring([secret])), new TestClock(), store);
}

afterEach(async () => {
	await Promise.all(opened.splice(0).map((store) => store.close()));
	await RedisServer.stopAll();
});

/** Expects that every operation fails with this sentence. */
async function expectRefusals(verifier: Verifier, sentence: RegExp, sent?: Sent): Promise<void> {
	const id = sent?.ticket.verificationId ?? 'A'.repeat(32);
	const operations = [
		() => verifier.begin({ to: '+12015550177' }),
		() => verifier.check(id, sent?.code ?? '123456'),
		() => verifier.get(id),
		() => verifier.engine.cancel({ verificationId: id, namespace: 'default' }),
		() => verifier.engine.vault.firstTime('an event'),
		() => verifier.engine.notes.set('a name', 'a note', 1),
		() => verifier.engine.notes.get('a name'),
		() => verifier.engine.notes.delete('a name'),
		() => verifier.engine.claimDropped('dialog360'),
		() => verifier.store.probe(),
	];
	const refusalOf = (operate: () => Promise<unknown>): Promise<unknown> =>
		operate().then(
			(answer) => ({ answer }),
			(error: unknown) => error,
		);
	// All at once, since each one waits where nothing answers. Then one more, on another connection.
	const refusals = await Promise.all(operations.map(refusalOf));
	for (const operate of operations.slice(-1)) refusals.push(await refusalOf(operate));
	for (const refusal of refusals) {
		expect(refusal).toBeInstanceOf(StoreUnavailableError);
		if (!(refusal instanceof StoreUnavailableError)) continue;
		expect(refusal.message).toMatch(sentence);
		expect(refusal.fix).toMatch(/^\S.{10,}$/);
		expect(String(refusal)).not.toContain('open sesame');
	}
}

describe('The error about a Redis that cannot be used', () => {
	test('says that the connection was refused if nothing listens', async () => {
		const server = await RedisServer.start();
		await server.stop();
		await expectRefusals(verifierAt(server.url), /at redis\.test refused the connection$/);
	});

	test('says that an unknown host name was not found', async () => {
		await expectRefusals(verifierAt('redis://redis.invalid'), /at redis\.test (was not found|could not be looked up)$/);
	});

	test('says that another kind of server answers', async () => {
		const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
		await once(web, 'listening');
		await expectRefusals(
			verifierAt(`redis://127.0.0.1:${portOf(web)}`),
			/at redis\.test (did not answer like a Redis server|closed)/,
		);
		web.close();
	});

	test('says that a server accepts the connection and does not answer', async () => {
		const sockets: Socket[] = [];
		const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
		await once(silent, 'listening');
		const verifier = verifierAt(`redis://127.0.0.1:${portOf(silent)}`, timeoutMs.ofSilence);
		await expectRefusals(verifier, /at redis\.test did not answer within/);
		for (const socket of sockets) socket.destroy();
		silent.close();
	});

	test('says that the server does not speak TLS', async () => {
		const server = await RedisServer.start();
		const verifier = verifierAt(server.url.replace('redis:', 'rediss:'), timeoutMs.ofSilence);
		await expectRefusals(verifier, /at redis\.test did not answer to TLS$/);
	});

	test.each([
		['a wrong password', 'redis://:another@', /refused the user name or password$/],
		['no password', 'redis://', /requires a password$/],
		['an unknown user', 'redis://unknown:open%20sesame@', /refused the user name or password$/],
	])('says what is wrong with the login: %s', async (_, scheme, sentence) => {
		const server = await RedisServer.start('--requirepass', 'open sesame');
		await expectRefusals(verifierAt(server.url.replace('redis://', scheme)), sentence);
	});

	test('says that a server without a password refused one', async () => {
		const server = await RedisServer.start();
		await expectRefusals(
			verifierAt(server.url.replace('redis://', 'redis://:open%20sesame@')),
			/refused the user name or password$/,
		);
	});

	test('says that there is no database of this number', async () => {
		const server = await RedisServer.start();
		await expectRefusals(verifierAt(`${server.url}/99`), /has no database of this number$/);
	});
});

describe('A Redis that cannot write', () => {
	let server: RedisServer;
	let sent: Sent;

	const startWith = async (...settings: string[]) => {
		server = await RedisServer.start(...settings);
		sent = await verifierAt(server.url).send();
	};

	/** A refused operation has changed nothing: the code is still valid, with all but one attempt after this check. */
	const expectUnchanged = async () => {
		const verifier = verifierAt(server.url);
		expect(await verifier.check(sent, sent.code)).toMatchObject({
			result: 'approved',
			verification: { attemptsRemaining: 4 },
		});
	};

	test('is reported when its memory is full', async () => {
		await startWith('--maxmemory-policy', 'noeviction');
		await server.ask('CONFIG', 'SET', 'maxmemory', '1');
		const verifier = verifierAt(server.url);
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/has used up its memory$/);
		await expect(verifier.check(sent, wrong(sent.code))).rejects.toThrow(/has used up its memory$/);
		await expect(verifier.send({ to: '+12015550177' })).rejects.toThrow(/has used up its memory$/);
		await expect(verifier.store.probe()).rejects.toThrow(/has used up its memory$/);
		await server.ask('CONFIG', 'SET', 'maxmemory', '0');
		await expectUnchanged();
	});

	test('is reported when it is a replica', async () => {
		await startWith();
		const primary = await RedisServer.start();
		await server.ask('REPLICAOF', '127.0.0.1', String(primary.port));
		const verifier = verifierAt(server.url);
		await expect(verifier.send({ to: '+12015550177' })).rejects.toThrow(/is a read-only replica$/);
		await expect(verifier.store.probe()).rejects.toThrow(/is a read-only replica$/);
	});

	test('refuses one command, and the others on the connection do not look refused: they may be done', async () => {
		await startWith();
		const primary = await RedisServer.start();
		await server.ask('REPLICAOF', '127.0.0.1', String(primary.port));
		const connection = new RedisConnection(readRedisUrl(server.url), timeoutMs.other);
		const commands = [
			['SET', 'a key', 'a value'],
			['XREAD', 'BLOCK', '0', 'STREAMS', 'a stream', '$'],
		];
		const answers = await Promise.allSettled(commands.map((command) => connection.send('a key', command)));
		await connection.close();
		const errors = answers.map((each): unknown => (each.status === 'rejected' ? each.reason : undefined));
		expect(errors.map((error) => error instanceof RedisReplyError)).toEqual([true, false]);
		for (const error of errors) {
			expect(explainRedisError(error, 'redis.test').message).toMatch(/is a read-only replica$/);
		}
	});

	test('is reported when its disk cannot be written', async () => {
		await startWith('--save', '3600 1');
		await rm(server.folder, { recursive: true });
		await server.ask('BGSAVE');
		await server.until(/rdb_last_bgsave_status:err/, 'INFO', 'persistence');
		const verifier = verifierAt(server.url);
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/cannot write to its disk$/);
		await expect(verifier.store.probe()).rejects.toThrow(/cannot write to its disk$/);
		await server.ask('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no');
		await expectUnchanged();
	});

	test('is reported when it has lost the replicas that it must have', async () => {
		await startWith();
		await server.ask('CONFIG', 'SET', 'min-replicas-to-write', '1');
		await expect(verifierAt(server.url).check(sent, sent.code)).rejects.toThrow(/has too few replicas/);
		await server.ask('CONFIG', 'SET', 'min-replicas-to-write', '0');
		await expectUnchanged();
	});

	test('is reported when the user lacks rights', async () => {
		await startWith();
		await server.ask('ACL', 'SETUSER', 'n8n', 'on', '>open sesame', '~*', '+get', '+evalsha', '+eval');
		const verifier = verifierAt(server.url.replace('redis://', 'redis://n8n:open%20sesame@'));
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(
			/does not give this user all the rights that are needed$/,
		);
		await expectUnchanged();
	});

	/** The rights that the error about missing rights lists. */
	const listedRights = () => {
		const { fix } = explainRedisError(new RedisReplyError('NOPERM'), 'redis.test');
		const [, commands = ''] = /^Allow the user (.*) on keys that begin with whatsapp-otp:$/.exec(fix) ?? [];
		return commands.split(/, | and /).map((command) => `+${command.toLowerCase()}`);
	};

	test.each(listedRights())('leaves no key without a time to live when the user lacks %s', async (lacking) => {
		await startWith();
		const rights = listedRights().filter((right) => right !== lacking);
		await server.ask('ACL', 'SETUSER', 'n8n', 'on', '>open sesame', '~whatsapp-otp:*', ...rights);
		const verifier = verifierAt(server.url.replace('redis://', 'redis://n8n:open%20sesame@'));
		await verifier.send({ to: '+12015550177' }).catch(() => undefined);
		const keys = z.array(z.string()).parse(await server.ask('KEYS', '*:checks'));
		for (const key of keys) expect([key, Number(await server.ask('PTTL', key)) > 0]).toEqual([key, true]);
		expect(keys.length).toBeGreaterThan(0);
	});

	test('works with exactly the listed rights, which the documentation lists, too', async () => {
		await startWith();
		const rights = listedRights();
		expect(readFileSync('docs/operations.md', 'utf8')).toContain(`~whatsapp-otp:* ${rights.join(' ')} `);
		await server.ask('ACL', 'SETUSER', 'n8n', 'on', '>open sesame', '~whatsapp-otp:*', ...rights);
		const verifier = verifierAt(server.url.replace('redis://', 'redis://n8n:open%20sesame@'));
		expect(await verifier.store.probe()).toEqual([]);
		const next = await verifier.send({ to: '+12015550177' });
		await verifier.accepted(next, 'wamid.1');
		expect(await verifier.results(next, wrong(next.code), next.code)).toEqual(['invalid_code', 'approved']);
		expect(await verifier.engine.vault.firstTime('an event')).toBe(true);
		// This send is due at once.
		await verifier.send({ to: '+12015550178', messageTtl: -15 });
		expect(await verifier.engine.claimDropped('dialog360')).toHaveLength(1);
	});
});

describe('A Redis that fails and comes back', () => {
	let server: RedisServer;
	let verifier: Verifier;
	let sent: Sent;

	beforeEach(async () => {
		server = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
		verifier = verifierAt(server.url);
		sent = await verifier.send();
	});

	test('refuses while it is down, and works again after its restart, though it has lost the scripts', async () => {
		await server.signal('SIGKILL');
		await expectRefusals(verifier, /refused the connection$|closed the connection/, sent);
		await server.launch();
		expect(await verifier.results(sent, wrong(sent.code), sent.code)).toEqual(['invalid_code', 'approved']);
	});

	test('ends each check in time while it hangs, approves none, and keeps the count of attempts', async () => {
		const impatient = verifierAt(server.url, timeoutMs.ofHang);
		expect(await impatient.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		await server.signal('SIGSTOP');
		const begun = Date.now();
		await expect(impatient.check(sent, sent.code)).rejects.toThrow(/did not answer within 2 seconds$/);
		await expect(impatient.check(sent, sent.code)).rejects.toThrow(/did not answer within/);
		expect(Date.now() - begun).toBeLessThan(5 * timeoutMs.ofHang);
		await server.signal('SIGCONT');
		// The server had received the first of them, so it may have decided it.
		expect(['approved', 'already_used']).toContain((await verifier.check(sent, sent.code)).result);
	});

	test('works after it has lost its scripts', async () => {
		expect(await verifier.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		await server.ask('SCRIPT', 'FLUSH');
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('works after it has closed idle connections', async () => {
		await server.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
		await server.until(/connected_clients:1\b/, 'INFO', 'clients');
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});
});

describe('A check whose answer is lost', () => {
	test('throws, and its attempt counts', async () => {
		const server = await RedisServer.start();
		const lossy = await LossyProxy.start(server.port);
		const verifier = verifierAt(`redis://127.0.0.1:${lossy.port}`);
		const [one, other] = [await verifier.send(), await verifier.send({ to: '+12015550177' })];
		for (const sent of [one, other]) expect(await verifier.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		lossy.loses = true;
		await expect(verifier.check(one, wrong(one.code))).rejects.toThrow(/closed the connection before it answered$/);
		await expect(verifier.check(other, other.code)).rejects.toThrow(StoreUnavailableError);
		lossy.loses = false;
		expect(await verifier.get(one)).toMatchObject({ status: 'pending', attemptsRemaining: 3 });
		expect(await verifier.results(one, one.code)).toEqual(['approved']);
		// The server has evaluated the lost check, so the code is used.
		expect((await verifier.check(other, other.code)).result).toBe('already_used');
		lossy.stop();
	});
});

/** Passes commands on to a Redis. While `loses` is set, it closes the connection instead of passing on the answer. */
class LossyProxy {
	loses = false;
	private readonly sockets = new Set<Socket>();

	private constructor(private readonly server: Server) {}

	get port(): number {
		return portOf(this.server);
	}

	static async start(port: number): Promise<LossyProxy> {
		const server = createServer();
		const proxy = new LossyProxy(server);
		server.on('connection', (client) => {
			const upstream = connect(port, '127.0.0.1');
			for (const socket of [client, upstream]) {
				proxy.sockets.add(socket);
				socket.on('error', () => undefined);
			}
			let commands = 0;
			client.on('data', (chunk) => {
				commands += 1;
				upstream.write(chunk);
			});
			// The commands of connecting, such as SELECT, are answered. The first command after them is not.
			upstream.on('data', (chunk) => (proxy.loses && commands > 0 ? client.destroy() : client.write(chunk)));
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return proxy;
	}

	stop(): void {
		for (const socket of this.sockets) socket.destroy();
		this.server.close();
	}
}

function portOf(server: Server): number {
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('It has no port');
	return address.port;
}

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

/** Milliseconds; short, so that tests of waiting end soon. */
const patience = 400;

const opened: RedisStore[] = [];

/** An engine on the Redis at this address, by the server's own clock. */
function verifierAt(url: string): Verifier {
	const store = new RedisStore(new RedisConnection(readRedisUrl(url), patience), { place: 'redis.test' });
	opened.push(store);
	return new Verifier(new Engine(store, new Keyring([secret])), new TestClock(), store);
}

afterEach(async () => {
	await Promise.all(opened.splice(0).map((store) => store.close()));
	await RedisServer.stopAll();
});

/** Whatever is asked of the store is refused with this sentence. */
async function refuses(verifier: Verifier, sentence: RegExp, sent?: Sent): Promise<void> {
	const id = sent?.ticket.verificationId ?? 'A'.repeat(32);
	const asked = [
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
	for (const ask of asked) {
		const refusal: unknown = await ask().then(
			(answer) => ({ answer }),
			(error: unknown) => error,
		);
		expect(refusal).toBeInstanceOf(StoreUnavailableError);
		if (!(refusal instanceof StoreUnavailableError)) continue;
		expect(refusal.message).toMatch(sentence);
		expect(refusal.fix).toMatch(/^\S.{10,}$/);
		expect(String(refusal)).not.toContain('open sesame');
	}
}

describe('A Redis that can not be asked', () => {
	test('is not there', async () => {
		const server = await RedisServer.start();
		await server.stop();
		await refuses(verifierAt(server.url), /at redis\.test refused the connection$/);
	});

	test('has a name that nobody knows', async () => {
		await refuses(verifierAt('redis://redis.invalid'), /at redis\.test (was not found|could not be looked up)$/);
	});

	test('is something else that answers', async () => {
		const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
		await once(web, 'listening');
		await refuses(verifierAt(`redis://127.0.0.1:${portOf(web)}`), /at redis\.test (did not answer as a Redis|broke)/);
		web.close();
	});

	test('takes the connection and says nothing', async () => {
		const sockets: Socket[] = [];
		const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
		await once(silent, 'listening');
		await refuses(verifierAt(`redis://127.0.0.1:${portOf(silent)}`), /at redis\.test did not answer within/);
		for (const socket of sockets) socket.destroy();
		silent.close();
	});

	test('does not speak TLS', async () => {
		const server = await RedisServer.start();
		await refuses(verifierAt(server.url.replace('redis:', 'rediss:')), /at redis\.test did not answer to TLS$/);
	});

	test.each([
		['wrong', 'redis://:another@', /refused the user name or password$/],
		['not given', 'redis://', /asks for a password$/],
		['of an unknown user', 'redis://nobody:open%20sesame@', /refused the user name or password$/],
	])('asks for a password that is %s', async (_, scheme, sentence) => {
		const server = await RedisServer.start('--requirepass', 'open sesame');
		await refuses(verifierAt(server.url.replace('redis://', scheme)), sentence);
	});

	test('asks for no password where one is given', async () => {
		const server = await RedisServer.start();
		await refuses(
			verifierAt(server.url.replace('redis://', 'redis://:open%20sesame@')),
			/refused the user name or password$/,
		);
	});

	test('has fewer databases', async () => {
		const server = await RedisServer.start();
		await refuses(verifierAt(`${server.url}/99`), /has no database of this number$/);
	});
});

describe('A Redis that can not write', () => {
	let server: RedisServer;
	let sent: Sent;

	const startWith = async (...settings: string[]) => {
		server = await RedisServer.start(...settings);
		sent = await verifierAt(server.url).send();
	};

	/** What was refused has changed nothing: the code is as good as before. */
	const isUnharmed = async () => {
		const verifier = verifierAt(server.url);
		expect(await verifier.check(sent, sent.code)).toMatchObject({
			result: 'approved',
			verification: { attemptsRemaining: 4 },
		});
	};

	test('has used up its memory', async () => {
		await startWith('--maxmemory-policy', 'noeviction');
		await server.ask('CONFIG', 'SET', 'maxmemory', '1');
		const verifier = verifierAt(server.url);
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/has used up its memory$/);
		await expect(verifier.check(sent, wrong(sent.code))).rejects.toThrow(/has used up its memory$/);
		await expect(verifier.send({ to: '+12015550177' })).rejects.toThrow(/has used up its memory$/);
		await expect(verifier.store.probe()).rejects.toThrow(/has used up its memory$/);
		await server.ask('CONFIG', 'SET', 'maxmemory', '0');
		await isUnharmed();
	});

	test('is a replica', async () => {
		await startWith();
		const primary = await RedisServer.start();
		await server.ask('REPLICAOF', '127.0.0.1', String(primary.port));
		const verifier = verifierAt(server.url);
		await expect(verifier.send({ to: '+12015550177' })).rejects.toThrow(/is a read-only replica$/);
		await expect(verifier.store.probe()).rejects.toThrow(/is a read-only replica$/);
	});

	test('can not write its disk', async () => {
		await startWith('--save', '3600 1');
		await rm(server.folder, { recursive: true });
		await server.ask('BGSAVE');
		await server.until(/rdb_last_bgsave_status:err/, 'INFO', 'persistence');
		const verifier = verifierAt(server.url);
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/can not write to its disk$/);
		await expect(verifier.store.probe()).rejects.toThrow(/can not write to its disk$/);
		await server.ask('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no');
		await isUnharmed();
	});

	test('lost the replicas that it must have', async () => {
		await startWith();
		await server.ask('CONFIG', 'SET', 'min-replicas-to-write', '1');
		await expect(verifierAt(server.url).check(sent, sent.code)).rejects.toThrow(/has too few replicas/);
		await server.ask('CONFIG', 'SET', 'min-replicas-to-write', '0');
		await isUnharmed();
	});

	test('lets this user do too little', async () => {
		await startWith();
		await server.ask('ACL', 'SETUSER', 'n8n', 'on', '>open sesame', '~*', '+get', '+evalsha', '+eval');
		const verifier = verifierAt(server.url.replace('redis://', 'redis://n8n:open%20sesame@'));
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/does not let this user do all that is needed$/);
		await isUnharmed();
	});

	/** As the message to whoever lacks one of them has them. */
	const rightsTold = () => {
		const { fix } = explainRedisError(new RedisReplyError('NOPERM'), 'redis.test');
		const [, commands = ''] = /^Allow the user (.*) on keys that begin with whatsapp-otp:$/.exec(fix) ?? [];
		return commands.split(/, | and /).map((command) => `+${command.toLowerCase()}`);
	};

	test.each(rightsTold())('leaves nothing without an end where this user lacks %s', async (lacking) => {
		await startWith();
		const rights = rightsTold().filter((right) => right !== lacking);
		await server.ask('ACL', 'SETUSER', 'n8n', 'on', '>open sesame', '~whatsapp-otp:*', ...rights);
		const verifier = verifierAt(server.url.replace('redis://', 'redis://n8n:open%20sesame@'));
		await verifier.send({ to: '+12015550177' }).catch(() => undefined);
		const keys = z.array(z.string()).parse(await server.ask('KEYS', '*:checks'));
		for (const key of keys) expect([key, Number(await server.ask('PTTL', key)) > 0]).toEqual([key, true]);
		expect(keys.length).toBeGreaterThan(0);
	});

	test('lets this user do just enough', async () => {
		await startWith();
		const rights = rightsTold();
		expect(readFileSync('docs/operations.md', 'utf8')).toContain(`~whatsapp-otp:* ${rights.join(' ')} `);
		await server.ask('ACL', 'SETUSER', 'n8n', 'on', '>open sesame', '~whatsapp-otp:*', ...rights);
		const verifier = verifierAt(server.url.replace('redis://', 'redis://n8n:open%20sesame@'));
		expect(await verifier.store.probe()).toEqual([]);
		const next = await verifier.send({ to: '+12015550177' });
		await verifier.accepted(next, 'wamid.1');
		expect(await verifier.results(next, wrong(next.code), next.code)).toEqual(['invalid_code', 'approved']);
		expect(await verifier.engine.vault.firstTime('an event')).toBe(true);
		// Due at once.
		await verifier.send({ to: '+12015550178', messageTtl: -15 });
		expect(await verifier.engine.claimDropped('dialog360')).toHaveLength(1);
	});
});

describe('A Redis that goes away and comes back', () => {
	let server: RedisServer;
	let verifier: Verifier;
	let sent: Sent;

	beforeEach(async () => {
		server = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
		verifier = verifierAt(server.url);
		sent = await verifier.send();
	});

	test('is refused while it is down, and found again without a word, though it knows no script any more', async () => {
		await server.signal('SIGKILL');
		await refuses(verifier, /refused the connection$|broke the connection off/, sent);
		await server.launch();
		expect(await verifier.results(sent, wrong(sent.code), sent.code)).toEqual(['invalid_code', 'approved']);
	});

	test('hangs: each check ends in time, none is approved, and what was counted stays counted', async () => {
		expect(await verifier.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		await server.signal('SIGSTOP');
		const begun = Date.now();
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/did not answer within 0\.4 seconds$/);
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/did not answer within/);
		expect(Date.now() - begun).toBeLessThan(5 * patience);
		await server.signal('SIGCONT');
		// The first of them was on its way: it may have been done.
		expect(['approved', 'already_used']).toContain((await verifier.check(sent, sent.code)).result);
	});

	test('forgets its scripts', async () => {
		expect(await verifier.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		await server.ask('SCRIPT', 'FLUSH');
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('closes what was idle', async () => {
		await server.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
		await server.until(/connected_clients:1\b/, 'INFO', 'clients');
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});
});

describe('A check whose answer is lost on the way', () => {
	test('throws, and its attempt stays counted', async () => {
		const server = await RedisServer.start();
		const lossy = await LossyProxy.start(server.port);
		const verifier = verifierAt(`redis://127.0.0.1:${lossy.port}`);
		const [one, other] = [await verifier.send(), await verifier.send({ to: '+12015550177' })];
		for (const sent of [one, other]) expect(await verifier.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		lossy.loses = true;
		await expect(verifier.check(one, wrong(one.code))).rejects.toThrow(/broke the connection off before it answered$/);
		await expect(verifier.check(other, other.code)).rejects.toThrow(StoreUnavailableError);
		lossy.loses = false;
		expect(await verifier.get(one)).toMatchObject({ status: 'pending', attemptsRemaining: 3 });
		expect(await verifier.results(one, one.code)).toEqual(['approved']);
		// It had been evaluated, or had not reached the server; approved twice it is not.
		expect((await verifier.check(other, other.code)).result).toBe('already_used');
		lossy.stop();
	});
});

/** Passes commands on to a Redis and, while it loses, breaks off where the answer would come. */
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
			// SELECT and the like when it connects are answered; the command after them is not.
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

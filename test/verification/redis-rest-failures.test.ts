import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { startRedisRest, type RedisRest } from '../../sandbox/upstash';
import { Engine } from '../../verification/engine';
import { StoreUnavailableError } from '../../verification/errors';
import { Keyring } from '../../verification/keys';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import { restTransport, type RestClient } from '../../verification/stores/redis/rest-transport';
import { RedisServer } from '../support/redis-server';
import { describeWith } from '../support/required-tools';
import { throughAxios } from '../support/rest-client';
import { secret, TestClock, Verifier, wrong } from './verifier';

const token = 'a token of the tests';

/** Milliseconds. The test of a silent server waits for it. Everywhere else, a busy machine must not reach it. */
const timeoutMs = { ofSilence: 400, other: 60_000 };

/** An engine on the REST server at this address. Its clock is that of the Redis. */
function verifierAt(url: string, bearer = token, client = throughAxios, timeout = timeoutMs.other): Verifier {
	const store = new RedisStore(restTransport({ url, token: bearer }, client, timeout), { place: 'rest.test' });
	return new Verifier(new Engine(store, new Keyring([secret])), new TestClock(), store);
}

/** Expects that every operation fails with this sentence. */
async function expectRefusals(verifier: Verifier, sentence: RegExp): Promise<void> {
	const operations = [
		() => verifier.begin(),
		() => verifier.check('A'.repeat(32), '123456'),
		() => verifier.get('A'.repeat(32)),
		() => verifier.store.probe(),
	];
	// All at once: where nothing answers, each one waits.
	const refusals = operations.map(async (operate) => {
		const refusal = operate();
		await expect(refusal).rejects.toBeInstanceOf(StoreUnavailableError);
		await expect(refusal).rejects.toThrow(sentence);
		await expect(refusal).rejects.not.toThrow(token);
	});
	await Promise.all(refusals);
}

describe('The error about a REST server that cannot be used', () => {
	const servers: Server[] = [];

	const listening = async (answer: RequestListener): Promise<string> => {
		const server = createServer(answer).listen(0, '127.0.0.1');
		servers.push(server);
		await once(server, 'listening');
		const address = server.address();
		return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
	};
	afterEach(() => {
		for (const server of servers.splice(0)) {
			server.closeAllConnections();
			server.close();
		}
	});

	test('says that the connection was refused if nothing listens', async () => {
		const url = await listening(() => undefined);
		servers.pop()?.close();
		await expectRefusals(verifierAt(url), /at rest\.test refused the connection$/);
	});

	test('says that the server did not answer in time', async () => {
		const url = await listening(() => undefined);
		const verifier = verifierAt(url, token, throughAxios, timeoutMs.ofSilence);
		await expectRefusals(verifier, /at rest\.test did not answer in time$/);
	});

	test('says that the server closed the connection', async () => {
		await expectRefusals(verifierAt(await listening(({ socket }) => socket.destroy())), /closed the connection/);
	});

	test.each([
		[404, '<h1>Not Found</h1>'],
		[502, '{"message":"bad gateway"}'],
		[200, 'ok'],
		[200, '[]'],
	])('says that the answer %i with %s is not the REST protocol', async (status, body) => {
		const url = await listening((_, response) => response.writeHead(status).end(body));
		await expectRefusals(verifierAt(url), /at rest\.test does not speak the REST protocol of Upstash$/);
	});

	test('is thrown if the answer to a check has another form', async () => {
		const texts = [
			'{}',
			// A text for a number, a word too few, a word too many, an unknown state, and an approval that ended nothing.
			'approved x 5 1764246050000 key d6  ',
			'approved 1 5 1764246050000 key d6 ',
			'approved 1 5 1764246050000 key d6   ',
			'accepted 1 5 1764246050000 key d6  ',
			'pending 1 5 0 key d6  ',
		];
		const approvals = texts.map((text) => ['approved', 0, text]);
		for (const result of ['approved', null, 1, [], {}, ['approved', 1, '{}'], ['approved'], ...approvals]) {
			const url = await listening((_, response) => response.end(JSON.stringify({ result })));
			await expect(verifierAt(url).check('A'.repeat(32), '123456')).rejects.toBeInstanceOf(StoreUnavailableError);
		}
	});
});

describeWith(['Redis'], 'A Redis behind REST', () => {
	let redis: RedisServer;
	let rest: RedisRest;

	beforeEach(async () => {
		redis = await RedisServer.start();
		rest = await startRedisRest({ redis: redis.url, token });
	});
	afterEach(async () => {
		await rest.stop();
		await RedisServer.stopAll();
	});

	test('refuses another token', async () => {
		await expectRefusals(verifierAt(rest.url, 'another token'), /at rest\.test does not accept the token$/);
	});

	test.each([
		['a page', 'Bad Gateway'],
		['a JSON error', { error: 'upstream timed out' }],
	])('gets no check a second time if a gateway answers with %s', async (_, body) => {
		const behind = verifierAt(rest.url);
		const sent = [await behind.send(), await behind.send({ to: '+12015550177' })];
		// After this the server knows the script.
		await behind.check(sent[0]!, wrong(sent[0]!.code));
		const gateway: RestClient = async (request) => {
			await throughAxios(request);
			return { status: 502, body };
		};
		const verifier = verifierAt(rest.url, token, gateway);
		const checks = await Promise.allSettled(sent.map((each) => verifier.check(each, wrong(each.code))));
		expect(checks.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		const left = await Promise.all(sent.map((each) => behind.get(each)));
		expect(left.map((verification) => verification?.attemptsRemaining)).toEqual([3, 4]);
	});

	test('passes on the errors of Redis', async () => {
		const sent = await verifierAt(rest.url).send();
		await redis.ask('CONFIG', 'SET', 'maxmemory', '1');
		await expect(verifierAt(rest.url).check(sent, sent.code)).rejects.toThrow(/has used up its memory$/);
		await redis.ask('CONFIG', 'SET', 'maxmemory', '0');
		expect(await verifierAt(rest.url).results(sent, sent.code)).toEqual(['approved']);
	});

	test('works after it has lost the scripts', async () => {
		const verifier = verifierAt(rest.url);
		const sent = await verifier.send();
		expect(await verifier.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		await redis.ask('SCRIPT', 'FLUSH');
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});
});

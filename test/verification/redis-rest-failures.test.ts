import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { startRedisRest, type RedisRest } from '../../sandbox/upstash';
import { Engine } from '../../verification/engine';
import { StoreUnavailableError } from '../../verification/errors';
import { Keyring } from '../../verification/keys';
import { RedisStore } from '../../verification/stores/redis/redis-store';
import { restLink, type RestClient } from '../../verification/stores/redis/rest-transport';
import { RedisServer } from '../support/redis-server';
import { describeWith } from '../support/required-tools';
import { throughAxios } from '../support/rest-client';
import { secret, TestClock, Verifier, wrong } from './verifier';

const token = 'a token of the tests';

/** An engine on the REST server at this address, by the Redis' own clock. */
function verifierAt(url: string, bearer = token, client = throughAxios): Verifier {
	const store = new RedisStore(restLink({ url, token: bearer }, client, 400), { place: 'rest.test' });
	return new Verifier(new Engine(store, new Keyring([secret])), new TestClock(), store);
}

/** Whatever is asked is refused with this sentence. */
async function refuses(verifier: Verifier, sentence: RegExp): Promise<void> {
	const asked = [
		() => verifier.begin(),
		() => verifier.check('A'.repeat(32), '123456'),
		() => verifier.get('A'.repeat(32)),
		() => verifier.store.probe(),
	];
	for (const ask of asked) {
		await expect(ask()).rejects.toBeInstanceOf(StoreUnavailableError);
		await expect(ask()).rejects.toThrow(sentence);
		await expect(ask()).rejects.not.toThrow(token);
	}
}

describe('What is no REST server that can be asked', () => {
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

	test('nothing listens there', async () => {
		const url = await listening(() => undefined);
		servers.pop()?.close();
		await refuses(verifierAt(url), /at rest\.test refused the connection$/);
	});

	test('it says nothing', async () => {
		await refuses(verifierAt(await listening(() => undefined)), /at rest\.test did not answer in time$/);
	});

	test('it breaks off', async () => {
		await refuses(verifierAt(await listening(({ socket }) => socket.destroy())), /broke the connection off/);
	});

	test.each([
		[404, '<h1>Not Found</h1>'],
		[502, '{"message":"bad gateway"}'],
		[200, 'ok'],
		[200, '[]'],
	])('it answers %i with %s', async (status, body) => {
		const url = await listening((_, response) => response.writeHead(status).end(body));
		await refuses(verifierAt(url), /at rest\.test does not speak the REST protocol of Upstash$/);
	});

	test('it answers a check with something else than a check', async () => {
		for (const result of ['approved', null, 1, [], {}, ['approved', 1, '{}'], ['approved']]) {
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

	test('does not accept another token', async () => {
		await refuses(verifierAt(rest.url, 'another token'), /at rest\.test does not accept the token$/);
	});

	test.each([
		['a page', 'Bad Gateway'],
		['an error of its own', { error: 'upstream timed out' }],
	])('lies behind a gateway that answers with %s: no check is made again', async (_, body) => {
		const behind = verifierAt(rest.url);
		const sent = [await behind.send(), await behind.send({ to: '+12015550177' })];
		// So that the server knows the script.
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

	test('passes on what Redis refuses', async () => {
		const sent = await verifierAt(rest.url).send();
		await redis.ask('CONFIG', 'SET', 'maxmemory', '1');
		await expect(verifierAt(rest.url).check(sent, sent.code)).rejects.toThrow(/has used up its memory$/);
		await redis.ask('CONFIG', 'SET', 'maxmemory', '0');
		expect(await verifierAt(rest.url).results(sent, sent.code)).toEqual(['approved']);
	});

	test('may have forgotten the scripts', async () => {
		const verifier = verifierAt(rest.url);
		const sent = await verifier.send();
		expect(await verifier.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		await redis.ask('SCRIPT', 'FLUSH');
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});
});

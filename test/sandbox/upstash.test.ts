import axios from 'axios';
import { startRedisRest, type RedisRest } from '../../sandbox/upstash';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';

const { describe, test } = testsThatNeed('Redis');

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe("the sandbox's REST server in front of a Redis", () => {
	let rest: RedisRest;
	const token = 'a token of the tests';

	beforeAll(async () => {
		const { url } = await RedisServer.start();
		rest = await startRedisRest({ redis: url, token });
	});
	afterAll(async () => {
		await rest.stop();
		await RedisServer.stopAll();
	});

	const post = async (path: string, body: unknown, bearer = token): Promise<[number, unknown]> => {
		const headers = { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' };
		const options = { headers, proxy: false, validateStatus: () => true } as const;
		const { status, data } = await axios.post<unknown>(`${rest.url}${path}`, body, options);
		return [status, data];
	};

	test('answers a command with its result: a text, a number, null or a list', async () => {
		expect(await post('/', ['SET', 'name', 'Ä "quoted" \u{1f511}'])).toEqual([200, { result: 'OK' }]);
		expect(await post('/', ['GET', 'name'])).toEqual([200, { result: 'Ä "quoted" \u{1f511}' }]);
		expect(await post('/', ['INCRBY', 'count', 7])).toEqual([200, { result: 7 }]);
		expect(await post('/', ['GET', 'missing'])).toEqual([200, { result: null }]);
		expect(await post('/', ['EVAL', "return {1, 'two', {3}}", 0])).toEqual([200, { result: [1, 'two', [3]] }]);
	});

	test('answers a refusal of Redis with the words of Redis', async () => {
		expect(await post('/', ['EVALSHA', 'f'.repeat(40), '0'])).toEqual([400, { error: like(/^NOSCRIPT /) }]);
		expect(await post('/', ['NOTHING'])).toEqual([400, { error: like(/^ERR unknown command/) }]);
	});

	test.each(['', 'another token'])("refuses a caller with the token '%s'", async (bearer) => {
		for (const path of ['/', '/pipeline', '/multi-exec']) {
			expect(await post(path, ['PING'], bearer)).toEqual([401, { error: 'WRONGPASS invalid or missing auth token' }]);
		}
	});

	test.each(['/', '/pipeline', '/multi-exec'])('%s refuses a body that is not a command', async (path) => {
		for (const body of [{}, 'PING', [[]], [{}], [null]]) {
			expect(await post(path, body)).toEqual([400, { error: like(/^ERR failed to parse/) }]);
		}
	});

	test('continues a pipeline after a refusal', async () => {
		const commands = [
			['SET', 'text', 'a'],
			['INCR', 'text'],
			['GET', 'text'],
		];
		const [status, answers] = await post('/pipeline', commands);
		expect(status).toBe(200);
		expect(answers).toEqual([{ result: 'OK' }, { error: like(/^ERR value is not/) }, { result: 'a' }]);
	});

	test('runs a whole transaction, or nothing of it if Redis refuses to queue a command', async () => {
		const done = await post('/multi-exec', [
			['SET', 'a', '1'],
			['INCR', 'a'],
			['LPUSH', 'a', 'x'],
		]);
		expect(done).toEqual([200, [{ result: 'OK' }, { result: 2 }, { error: like(/^WRONGTYPE/) }]]);
		const [status, answer] = await post('/multi-exec', [['SET', 'a', '9'], ['NOTHING']]);
		expect([status, answer]).toEqual([400, { error: like(/^(EXECABORT|ERR unknown command)/) }]);
		expect(await post('/', ['GET', 'a'])).toEqual([200, { result: '2' }]);
	});
});

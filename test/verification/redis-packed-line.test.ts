import fc from 'fast-check';
import { z } from 'zod';
import { verificationStates } from '../../verification/state';
import { readRedisUrl } from '../../verification/stores/redis/connection/address';
import { RedisConnection } from '../../verification/stores/redis/connection/connection';
import { packedLine } from '../../verification/stores/redis/scripts/parts/packed-line';
import { subjectOf } from '../../verification/stores/redis/verification-document';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';

const { describe } = testsThatNeed('Redis');

let redis: RedisConnection;

beforeAll(async () => {
	redis = new RedisConnection(readRedisUrl((await RedisServer.start()).url));
});
afterAll(async () => {
	await redis.close();
	await RedisServer.stopAll();
});

const runLua = async (body: string, argument: string) =>
	z.string().parse(await redis.send('', ['EVAL', `${packedLine}\n${body}`, '0', argument]));

const pack = (line: object) => runLua('return packLine(cjson.decode(ARGV[1]))', JSON.stringify(line));

const unpack = async (text: string): Promise<unknown> =>
	JSON.parse(await runLua('return cjson.encode(unpackLine(ARGV[1]))', text));

const base64url = (max: number) => fc.string({ unit: fc.constantFrom(...'AZaz09-_'), minLength: 1, maxLength: max });
/** Until the year 2286, from which on a time has 14 digits. */
const time = fc.integer({ min: 1, max: 9_999_999_999_999 });
const builderText = fc.string({ unit: 'binary', maxLength: 20 });
const replacedCode = fc.record({ mac: base64url(43), keyId: base64url(8), expiresAt: time });

/** Every line that the store can write. */
const anyLine = fc.record({
	state: fc.constantFrom(...verificationStates),
	attempts: fc.nat(1000),
	purgeAt: time,
	verifiedAt: fc.oneof(fc.constant(0), time),
	mac: fc.oneof(
		fc.constant(''),
		base64url(43).filter((mac) => mac !== '-'),
	),
	keyId: base64url(8),
	shape: fc.constantFrom('d6', 'd8', 'a12', 'x15', 't6'),
	maxAttempts: fc.integer({ min: 1, max: 1000 }),
	sealedMetadata: fc.oneof(
		fc.constant(''),
		base64url(300).map((sealed) => `k.${sealed}`),
	),
	sealedPhone: fc.oneof(
		fc.constant(''),
		base64url(100).map((sealed) => `k.${sealed}`),
	),
	expiresAt: time,
	subject: fc.record({ namespace: builderText, purpose: builderText }).map(subjectOf),
	replaced: fc.oneof(
		fc.constant(''),
		fc.array(replacedCode, { minLength: 1, maxLength: 3 }).map((codes) => JSON.stringify(codes)),
	),
});

describe('A packed line', () => {
	it('is unpacked as it was packed', async () => {
		await fc.assert(
			fc.asyncProperty(anyLine, async (line) => {
				expect(await unpack(await pack(line))).toEqual(line);
			}),
		);
	});

	it('has the format that installations have in their Redis today', async () => {
		const line = {
			state: 'pending',
			attempts: 2,
			purgeAt: 1_764_332_450_000,
			verifiedAt: 0,
			mac: 'bWFj',
			keyId: 'a1b2c3d4',
			shape: 'd6',
			maxAttempts: 5,
			sealedMetadata: '',
			sealedPhone: 'k.cGhvbmU',
			expiresAt: 1_764_246_050_000,
			subject: '["default","sign in"]',
			replaced: '{"AAAA":{"mac":"b2xk"}}',
		};
		const text =
			'pending 2 1764332450000 0 bWFj a1b2c3d4,d6, 5 - k.cGhvbmU 1764246050000 ' +
			'["default","sign in"]\n{"AAAA":{"mac":"b2xk"}}';
		expect(await pack(line)).toBe(text);
		expect(await unpack(text)).toEqual(line);
	});

	it.each([
		['an empty text', ''],
		['times of failed checks', '1764246050000 1764246050001 1764246050002'],
		['a line without the part for replaced codes', 'pending 2 1764332450000 0 bWFj a1,d6, 5 - - 1764246050000 ["",""]'],
		['a line with a word too few', 'pending 2 1764332450000 bWFj a1,d6, 5 - - 1764246050000 ["",""]\n'],
		['a line with a text for a number', 'pending two 1764332450000 0 bWFj a1,d6, 5 - - 1764246050000 ["",""]\n'],
	])('is not read from %s', async (_, text) => {
		await expect(unpack(text)).rejects.toThrow('a packed line has an unknown format');
	});
});

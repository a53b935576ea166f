import type { Playground } from '../../dev/playground';
import { RedisServer } from '../support/redis-server';
import { testWith } from '../support/required-tools';
import { openPlaygroundForTest, openingTime } from '../support/running-n8n';

let playground: Playground;

beforeAll(async () => {
	playground = await openPlaygroundForTest();
}, openingTime);
afterAll(() => playground?.stop());

/** The result of the Test button of the credential. */
async function testOf({ apiKey = 'sandbox-360dialog-key', baseUrl = `${playground.sandbox.url}/360dialog` }) {
	const { api } = playground.n8n;
	const data = { apiKey, baseUrl };
	return api.testCredential(
		await api.ensureCredential({ name: 'Tested account', type: 'whatsAppOtp360DialogApi', data }),
	);
}

test('the credential test passes with the right key, with or without a slash after the address', async () => {
	const ok = { status: 'OK' };
	await expect(testOf({})).resolves.toMatchObject(ok);
	await expect(testOf({ baseUrl: `${playground.sandbox.url}/360dialog/` })).resolves.toMatchObject(ok);
	await expect(testOf({ baseUrl: ` ${playground.sandbox.url}/360dialog/v1/ ` })).resolves.toMatchObject(ok);
	await expect(testOf({ apiKey: `\u200b Bearer sandbox-360dialog-key\n` })).resolves.toMatchObject(ok);
});

test('the credential test names a wrong key and a wrong address differently', async () => {
	await expect(testOf({ apiKey: 'wrong' })).resolves.toEqual({
		status: 'Error',
		message:
			"360dialog does not know this API key. Check 'API Key' in the credential: each phone number has its own key.",
	});
	await expect(testOf({ baseUrl: playground.sandbox.url })).resolves.toEqual({
		status: 'Error',
		message:
			'360dialog did not return the templates of this number. ' +
			"Check 'API Key', 'Hosting' and 'Base URL', and the number's status in the 360dialog Hub.",
	});
});

test('the credential test fails if the host can not be reached', async () => {
	// This message is n8n's own, because no provider answered.
	await expect(testOf({ baseUrl: 'http://127.0.0.1:1' })).resolves.toEqual({
		status: 'Error',
		message: 'ECONNREFUSED',
	});
	await expect(testOf({ baseUrl: 'not an address' })).resolves.toMatchObject({ status: 'Error' });
});

test('the credential test fails while the provider is down', async () => {
	playground.sandbox.addFault({ call: 'listTemplates', effect: { answer: { status: 503, body: 'down' } } });
	await expect(testOf({})).resolves.toMatchObject({ status: 'Error' });
	playground.sandbox.clearFaults();
	await expect(testOf({})).resolves.toMatchObject({ status: 'OK' });
});

/** The result of the Test button of the store credential. */
async function testOfStore(settings: Record<string, unknown>) {
	const { api } = playground.n8n;
	const data = { signingSecret: 'a signing secret of the tests', ...settings };
	return api.testCredential(await api.ensureCredential({ name: 'Tested store', type: 'whatsAppOtpStoreApi', data }));
}

test('the test of a store passes for a file, and names the field that is wrong', async () => {
	await expect(testOfStore({ store: 'sqlite' })).resolves.toEqual({ status: 'OK', message: 'Connection successful!' });
	await expect(testOfStore({ store: 'sqlite', signingSecret: 'too short' })).resolves.toEqual({
		status: 'Error',
		message:
			"'Signing Secret' must have at least 16 characters (WhatsApp OTP Store credential). " +
			'Change it in the credential.',
	});
	await expect(testOfStore({ store: 'redisRest', restUrl: playground.sandbox.url, restToken: 'any' })).resolves.toEqual(
		{
			status: 'Error',
			message: expect.stringMatching(/ does not speak the REST protocol of Upstash\. Check 'REST URL' in /) as string,
		},
	);
	await expect(testOfStore({ store: 'redis', host: '127.0.0.1', port: 1 })).resolves.toEqual({
		status: 'Error',
		message:
			'The verification store at 127.0.0.1:1 refused the connection. ' +
			'Check the address in the WhatsApp OTP Store credential, and that n8n can reach it.',
	});
});

testWith(['Redis'], 'the test of a store passes for a Redis, or warns of its settings', async () => {
	const redis = await RedisServer.start('--appendonly', 'yes');
	try {
		await expect(testOfStore({ store: 'redis', url: redis.url })).resolves.toMatchObject({ status: 'OK' });
		await redis.ask('CONFIG', 'SET', 'appendonly', 'no');
		await expect(testOfStore({ store: 'redis', url: redis.url })).resolves.toEqual({
			status: 'OK',
			message: expect.stringMatching(
				/^Connected\. Warning: Redis keeps no append-only file\. .*\. Set appendonly yes\.$/,
			) as string,
		});
	} finally {
		await redis.stop();
	}
});

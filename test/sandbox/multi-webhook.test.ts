import { until } from '../../dev/n8n/wait-until';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { codeMessage, copyCodeTemplate } from '../support/message-samples';
import { callerOf, dialog360At, type Caller } from '../support/sandbox-callers';
import { holdTimeouts } from '../support/time';
import { startReceiver } from '../support/webhook-receiver';

/* Several webhooks of a number at 360dialog, docs/reference/providers.md 3.7. */

const path = '/multi_webhook';
const main = '/v1/configs/webhook';
const destination = (number: number) => ({ name: `hook-${number}`, url: `https://hook-${number}.example.test/` });

let sandbox: Sandbox;
let dialog360: Caller;

beforeAll(async () => {
	sandbox = await startSandbox();
	dialog360 = dialog360At(sandbox.url);
});
afterAll(() => sandbox.stop());
afterEach(() => jest.restoreAllMocks());
beforeEach(async () => {
	sandbox.reset();
	sandbox.setSchedule({ sentMs: 5, deliveredMs: 20, statuses: ['sent'] });
	const { name, language, components } = copyCodeTemplate();
	sandbox.setTemplate({ name, language, components });
	await dialog360.post(main, { url: 'https://main.example.test/' });
});

/** Waits until the operation that was started has ended. */
async function now(): Promise<unknown> {
	const read = async () => {
		const { status, data } = await dialog360.get(path);
		return status === 200 ? data : undefined;
	};
	return await until(read, { what: () => 'the operation has ended' });
}

test('is off at first, and each change is started and done later', async () => {
	expect(await now()).toEqual({ enabled: false, destinations: [] });
	const added = { enabled: true, destinations: [destination(1)] };
	const change = holdTimeouts(100);
	expect((await dialog360.post(path, added)).data).toEqual({ message: 'Operation started successfully' });
	expect((await dialog360.get(path)).status).toBe(409);
	expect((await dialog360.put(path, { destinations: [destination(2)] })).status).toBe(409);
	change.release();
	expect(await now()).toEqual(added);
	await dialog360.put(path, { destinations: [destination(2)] });
	expect(await now()).toEqual({ enabled: true, destinations: [destination(1), destination(2)] });
	await dialog360.patch(path, { name: 'hook-2', url: 'https://new.example.test/' });
	const changed = [destination(1), { name: 'hook-2', url: 'https://new.example.test/' }];
	expect(await now()).toEqual({ enabled: true, destinations: changed });
	await dialog360.post(path, { enabled: false });
	expect(await now()).toEqual({ enabled: false, destinations: [] });
});

test.each([
	['PUT', 'before it is enabled', { destinations: [destination(1)] }, 400, 'not enabled'],
	[
		'POST',
		'with more than three unique addresses',
		{ enabled: true, destinations: [1, 2, 3].map(destination) },
		400,
		'3',
	],
	['POST', 'with a name twice', { enabled: true, destinations: [destination(1), destination(1)] }, 400, 'unique'],
	[
		'POST',
		'with a port',
		{ enabled: true, destinations: [{ name: 'x', url: 'https://a.example.test:3000/' }] },
		400,
		'port',
	],
])('%s is refused %s, with the error as a text', async (method, _what, body, status, words) => {
	const answer = await (method === 'PUT' ? dialog360.put(path, body) : dialog360.post(path, body));
	expect([answer.status, answer.data]).toEqual([status, { error: expect.stringContaining(words) as string }]);
	expect(await now()).toEqual({ enabled: false, destinations: [] });
});

test('exists only for numbers with Cloud hosting', async () => {
	const { apiKey } = accounts.dialog360OnPremises;
	const onPremises = callerOf(`${sandbox.url}/360dialog-on-premises`, { 'D360-API-KEY': apiKey });
	expect((await onPremises.get(path)).status).toBe(403);
});

test('the other addresses get only what the main one has answered with 200', async () => {
	const [first, other] = [await startReceiver([500]), await startReceiver()];
	await dialog360.post(main, { url: first.url });
	const headers = { 'x-secret': 'theirs' };
	await dialog360.post(path, { enabled: true, destinations: [{ name: 'other', url: other.url, headers }] });
	await now();
	await dialog360.post('/messages', codeMessage());
	const [copy] = await other.received.wait(() => true);
	expect(copy?.headers).toMatchObject(headers);
	expect(first.received.list()).toHaveLength(2);
	const [atMain, copied] = sandbox.webhooks();
	expect([atMain?.attempts.map(({ status }) => status), copied?.url]).toEqual([[500, 200], other.url]);
	await first.stop();
	await other.stop();
});

test('the other addresses get nothing while the main one fails', async () => {
	const other = await startReceiver();
	await dialog360.post(main, { url: 'http://127.0.0.1:1/' });
	await dialog360.post(path, { enabled: true, destinations: [{ name: 'other', url: other.url }] });
	await now();
	await dialog360.post('/messages', codeMessage());
	const tried = async () => ((sandbox.webhooks()[0]?.attempts.length ?? 0) > 2 ? true : undefined);
	await until(tried, { what: () => 'the main address was tried three times' });
	expect([sandbox.webhooks().length, other.received.list()]).toEqual([1, []]);
	await other.stop();
});

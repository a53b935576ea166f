import { startSandbox, type Sandbox } from '../../sandbox/server';
import { containing } from '../support/matchers';
import { codeMessage, copyCodeTemplate } from '../support/message-samples';
import { callerOf, configsErrorIn, dialog360At, metaErrorIn, type Caller } from '../support/sandbox-callers';

let sandbox: Sandbox;
let dialog360: Caller;
let admin: Caller;

beforeAll(async () => {
	sandbox = await startSandbox();
	dialog360 = dialog360At(sandbox.url);
	admin = callerOf(`${sandbox.url}/admin`);
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
	await admin.post('/reset');
	const { name, components } = copyCodeTemplate();
	await admin.post('/templates', { name, components });
});

const send = (to?: string) => dialog360.post('/messages', codeMessage(to));

describe('faults', () => {
	test('replace an answer for the ordered number of calls, and nothing is processed', async () => {
		const answer = { status: 403, body: 'bad json', headers: { 'retry-after': '3' } };
		expect((await admin.post('/faults', { call: 'send', times: 2, effect: { answer } })).status).toBe(201);

		expect(await send()).toMatchObject({
			status: 403,
			data: 'bad json',
			headers: { 'retry-after': '3', 'content-type': 'text/plain' },
		});
		expect((await send()).status).toBe(403);
		expect(sandbox.messages()).toEqual([]);
		expect((await send()).status).toBe(200);
		expect((await admin.get('/faults')).data).toMatchObject({ faults: [{ hits: 2 }] });
	});

	test("refuse in the provider's own envelope, for one number only", async () => {
		await admin.post('/faults', { to: '+1 201 555 3931', effect: { error: { code: 131056 } } });
		const refused = await send('12015553931');
		expect([refused.status, metaErrorIn(refused).code]).toEqual([400, 131056]);
		expect((await send('12015553932')).status).toBe(200);
	});

	test('refuse a configuration call in the envelope of these calls', async () => {
		await admin.post('/faults', { call: 'listTemplates', effect: { error: { code: 131000 } } });
		const answer = await dialog360.get('/v1/configs/templates');
		expect([answer.status, configsErrorIn(answer).http_code]).toEqual([500, 500]);
	});

	test('lose an answer: the code is on the phone, and the caller sees a broken connection', async () => {
		await admin.post('/faults', { call: 'send', times: 1, effect: { loseAnswer: true } });
		await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(sandbox.messages()).toHaveLength(1);
	});

	test('drop a request: nothing is on the phone', async () => {
		await admin.post('/faults', { call: 'send', times: 1, effect: { dropRequest: true } });
		await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(sandbox.messages()).toEqual([]);
		expect(sandbox.requests({ call: 'send' })).toHaveLength(1);
	});

	test("delay an answer beyond the caller's timeout, and the code still arrives", async () => {
		await admin.post('/faults', { call: 'send', effect: { delayMs: 150 } });
		await expect(dialog360.post('/messages', codeMessage(), { timeout: 50 })).rejects.toMatchObject({
			code: 'ECONNABORTED',
		});
		expect(await sandbox.waitForMessages()).toHaveLength(1);
	});

	test.each([
		[{ call: 'sned', effect: { loseAnswer: true } }, 'body.call'],
		[{ effect: {} }, 'body.effect: has no effect'],
		[{ effect: { loseAnswer: true, dropRequest: true } }, 'only delayMs'],
		[{ effect: { answer: { status: 99 } } }, 'body.effect.answer.status'],
	])('are refused with the name of the wrong field: %j', async (fault, words) => {
		expect(await admin.post('/faults', fault)).toMatchObject({
			status: 400,
			data: { error: containing(words) },
		});
	});
});

describe('the admin API', () => {
	test('lists the messages of a number, oldest first', async () => {
		await send('12015553931');
		await send('12015553932');
		await send('12015553931');
		const { data } = await admin.get('/messages', { to: '12015553931', provider: 'dialog360' });
		expect(data).toMatchObject({ messages: [{ code: '493817' }, { code: '493817' }] });
		expect((await admin.get('/messages?from=1')).status).toBe(400);
	});

	test('ends a wait with the messages, or with 408 and their count', async () => {
		const waiting = admin.post('/messages/wait', { to: '12015553931', count: 2 });
		await send();
		await send();
		expect((await waiting).data).toMatchObject({ messages: [{ to: '12015553931' }, {}] });

		expect(await admin.post('/messages/wait', { count: 3, timeoutMs: 10 })).toMatchObject({
			status: 408,
			data: { error: '2 of 3 arrived within 10 ms' },
		});
	});

	test('lists every request with the status of its answer', async () => {
		await send();
		await dialog360.post('/messages', {});
		const { data } = await admin.get('/requests', { path: '/360dialog/messages' });
		expect(data).toMatchObject({
			requests: [
				{ call: 'send', method: 'POST', status: 200, body: { to: '12015553931' } },
				{ call: 'send', method: 'POST', status: 400, body: {} },
			],
		});
	});

	test('clears everything on reset, except what it is told to keep', async () => {
		await send();
		await admin.post('/faults', { effect: { loseAnswer: true } });
		await admin.post('/reset', { keep: ['templates'] });
		expect([sandbox.messages(), sandbox.requests(), sandbox.faults()]).toEqual([[], [], []]);
		expect(sandbox.templates()).toHaveLength(1);
		await admin.post('/reset');
		expect(sandbox.templates()).toEqual([]);
	});

	test('refuses to set an unknown template, and answers an unknown path with 404', async () => {
		expect(await admin.post('/templates', { name: 'nothing' })).toMatchObject({
			status: 400,
			data: { error: containing('seed it') },
		});
		expect((await admin.get('/nothing')).status).toBe(404);
	});
});

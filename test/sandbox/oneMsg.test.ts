import { z } from 'zod';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { anyString, containing, matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import { callerOf, type Caller } from '../support/sandbox-callers';
import { startReceiver } from '../support/webhook-receiver';

const { channelId, token, namespace } = accounts.oneMsg;

let sandbox: Sandbox;
let channel: Caller;

beforeAll(async () => {
	sandbox = await startSandbox();
	channel = callerOf(`${sandbox.url}/1msg/${channelId}`, { Authorization: `Bearer ${token}` });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	sandbox.setSchedule({ sentMs: 5, deliveredMs: 20, failedMs: 5 });
	const { name, language, components } = copyCodeTemplate();
	sandbox.setTemplate({ provider: 'oneMsg', name, language, components });
});

const parameters = [{ type: 'text', text: '493817' }];
const body = { type: 'body', parameters };
const button = { type: 'button', sub_type: 'url', index: '0', parameters };
const message = {
	phone: '12015553931',
	template: 'verification_code',
	namespace,
	language: { policy: 'deterministic', code: 'en_US' },
	params: [body, button],
};

test('a send is answered as documented, and the code is on the phone', async () => {
	expect((await channel.post('/sendTemplate', message)).data).toEqual({
		sent: true,
		id: matching(/^wamid\./),
		message: 'Sent to 12015553931@c.us',
		description: 'Message has been sent to the provider',
	});
	const { phone, ...others } = message;
	expect((await channel.post('/sendTemplate', { ...others, chatId: `${phone}@c.us` })).data).toMatchObject({
		sent: true,
	});
	expect(sandbox.messages({ to: phone })).toMatchObject([{ provider: 'oneMsg', code: '493817' }, { code: '493817' }]);
});

const error = (text: string) => ({ error: containing(text) });
test.each([
	['a plus in the phone', { phone: '+12015553931' }, 400, error('Digits only')],
	['no recipient', { phone: undefined }, 400, error('one of phone and chatId')],
	['a phone and a chat', { chatId: '12015553931@c.us' }, 400, error('never both')],
	['no namespace', { namespace: undefined }, 422, error('namespace')],
	['another namespace', { namespace: 'other' }, 422, error('namespace')],
	['no policy', { language: { code: 'en_US' } }, 422, error('policy')],
	['a time to live of 20 s', { messageSendTtlSeconds: 20 }, 422, error('messageSendTtlSeconds')],
	['no code', { params: [] }, 422, error('(#132000)')],
	[
		'the code in the body only',
		{ params: [body] },
		200,
		{ sent: false, message: containing('(#131008)'), description: containing('Button') },
	],
	[
		'another template',
		{ template: 'x' },
		200,
		{ sent: false, message: containing('(#132001)'), description: anyString },
	],
])('a send with %s is refused', async (_what, more, status, data) => {
	expect(await channel.post('/sendTemplate', { ...message, ...more })).toMatchObject({ status, data });
	expect(sandbox.messages()).toEqual([]);
});

test.each([
	['blocked', 403, 'text/plain', matching(/trial/)],
	['too_many_requests', 429, 'application/json', { error: anyString }],
	['internal', 500, 'application/json', { error: anyString }],
	['not_sent', 200, 'application/json', { sent: false }],
	[131016, 200, 'application/json', { response: { error: { code: 131016, message: anyString } } }],
	[131026, 200, 'application/json', { sent: false, message: containing('(#131026)') }],
])('a fault orders the refusal %s', async (code, status, type, data) => {
	sandbox.addFault({ call: 'send', effect: { error: { code } } });
	const answer = await channel.post('/sendTemplate', message);
	expect([answer.status, z.record(z.unknown()).parse(answer.headers)['content-type']]).toEqual([status, type]);
	expect(answer).toMatchObject({ data });
});

test('a queued message has a job id, and the phone still gets it', async () => {
	sandbox.addFault({ call: 'send', effect: { queued: true } });
	const { data } = await channel.post('/sendTemplate', message);
	expect(data).toEqual({ sent: false, jobId: anyString, message: anyString });
	expect(sandbox.messages()).toHaveLength(1);
});

test('the token is valid for its channel, in the header or in the address, but not in both', async () => {
	const withoutHeader = callerOf(`${sandbox.url}/1msg`);
	expect((await withoutHeader.get(`/${channelId}/status`, { token })).data).toEqual({ status: 'connected' });
	expect((await channel.get('/status', { token })).status).toBe(400);
	expect(await withoutHeader.get('/123/status', { token: 'xxx7' })).toMatchObject({
		status: 401,
		data: { error: 'Wrong token "xxx7" for channel "123". Please provide token as a GET parameter.' },
	});
	expect((await withoutHeader.get('/123/status', { token })).status).toBe(401);
});

test('a template in a list has a namespace and no id', async () => {
	expect((await channel.get('/templates')).data).toMatchObject({
		total: 1,
		templates: [{ namespace, name: 'verification_code', status: 'approved', rejected_reason: 'NONE' }],
	});
	expect((await channel.get('/templates', { limit: 0 })).status).toBe(400);
	expect(sandbox.templates().length).toBe(1);
	expect((await channel.post('/addTemplate', copyCodeTemplate())).data).toEqual(
		error('(#100) Content in This Language Already Exists'),
	);
	expect((await channel.post('/removeTemplate', { name: 'verification_code' })).data).toEqual({ result: 'success' });
});

describe('webhooks', () => {
	test('have the shape of hooks, or of ack if the account has turned it on, and go to several addresses', async () => {
		const [first, second] = await Promise.all([startReceiver(), startReceiver()]);
		const urls = [`${first.url}?secret=abc`, second.url];
		expect((await channel.post('/webhook', { webhookUrl: urls })).data).toMatchObject({ set: true });
		expect((await channel.get('/webhook')).data).toEqual({ webhookUrl: urls.join(', ') });
		expect((await channel.get('/settings')).data).toMatchObject({ webhookUrl: urls });
		await channel.post('/sendTemplate', message);
		const [hooked] = await first.received.wait(() => true, { count: 2 });
		expect(hooked?.body).toMatchObject({
			hooks: [{ type: 'message', status: 'sent', timestamp: matching(/^\d{10}$/), recipient_id: '12015553931' }],
		});
		await second.received.wait(() => true, { count: 2 });

		const settings = { ackNotificationsOn: true, webhookUrl: first.url };
		expect((await channel.post('/settings', settings)).data).toEqual({ update: settings });
		expect((await channel.get('/settings')).data).toMatchObject({ ...settings, guaranteedHooks: false });
		sandbox.setSchedule({ readMs: 30 });
		await channel.post('/sendTemplate', message);
		const acks = (await first.received.wait(() => true, { count: 5 })).slice(2).map(({ body: ack }) => ack);
		expect(acks).toMatchObject(
			['sent', 'delivered', 'viewed'].map((status) => ({ ack: [{ chatId: '12015553931@c.us', status }] })),
		);
		expect(second.received.list()).toHaveLength(2);
		await Promise.all([first.stop(), second.stop()]);
	});

	test("have Meta's form if the channel has raw hooks", async () => {
		const receiver = await startReceiver();
		await channel.post('/webhook', { webhookUrl: receiver.url });
		await channel.post('/settings', { rawHooks: true });
		await channel.post('/sendTemplate', message);
		const [raw] = await receiver.received.wait(() => true);
		expect(raw?.body).toMatchObject({
			instanceId: channelId,
			entry: [{ changes: [{ field: 'messages', value: { statuses: [{ status: 'sent' }] } }] }],
		});
		await receiver.stop();
	});

	test('report why a message failed, and can have a wrong secret in the address', async () => {
		const receiver = await startReceiver();
		await channel.post('/webhook', { webhookUrl: `${receiver.url}?secret=abc` });
		sandbox.setSchedule({ wrongSecret: true });
		sandbox.addFault({ call: 'send', effect: { failedWebhook: { code: 131026 } } });
		await channel.post('/sendTemplate', message);
		const [webhook] = await sandbox.waitForWebhooks({ provider: 'oneMsg', state: 'delivered' });
		expect(webhook?.url).toBe(`${receiver.url}?secret=wrong-abc`);
		expect(webhook?.body).toMatchObject({ hooks: [{ status: 'failed', errors: [{ code: 131026 }] }] });
		await receiver.stop();
	});

	test('have at most five addresses, and stop after an empty one', async () => {
		const webhookUrl = Array.from({ length: 6 }, (_, at) => `http://127.0.0.1:9/${at}`);
		expect((await channel.post('/webhook', { webhookUrl })).status).toBe(400);
		await channel.post('/webhook', { webhookUrl: webhookUrl[0] });
		expect((await channel.post('/webhook', { webhookUrl: '' })).status).toBe(400);
		await channel.post('/settings', { webhookUrl: '' });
		expect((await channel.get('/webhook')).data).toEqual({ webhookUrl: '' });
		expect((await channel.get('/hookInfo')).status).toBe(400);
	});
});

import { z } from 'zod';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { codeMessage, copyCodeTemplate } from '../support/message-samples';
import { callerOf, dialog360At, messageIdIn, type Caller } from '../support/sandbox-callers';
import { startReceiver } from '../support/webhook-receiver';

let sandbox: Sandbox;
let phone: Caller;

beforeAll(async () => {
	sandbox = await startSandbox();
	phone = callerOf(sandbox.phoneUrl);
});
afterAll(() => sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	const { name, language, components } = copyCodeTemplate();
	sandbox.setTemplate({ name, language, components });
});

const send = (to?: string) => dialog360At(sandbox.url).post('/messages', codeMessage(to));

const text = z.string();
const shown = z.array(z.object({ to: text, code: text, number: text, providerName: text }));

/** The messages in the page's event stream, one list after each change. */
const updates = (signal: AbortSignal) => events(signal, shown);
const bubbles = (signal: AbortSignal) => events(signal, z.array(z.object({ channel: text, text })));

async function* events<List>(signal: AbortSignal, schema: z.ZodType<List>): AsyncGenerator<List> {
	const response = await fetch(`${sandbox.phoneUrl}/events`, { signal });
	let rest = '';
	for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
		const parts = `${rest}${chunk}`.split('\n\n');
		rest = parts.pop() ?? '';
		for (const part of parts) yield schema.parse(JSON.parse(part.replace(/^data: /, '')));
	}
}

test('the sandbox serves the page and all its files', async () => {
	const page = await phone.get('?to=%2B12015553931');
	expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
	const links = text.parse(page.data).matchAll(/(?:href|src)="(?!data:)([^"#]+)"/g);
	const files = Array.from(links, ([, link]) => link ?? '');
	expect(files).toEqual(['/phone/phone.css', '/phone/phone.js']);
	for (const file of [...files, '/phone/doodles.svg']) {
		expect((await callerOf(sandbox.url).get(file)).status).toBe(200);
	}
});

test('the page lists the credentials of the sandbox', async () => {
	expect((await phone.get('/credentials')).data).toContainEqual({
		name: '360dialog',
		fields: { 'API Key': 'sandbox-360dialog-key', 'Base URL': `${sandbox.url}/360dialog` },
	});
});

test('an open page gets new messages at once, but no messages that fail', async () => {
	sandbox.addFault({ to: '12015553932', effect: { failedWebhook: { code: 131026 } } });
	const leaving = new AbortController();
	const lists = [];
	for await (const list of updates(leaving.signal)) {
		lists.push(list);
		if (lists.length === 1) {
			await send('12015553932');
			await send('12015553931');
		}
		if (list.length > 0) break;
	}
	leaving.abort();

	expect(lists[0]).toEqual([]);
	expect(lists.at(-1)).toEqual([
		{ to: '12015553931', code: '493817', number: '+1 201 555 3931', providerName: '360dialog' },
	]);
});

test('an open page gets an SMS together with the WhatsApp messages', async () => {
	// Later than this test, because every status also updates the page.
	sandbox.setSchedule({ sentMs: 60_000, deliveredMs: 60_000 });
	await send('12015553931');
	const sms = { to: '+12015553931', text: '271828 is your verification code.' };
	const leaving = new AbortController();
	const channels = [];
	for await (const list of bubbles(leaving.signal)) {
		channels.push(list.map(({ channel, text }) => (channel === 'sms' ? text : channel)));
		if (list.length > 1) break;
		expect((await callerOf(sandbox.url).post('/sms', sms)).status).toBe(202);
	}
	leaving.abort();
	expect(channels).toEqual([['whatsapp'], ['whatsapp', sms.text]]);
});

test('the SMS gateway accepts only full numbers and non-empty texts', async () => {
	const gateway = callerOf(sandbox.url);
	for (const body of [
		{ to: '12015553931', text: 'x' },
		{ to: '+12015553931', text: '' },
		{ to: '+12015553931' },
		'x',
	]) {
		expect((await gateway.post('/sms', body)).status).toBe(400);
	}
	expect(sandbox.sms()).toEqual([]);
});

test('a viewed message becomes read', async () => {
	const id = messageIdIn(await send());
	expect((await phone.post('/viewed', { ids: [id] })).status).toBe(200);
	expect(await sandbox.waitForMessages({ status: 'read' })).toMatchObject([{ id }]);
	expect((await phone.post('/viewed', { ids: 1 })).status).toBe(400);
});

test('a press on the button below a message is reported to the business', async () => {
	const receiver = await startReceiver();
	await dialog360At(sandbox.url).post('/v1/configs/webhook', { url: receiver.url });
	sandbox.setSchedule({ enabled: false });
	const id = messageIdIn(await send());
	expect(await phone.post('/reported', { ids: [id] })).toMatchObject({ status: 200 });
	const [first] = await receiver.received.wait(() => true);
	expect(first?.body).toMatchObject({
		entry: [
			{
				changes: [
					{
						field: 'messages',
						value: {
							contacts: [{ wa_id: '12015553931' }],
							messages: [
								{
									from: '12015553931',
									type: 'button',
									context: { id },
									button: { payload: 'DID_NOT_REQUEST_CODE', text: "I didn't request a code" },
								},
							],
						},
					},
				],
			},
		],
	});
	expect(await phone.post('/reported', { id })).toMatchObject({ status: 400 });
	await receiver.stop();
});

test('a text to the business reaches its webhook', async () => {
	const receiver = await startReceiver();
	await dialog360At(sandbox.url).post('/v1/configs/webhook', { url: receiver.url });
	const { status } = await callerOf(sandbox.url).post('/admin/incoming', { from: '+1 201 555 3931', text: 'Hello' });
	expect(status).toBe(200);
	const [first] = await receiver.received.wait(() => true);
	const messages = [{ from: '12015553931', type: 'text', text: { body: 'Hello' } }];
	expect(first?.body).toMatchObject({ entry: [{ changes: [{ value: { messages } }] }] });
	await receiver.stop();
});

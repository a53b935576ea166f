import { z } from 'zod';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import {
	callerOf,
	codeMessage,
	copyCodeTemplate,
	dialog360At,
	messageIdIn,
	type Caller,
} from './sandbox-account';

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
async function* updates(signal: AbortSignal) {
	const response = await fetch(`${sandbox.phoneUrl}/events`, { signal });
	let rest = '';
	for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
		const events = `${rest}${chunk}`.split('\n\n');
		rest = events.pop() ?? '';
		for (const event of events) yield shown.parse(JSON.parse(event.replace(/^data: /, '')));
	}
}

test('the page and all it needs come from the sandbox', async () => {
	const page = await phone.get('?to=%2B12015553931');
	expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
	const links = text.parse(page.data).matchAll(/(?:href|src)="(?!data:)([^"#]+)"/g);
	const files = Array.from(links, ([, link]) => link ?? '');
	expect(files).toEqual(['/phone/phone.css', '/phone/phone.js']);
	for (const file of [...files, '/phone/doodles.svg']) {
		expect((await callerOf(sandbox.url).get(file)).status).toBe(200);
	}
});

test('the page says which credential reaches the sandbox', async () => {
	expect((await phone.get('/credentials')).data).toContainEqual({
		name: '360dialog',
		fields: { 'API Key': 'sandbox-360dialog-key', 'Base URL': `${sandbox.url}/360dialog` },
	});
});

test('an open page gets new messages at once, but not those that failed', async () => {
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

test('a message that was looked at is read', async () => {
	const id = messageIdIn(await send());
	expect((await phone.post('/viewed', { ids: [id] })).status).toBe(200);
	expect(await sandbox.waitForMessages({ status: 'read' })).toMatchObject([{ id }]);
	expect((await phone.post('/viewed', { ids: 1 })).status).toBe(400);
});

import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { accounts } from '../../sandbox/accounts';
import { AwaitableList } from '../../sandbox/awaitable-list';
import { seal } from '../../sandbox/providers/metaCloud/webhook';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { anyString, containing, matching } from '../support/matchers';
import { codeMessage, copyCodeTemplate } from '../support/message-samples';
import { callerOf, messageIdIn, metaErrorIn, type Caller } from '../support/sandbox-callers';

const { accessToken, appSecret, appId, phoneNumberId, businessAccountId } = accounts.metaCloud;
const messages = `/v25.0/${phoneNumberId}/messages`;
const templates = `/v25.0/${businessAccountId}/message_templates`;
const apps = `/v25.0/${businessAccountId}/subscribed_apps`;
const number = `/v25.0/${phoneNumberId}`;

let sandbox: Sandbox;
let meta: Caller;

beforeAll(async () => {
	sandbox = await startSandbox();
	meta = callerOf(`${sandbox.url}/meta`, { Authorization: `Bearer ${accessToken}` });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	sandbox.setSchedule({ sentMs: 5, deliveredMs: 20, failedMs: 5 });
	const { name, language, components } = copyCodeTemplate();
	sandbox.setTemplate({ provider: 'metaCloud', name, language, components });
});

/** A receiver that answers Meta's challenge and keeps the bytes of every webhook. */
async function startCallback(token = 'my-token', answer = (challenge: string) => challenge) {
	const posts = new AwaitableList<{ headers: IncomingHttpHeaders; text: string }>();
	const server = createServer((request, response) => {
		const { searchParams: query } = new URL(request.url ?? '', 'http://127.0.0.1');
		const isKnown = query.get('hub.mode') === 'subscribe' && query.get('hub.verify_token') === token;
		if (request.method === 'GET') {
			response.writeHead(isKnown ? 200 : 403).end(answer(query.get('hub.challenge') ?? ''));
			return;
		}
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			response.end();
			posts.add({ headers: request.headers, text: Buffer.concat(chunks).toString('latin1') });
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = z.object({ port: z.number() }).parse(server.address());
	return {
		posts,
		url: `http://127.0.0.1:${port}/hook`,
		[Symbol.asyncDispose]: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

describe('a request', () => {
	test.each([
		['an unknown phone number id', '/v25.0/1/messages', codeMessage(), 400, { code: 100, error_subcode: 33 }],
		['an unknown account', '/v25.0/1/message_templates', copyCodeTemplate(), 400, { code: 100, error_subcode: 33 }],
		['no version', `/${phoneNumberId}/messages`, codeMessage(), 400, { code: 2500 }],
		['a version that does not exist', `/v99.0/${phoneNumberId}/messages`, codeMessage(), 400, { code: 2500 }],
		['an unknown edge', `/v25.0/${phoneNumberId}/postcards`, {}, 400, { code: 2500 }],
		['a body that is not JSON', messages, 'code=1', 400, { code: 100 }],
	])('is refused if it has %s', async (_what, path, body, status, error) => {
		const answer = await meta.post(path, body);
		expect(answer.status).toBe(status);
		expect(answer.data).toMatchObject({ error: { type: 'OAuthException', ...error } });
	});

	test.each([
		[undefined, 401, 190],
		[accounts.metaCloud.expiredToken, 401, 190],
		[accounts.metaCloud.messagingToken, 403, 200],
	])('is refused if it has the token %s', async (token, status, code) => {
		const caller = callerOf(`${sandbox.url}/meta`, token === undefined ? {} : { Authorization: `Bearer ${token}` });
		const answer = await caller.get(templates);
		expect([answer.status, metaErrorIn(answer).code]).toEqual([status, code]);
	});

	test('reads the requested fields of the number, the account and a template', async () => {
		const health = await meta.get(`/v25.0/${phoneNumberId}`, { fields: 'health_status' });
		expect(health.data).toMatchObject({ id: phoneNumberId, health_status: { can_send_message: 'AVAILABLE' } });
		expect((await meta.get(`/v25.0/${businessAccountId}`)).data).toEqual({ id: businessAccountId, name: 'Sandbox' });
		const [template] = sandbox.templates();
		expect((await meta.get(`/v25.0/${template?.id}`)).data).toMatchObject({ name: 'verification_code' });
		expect(metaErrorIn(await meta.get(`/v25.0/${phoneNumberId}`, { fields: 'mood' })).message).toMatch(
			/nonexisting field \(mood\)/,
		);
	});
});

describe('templates', () => {
	test('are listed with the OTP button as a URL button, and only with the requested fields', async () => {
		const { data } = await meta.get(templates, { limit: 1 });
		expect(data).toMatchObject({
			data: [{ parameter_format: 'POSITIONAL', components: [{}, {}, { buttons: [{ type: 'URL' }] }] }],
			paging: { cursors: { before: anyString, after: anyString } },
		});
		expect((await meta.get(templates, { fields: 'name' })).data).toMatchObject({
			data: [{ id: anyString, name: 'verification_code' }],
		});
		expect((await meta.get(templates, { status: 'PAUSED' })).data).toEqual({ data: [] });
	});

	test('are paged forwards and backwards', async () => {
		const { components } = copyCodeTemplate();
		for (const name of ['b', 'c']) sandbox.setTemplate({ provider: 'metaCloud', name, components });
		const page = z.object({
			data: z.tuple([z.object({ name: z.string() })]),
			paging: z.object({ cursors: z.object({ before: z.string(), after: z.string() }), next: z.string().optional() }),
		});
		const at = async (query: object) => page.parse((await meta.get(templates, { limit: 1, ...query })).data);
		const first = await at({});
		const second = await at({ after: first.paging.cursors.after });
		const last = await at({ after: second.paging.cursors.after });
		expect([first, second, last].map(({ data }) => data[0].name)).toEqual(['verification_code', 'b', 'c']);
		expect(last.paging.next).toBeUndefined();
		expect((await at({ before: last.paging.cursors.before })).data[0].name).toBe('b');
		expect(metaErrorIn(await meta.get(templates, { after: 'x' })).error_data?.details).toMatch(/Invalid cursor/);
	});

	const upsert = { ...copyCodeTemplate('new'), language: undefined, languages: ['en_US', 'fr'] };
	const [body] = copyCodeTemplate().components;
	const buttons = { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] };
	test.each([
		['a label', upsert, 'not supported in an upsert'],
		['one language', copyCodeTemplate(), 'languages'],
		['an unknown language', { ...upsert, languages: ['en_US', 'xx'], components: [body, buttons] }, 'language'],
	])('are all refused if an upsert has %s', async (_what, wrong, details) => {
		const answer = await meta.post(`/v25.0/${businessAccountId}/upsert_message_templates`, wrong);
		expect([answer.status, metaErrorIn(answer).error_data?.details]).toEqual([400, containing(details)]);
		expect(sandbox.templates()).toHaveLength(1);
	});

	test('are deleted by a list of ids, but not by a list of ids with a name', async () => {
		const [template] = sandbox.templates();
		const query = (more: Record<string, string>) => new URLSearchParams({ hsm_ids: `["${template?.id}"]`, ...more });
		expect((await meta.delete(`${templates}?${query({ name: 'x' }).toString()}`)).status).toBe(400);
		expect((await meta.delete(`${templates}?${query({}).toString()}`)).data).toEqual({ success: true });
		expect(sandbox.templates()).toEqual([]);
	});

	test('change their time to live without other changes, within its bounds', async () => {
		const [template] = sandbox.templates();
		expect((await meta.post(`/v25.0/${template?.id}`, { message_send_ttl_seconds: 20 })).status).toBe(400);
		expect((await meta.post(`/v25.0/${template?.id}`, { message_send_ttl_seconds: 900 })).data).toEqual({
			success: true,
		});
		expect(sandbox.templates()).toMatchObject([
			{ messageSendTtlSeconds: 900, status: 'PENDING', otp: { type: 'COPY_CODE' } },
		]);
	});
});

/*
 * docs/reference/providers.md 1.9: template and account fields never follow an override. The app's own callback needs
 * the app's own access token.
 */
describe("the app's own callback", () => {
	const subscriptions = `/v25.0/${appId}/subscriptions`;
	const asApp = (token = `${appId}|${appSecret}`, headers = {}) =>
		callerOf(`${sandbox.url}/meta`, { Authorization: `Bearer ${token}`, ...headers });
	const object = 'whatsapp_business_account';
	const wanted = (callback_url: string, fields: unknown = ['messages', 'message_template_status_update']) => ({
		object,
		callback_url,
		verify_token: 'my-token',
		fields,
		include_values: true,
	});

	test('is set, shown at the number, read and removed, with the token of the app', async () => {
		await using callback = await startCallback();
		for (const fields of [['messages'], '["messages"]', 'messages']) {
			expect((await asApp().post(subscriptions, wanted(callback.url, fields))).data).toEqual({ success: true });
		}
		const shown = {
			object,
			callback_url: callback.url,
			active: true,
			fields: [{ name: 'messages', version: 'v25.0' }],
		};
		expect((await asApp().get(subscriptions)).data).toEqual({ data: [shown] });
		expect((await meta.get(number, { fields: 'webhook_configuration' })).data).toMatchObject({
			webhook_configuration: { application: callback.url },
		});
		expect((await asApp().delete(subscriptions)).status).toBe(400);
		expect((await asApp().delete(`${subscriptions}?object=${object}`)).data).toEqual({ success: true });
		expect((await asApp().get(subscriptions)).data).toEqual({ data: [] });
	});

	test('is refused for other tokens, apps, objects, fields and addresses', async () => {
		await using callback = await startCallback();
		await using silent = await startCallback('another-token');
		expect(metaErrorIn(await meta.get(subscriptions)).code).toBe(15);
		expect(metaErrorIn(await asApp(`${appId}|wrong`).get(subscriptions)).code).toBe(190);
		expect(metaErrorIn(await asApp().get('/v25.0/1/subscriptions')).code).toBe(100);
		const wrongProof = await asApp().get(subscriptions, { appsecret_proof: 'wrong' });
		expect(metaErrorIn(wrongProof).message).toContain('appsecret_proof');
		const right = wanted(callback.url);
		const long = `${callback.url}?${'x'.repeat(200)}`;
		for (const wrong of [{ object: 'page' }, { fields: [] }, { fields: ['planets'] }, { callback_url: long }]) {
			expect((await asApp().post(subscriptions, { ...right, ...wrong })).status).toBe(400);
		}
		expect(metaErrorIn(await asApp().post(subscriptions, wanted(silent.url))).code).toBe(2200);
		expect((await asApp().get(subscriptions)).data).toEqual({ data: [] });
	});

	const order = { provider: 'metaCloud', name: 'verification_code', language: 'en_US' } as const;

	test('alone gets events of templates, also if the number and the account have other addresses', async () => {
		await using callback = await startCallback();
		await using other = await startCallback();
		await meta.post(apps);
		await meta.post(apps, { override_callback_uri: other.url, verify_token: 'my-token' });
		sandbox.setTemplate({ ...order, status: 'PAUSED' });
		expect(sandbox.webhooks()).toEqual([]);
		await asApp().post(subscriptions, wanted(callback.url));
		sandbox.setTemplate({ ...order, status: 'APPROVED' });
		const [{ text } = { text: '' }] = await callback.posts.wait(() => true);
		expect(JSON.parse(text)).toMatchObject({ entry: [{ changes: [{ field: 'message_template_status_update' }] }] });
		await meta.post(messages, codeMessage());
		await other.posts.wait(() => true, { count: 2 });
		expect(callback.posts.list()).toHaveLength(1);
	});

	test('gets only the fields that the app subscribes to, and nothing of an account without the app', async () => {
		await using callback = await startCallback();
		await asApp().post(subscriptions, wanted(callback.url, ['messages']));
		// The webhook of 'sent' is due before the message is delivered, so no webhook is due after the wait.
		sandbox.setSchedule({ statuses: ['sent'] });
		await meta.post(messages, codeMessage());
		await sandbox.waitForMessages({ status: 'delivered' });
		expect(sandbox.subscriptions()).toEqual([]);
		await meta.post(apps);
		expect(sandbox.subscriptions()).toMatchObject([{ url: callback.url }]);
		sandbox.setTemplate({ ...order, status: 'PAUSED' });
		expect(sandbox.webhooks()).toEqual([]);
	});
});

describe('webhooks', () => {
	beforeEach(() => meta.post(apps));

	test.each([
		['{"object":"whatsapp_business_account"}', 'b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e'],
		['{"message":"caf\\u00e9"}', '5980113abfc4ffe911f1ae78f92dcf41e10b7d6bc792efd48dfe9ee94131aaf4'],
		['{"name":"Jos\\u00e9 \\ud83d\\ude00"}', 'a8f25fabc564f3723316d9fb67013d3a998ecab3441990022839a9a464f6f0bd'],
	])("are signed like Meta's example %s", (text, signature) => {
		const headers = { 'x-hub-signature-256': `sha256=${signature}` };
		expect(seal(JSON.parse(text), 'test-app-secret')).toEqual({ text, headers });
	});

	test('are signed over their bytes, and go to an address that has answered with the challenge', async () => {
		await using callback = await startCallback();
		const subscription = { override_callback_uri: callback.url, verify_token: 'my-token' };
		expect((await meta.post(apps, subscription)).data).toEqual({ success: true });
		expect((await meta.get(apps)).data).toMatchObject({
			data: [{ override_callback_uri: callback.url, whatsapp_business_api_data: { id: appId } }],
		});
		const id = messageIdIn(await meta.post(messages, { ...codeMessage(), biz_opaque_callback_data: 'José 😀' }));
		const [sent] = await callback.posts.wait(() => true, { count: 2 });
		const { headers, text = '' } = sent ?? {};
		expect(text).toContain('Jos\\u00e9 \\ud83d\\ude00');
		const signature = createHmac('sha256', appSecret).update(text, 'latin1').digest('hex');
		expect(headers?.['x-hub-signature-256']).toBe(`sha256=${signature}`);
		expect(JSON.parse(text)).toMatchObject({
			entry: [
				{ id: businessAccountId, changes: [{ field: 'messages', value: { statuses: [{ id, status: 'sent' }] } }] },
			],
		});
	});

	test('can be signed with a wrong secret', async () => {
		await using callback = await startCallback();
		await meta.post(apps, { override_callback_uri: callback.url, verify_token: 'my-token' });
		sandbox.setSchedule({ wrongSecret: true });
		await meta.post(messages, codeMessage());
		const [{ headers, text } = { headers: {}, text: '' }] = await callback.posts.wait(() => true);
		const signature = createHmac('sha256', appSecret).update(text, 'latin1').digest('hex');
		expect(headers['x-hub-signature-256']).toEqual(matching(/^sha256=[0-9a-f]{64}$/));
		expect(headers['x-hub-signature-256']).not.toBe(`sha256=${signature}`);
	});

	test('do not go to an address that answers something else or has another token', async () => {
		await using silent = await startCallback('my-token', () => 'ok');
		await using other = await startCallback('other-token');
		for (const url of [silent.url, other.url, 'http://127.0.0.1:9/hook']) {
			const answer = await meta.post(apps, { override_callback_uri: url, verify_token: 'my-token' });
			expect([answer.status, metaErrorIn(answer).code]).toEqual([400, 2200]);
		}
		expect((await meta.post(apps, { override_callback_uri: silent.url })).status).toBe(400);
		expect(sandbox.subscriptions()).toEqual([]);
		expect((await meta.get(apps)).data).toEqual({
			data: [{ whatsapp_business_api_data: { id: appId, name: 'Sandbox', link: containing(appId) } }],
		});
	});

	test('do not go to an address before the app is subscribed, or to one of more than 200 characters', async () => {
		await using callback = await startCallback();
		const token = { verify_token: 'my-token' };
		const long = `${callback.url}?${'x'.repeat(200 - callback.url.length)}`;
		expect((await meta.post(apps, { ...token, override_callback_uri: long })).status).toBe(400);
		expect((await meta.post(apps, { ...token, override_callback_uri: long.slice(0, 200) })).status).toBe(200);
		await meta.delete(apps);
		const refused = [
			await meta.post(apps, { ...token, override_callback_uri: callback.url }),
			await meta.post(number, { webhook_configuration: { ...token, override_callback_uri: callback.url } }),
		];
		for (const answer of refused) expect(metaErrorIn(answer).message).toContain('must be subscribed');
	});

	test("go to the number's address, which comes before the account's", async () => {
		await using callback = await startCallback();
		const [ofAccount, ofNumber] = [`${callback.url}/account`, `${callback.url}/number`];
		const receivers = () => sandbox.subscriptions().map(({ url }) => url);
		const configuration = async () => (await meta.get(number, { fields: 'webhook_configuration' })).data;
		const set = (url: string) =>
			meta.post(number, { webhook_configuration: { override_callback_uri: url, verify_token: 'my-token' } });
		expect(await configuration()).toEqual({ id: phoneNumberId, webhook_configuration: {} });
		await meta.post(apps, { override_callback_uri: ofAccount, verify_token: 'my-token' });
		await set(ofNumber);
		expect(receivers()).toEqual([ofNumber]);
		expect(await configuration()).toMatchObject({
			webhook_configuration: { phone_number: ofNumber, whatsapp_business_account: ofAccount },
		});
		await set('');
		expect(receivers()).toEqual([ofAccount]);
	});

	test('stop when the subscription is deleted', async () => {
		await using callback = await startCallback();
		await meta.post(apps, { override_callback_uri: callback.url, verify_token: 'my-token' });
		expect((await meta.delete(apps)).data).toEqual({ success: true });
		await meta.post(messages, codeMessage());
		await sandbox.waitForMessages({ status: 'delivered' });
		expect(sandbox.webhooks()).toEqual([]);
		expect((await meta.post(apps)).data).toEqual({ success: true });
		expect((await meta.get(apps)).data).toMatchObject({ data: [{ whatsapp_business_api_data: { id: appId } }] });
	});
});

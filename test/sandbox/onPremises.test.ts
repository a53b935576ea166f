import { z } from 'zod';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { anyString, containing, matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import { callerOf, dialog360At, type Caller, type Reply } from '../support/sandbox-callers';
import { startReceiver } from '../support/webhook-receiver';

const { username, password, namespace, displayPhoneNumber } = accounts.onPremises;
const basic = (secret: string) => ({ Authorization: `Basic ${btoa(`${username}:${secret}`)}` });

let sandbox: Sandbox;
let server: Caller;
let time = Date.parse('2026-01-01T00:00:00Z');

beforeAll(async () => {
	sandbox = await startSandbox({ now: () => time });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
	sandbox.reset();
	const { name, language, components } = copyCodeTemplate();
	for (const provider of ['onPremises', 'dialog360OnPremises'] as const) {
		sandbox.setTemplate({ provider, name, language, components });
	}
	server = callerOf(`${sandbox.url}/on-premises`, { Authorization: `Bearer ${tokenIn(await login())}` });
});

const session = z.object({ users: z.tuple([z.object({ token: z.string(), expires_after: z.string() })]) });
const tokenIn = ({ data }: Reply) => session.parse(data).users[0].token;
const login = (secret: string = password) =>
	callerOf(`${sandbox.url}/on-premises`, basic(secret)).post('/v1/users/login', {});
const errorOf = (code: number, details: unknown = anyString) => ({
	errors: [{ code, title: anyString, details }],
	meta: { version: matching(/^v2\./), api_status: 'stable' },
});

type Template = Record<string, unknown>;

function codeMessage(change: (template: Template) => Template = (template) => template, more = {}) {
	const parameters = [{ type: 'text', text: '493817' }];
	const template = {
		namespace,
		name: 'verification_code',
		language: { policy: 'deterministic', code: 'en_US' },
		components: [
			{ type: 'body', parameters },
			{ type: 'button', sub_type: 'url', index: 0, parameters },
		],
	};
	return { to: '12015553931', type: 'template', template: change(template), ...more };
}

const text = (value: string) => [{ type: 'text', text: value }];
const body = (value: string) => ({ type: 'body', parameters: text(value) });
const button = (value: string) => ({ type: 'button', sub_type: 'url', index: '0', parameters: text(value) });
const withComponents = (...components: unknown[]) => codeMessage((template) => ({ ...template, components }));

test('a login gives a token for seven days, and its date contains a space', async () => {
	const { users } = session.parse((await login()).data);
	expect(users[0].expires_after).toBe('2026-01-08 00:00:00+00:00');
	expect(await login('wrong')).toMatchObject({ status: 401, data: errorOf(1005, 'Invalid credentials.') });
});

test('a token is refused after its lifetime and after a logout, and the admin API sets the lifetime', async () => {
	const refused = { status: 401, data: errorOf(1005) };
	expect(await server.get('/v1/health')).toMatchObject({ status: 200 });
	time += 7 * 24 * 3600 * 1000;
	expect(await server.get('/v1/health')).toMatchObject(refused);
	time -= 7 * 24 * 3600 * 1000;
	await server.post('/v1/users/logout');
	expect(await server.get('/v1/health')).toMatchObject(refused);
	const admin = callerOf(`${sandbox.url}/admin`);
	expect(await admin.post('/sessions', { lifetimeMs: 1000 })).toMatchObject({ status: 200 });
	expect(session.parse((await login()).data).users[0].expires_after).toBe('2026-01-01 00:00:01+00:00');
	expect(await admin.post('/sessions', { lifetime: 1 })).toMatchObject({ status: 400 });
});

test('a send is answered with 201, and the code is on the phone', async () => {
	const answer = await server.post('/v1/messages', codeMessage());
	expect(answer).toMatchObject({ status: 201, data: { messages: [{ id: matching(/^gBEG/) }] } });
	expect(sandbox.messages()).toMatchObject([{ provider: 'onPremises', to: '12015553931', code: '493817' }]);
});

test.each([
	['no namespace', codeMessage((one) => ({ ...one, namespace: undefined })), 400, 1008, 'template.namespace'],
	['no policy', codeMessage((one) => ({ ...one, language: { code: 'en_US' } })), 400, 1008, 'template.language.policy'],
	["Meta's own field", codeMessage(undefined, { messaging_product: 'whatsapp' }), 400, 1010, 'messaging_product'],
	['components beside the template', codeMessage(undefined, { components: [] }), 400, 1010, 'components'],
	['a plus in the recipient', codeMessage(undefined, { to: '+12015553931' }), 400, 1009, 'to: '],
	['the sender as recipient', codeMessage(undefined, { to: displayPhoneNumber }), 400, 1021, 'self'],
	['another namespace', codeMessage((one) => ({ ...one, namespace: 'other' })), 404, 2001, 'other'],
	['an unknown template', codeMessage((one) => ({ ...one, name: 'other' })), 404, 2001, '(other)'],
	['no components', withComponents(), 400, 2000, 'body: 0 parameters'],
	['no button', withComponents(body('1')), 400, 2000, 'button: 0 parameters'],
	['a button elsewhere', withComponents(body('1'), { ...button('1'), index: 1 }), 400, 2012, 'at index 1'],
	['another code in the button', withComponents(body('1'), button('2')), 400, 1009, 'differs'],
	['16 characters', withComponents(body('1'.repeat(16)), button('1'.repeat(16))), 400, 1009, 'more than 15'],
	['a link', withComponents(body('https://x.y'), button('https://x.y')), 400, 1009, 'links'],
	[
		'a code that is a JSON number',
		withComponents({ type: 'body', parameters: [{ type: 'text', text: 1 }] }),
		400,
		1009,
		'',
	],
])('a message with %s is refused', async (_, message, status, code, details) => {
	const answer = await server.post('/v1/messages', message);
	expect(answer).toMatchObject({ status, data: errorOf(code, containing(details)) });
	expect(sandbox.messages()).toEqual([]);
});

test('a body that is not JSON and an unknown path are refused in the same envelope', async () => {
	expect(await server.post('/v1/messages', '{')).toMatchObject({ status: 400, data: errorOf(1025) });
	expect(await server.get('/v1/nothing')).toMatchObject({ status: 404, data: errorOf(1006) });
});

test('the refusal of too many requests has no code', async () => {
	sandbox.addFault({ call: 'send', effect: { error: { code: 429 } } });
	const answer = await server.post('/v1/messages', codeMessage());
	expect(answer).toMatchObject({ status: 429 });
	expect(answer.data).toEqual({ errors: [{ title: 'Too many requests' }] });
});

describe('a number that the server does not know yet', () => {
	const check = (blocking?: string) => server.post('/v1/contacts', { blocking, contacts: ['+1 201 555 3931'] });
	const contact = (fields: object) => ({ status: 200, data: { contacts: [{ input: '+1 201 555 3931', ...fields }] } });

	test('is refused until it is checked', async () => {
		await callerOf(`${sandbox.url}/admin`).post('/contacts', { to: '+12015553931' });
		const refused = { status: 404, data: errorOf(1006, 'unknown contact') };
		expect(await server.post('/v1/messages', codeMessage())).toMatchObject(refused);
		expect(await check('wait')).toMatchObject(contact({ status: 'valid', wa_id: '12015553931' }));
		expect(await server.post('/v1/messages', codeMessage())).toMatchObject({ status: 201 });
	});

	test('is processing at first if the check does not wait, and can turn out to be invalid', async () => {
		sandbox.setContact({ to: '12015553931' });
		expect(await check()).toMatchObject(contact({ status: 'processing' }));
		expect(await check()).toMatchObject(contact({ status: 'valid' }));
		sandbox.setContact({ to: '12015553931', state: 'invalid' });
		expect((await check('wait')).data).toEqual(
			expect.objectContaining({
				contacts: [{ input: '+1 201 555 3931', status: 'invalid' }],
			}),
		);
	});
});

describe('webhooks', () => {
	const settings = '/v1/settings/application';
	const events = () => sandbox.webhooks().flatMap((webhook) => webhook.events);

	test('are registered in the settings, have a flat body, and report `sent` only if it is turned on', async () => {
		const receiver = await startReceiver();
		try {
			expect(await server.delete(settings)).toMatchObject({ status: 200 });
			const webhooks = { url: receiver.url, max_concurrent_requests: 12 };
			await server.patch(settings, { webhooks });
			expect(await server.get(settings)).toMatchObject({ data: { settings: { application: { webhooks } } } });
			await server.post('/v1/messages', codeMessage());
			await sandbox.waitForWebhooks({ event: 'delivered', state: 'delivered' });
			expect(events()).toEqual(['delivered']);
			const [message] = sandbox.messages();
			expect(receiver.received.list()[0]?.body).toEqual({
				statuses: [
					{ id: message?.id, status: 'delivered', timestamp: matching(/^\d{10}$/), recipient_id: '12015553931' },
				],
			});
			await server.patch(settings, { sent_status: true });
			await server.post('/v1/messages', codeMessage());
			await sandbox.waitForWebhooks({ event: 'sent', state: 'delivered' });
			await server.delete(settings);
			expect(sandbox.subscriptions()).toEqual([]);
		} finally {
			await receiver.stop();
		}
	});

	test('report that a phone cannot receive messages, although the send was accepted', async () => {
		const receiver = await startReceiver();
		try {
			await server.patch(settings, { webhooks: { url: receiver.url } });
			sandbox.addFault({ call: 'send', effect: { failedWebhook: { code: 1026 } } });
			expect(await server.post('/v1/messages', codeMessage())).toMatchObject({ status: 201 });
			const [webhook] = await sandbox.waitForWebhooks({ event: 'failed' });
			expect(webhook?.body).toMatchObject({
				statuses: [
					{
						errors: [{ code: 1026, title: 'Receiver Incapable', href: '/docs/whatsapp/api/errors' }],
						message: { recipient_id: '+12015553931' },
						status: 'failed',
					},
				],
			});
		} finally {
			await receiver.stop();
		}
	});

	test('refuse settings that do not exist', async () => {
		for (const wrong of [{ webhooks: { max_concurrent_requests: 7 } }, { webhook: {} }, { webhooks: { url: 'x' } }]) {
			expect(await server.patch(settings, wrong)).toMatchObject({ status: 400, data: errorOf(1009) });
		}
	});
});

test("360dialog's On-Premises hosting has its key, its templates and its envelope", async () => {
	const { apiKey, namespace: own } = accounts.dialog360OnPremises;
	const at = (key: string) => callerOf(`${sandbox.url}/360dialog-on-premises`, { 'D360-API-KEY': key });
	expect(await at('wrong').post('/v1/messages', codeMessage())).toMatchObject({
		status: 401,
		data: { meta: { httpCode: 404 } },
	});
	const message = codeMessage((template) => ({ ...template, namespace: own }));
	expect(await at(apiKey).post('/v1/messages', message)).toMatchObject({ status: 201 });
	expect(await at(apiKey).post('/v1/messages', codeMessage())).toMatchObject({ status: 404, data: errorOf(2001) });
	const listed = await at(apiKey).get('/v1/configs/templates');
	expect(listed.data).toMatchObject({ total: 1, waba_templates: [{ namespace: own, status: 'approved' }] });
	expect((await dialog360At(sandbox.url).get('/v1/configs/templates')).data).toMatchObject({ total: 0 });
});

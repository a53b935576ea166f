import type { HttpClient } from '../../providers';
import { login, onPremises } from '../../providers/onPremises';
import { onPremisesErrors } from '../../providers/onPremises/error-codes';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { axiosHttp } from '../support/axios-http';
import { newPhone } from '../support/installation';
import { anyString, containing, matching } from '../support/matchers';
import { codeToSend as message, copyCodeTemplate } from '../support/message-samples';
import type { SavedCredential } from '../support/n8n-core';
import { transportErrorOf, refusalOf } from '../support/provider-errors';
import { startSelfSigned } from '../support/self-signed-server';
import { providerContract } from './contract';
import { useWebhookConnection } from './contract/webhook-connection';
import { parse } from './contract/webhook-events';
import { onPremises as subject } from './subjects/onPremises';

const nodes = providerContract(subject);

const { username, password, namespace } = accounts.onPremises;
const day = 24 * 3600 * 1000;

let sandbox: Sandbox;
let time = Date.parse('2026-01-01T00:00:00Z');

beforeAll(async () => {
	sandbox = await startSandbox({ now: () => time });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	const { name, language, components } = copyCodeTemplate();
	sandbox.setTemplate({ provider: 'onPremises', name, language, components });
});

interface Server {
	baseUrl?: string;
	namespace?: string;
	allowUnauthorizedCerts?: boolean;
	password?: string;
}

/** A client that logs in before the first call, and again after a 401, as n8n does. */
function connect({ password: secret = password, ...fields }: Server = {}) {
	const account = onPremises.account.parse({ baseUrl: `${sandbox.url}/on-premises/`, namespace, ...fields });
	const basic = axiosHttp({ Authorization: `Basic ${btoa(`${username}:${secret}`)}` });
	let token: Promise<string> | undefined;
	const http: HttpClient = async (request) => {
		const bearer = async () => ({ Authorization: `Bearer ${await (token ??= login(basic, account))}` });
		const answer = await axiosHttp(await bearer())(request);
		if (answer.status !== 401 || !request.renewsLogin) return answer;
		token = undefined;
		return await axiosHttp(await bearer())(request);
	};
	return { http, account };
}

const send = (fields?: Partial<typeof message>, server?: Server) =>
	onPremises.sendCode(connect(server), { ...message, ...fields });
const called = (call: string) => sandbox.requests({ provider: 'onPremises', call });
const error = (code: number, details?: string) => ({ error: { code, details } });
const failSends = (effect: Parameters<Sandbox['addFault']>[0]['effect'], times?: number) =>
	sandbox.addFault({ call: 'send', effect, times });

describe('A send to a server', () => {
	it('has the body of the document: only digits, namespace, policy, and the code twice as a text', async () => {
		const receipt = await send();
		expect(receipt).toEqual({ messageId: matching(/^gBEG[\w-]{23}$/), status: 'accepted' });
		const parameters = [{ type: 'text', text: '012345' }];
		expect(called('send').map(({ body }) => body)).toEqual([
			{
				to: '12015553931',
				type: 'template',
				template: {
					namespace,
					name: 'verification_code',
					language: { policy: 'deterministic', code: 'en_US' },
					components: [
						{ type: 'body', parameters },
						{ type: 'button', sub_type: 'url', index: 0, parameters },
					],
				},
			},
		]);
		expect(sandbox.messages()).toMatchObject([{ provider: 'onPremises', to: '12015553931', code: '012345' }]);
	});

	it.each(['000000', '1e5', 'J$FpnYnP', '$&$1$$', '012345678901234'])('sends the code %s as a text', async (code) => {
		await send({ code });
		expect(sandbox.messages()).toMatchObject([{ code }]);
	});

	it('succeeds with 200 and with 201, and gives the wa_id of the answer', async () => {
		const body = { contacts: [{ input: '+521', wa_id: '52155' }], messages: [{ id: 'gBEGx' }] };
		failSends({ answer: { status: 200, body } });
		expect(await send()).toEqual({ messageId: 'gBEGx', status: 'accepted', waId: '52155' });
	});

	it('without a namespace makes no request', async () => {
		expect(await refusalOf(send({}, { namespace: ' ' }))).toMatchObject({
			class: 'credential',
			what: containing("'Namespace'"),
		});
		expect(sandbox.requests()).toEqual([]);
	});
});

describe('A login', () => {
	it('is made once for several calls', async () => {
		const connection = connect();
		await onPremises.sendCode(connection, message);
		await onPremises.sendCode(connection, message);
		expect(called('login')).toHaveLength(1);
		expect(sandbox.messages()).toHaveLength(2);
	});

	it.each([
		['its seven days have passed', () => (time += 7 * day)],
		['the server ends it', () => sandbox.setSessions({ end: true })],
	])('is made again when %s, and the message is sent once', async (_, end) => {
		const connection = connect();
		await onPremises.sendCode(connection, message);
		end();
		await onPremises.sendCode(connection, { ...message, code: '222222' });
		expect(called('login')).toHaveLength(2);
		expect(called('send').map(({ status }) => status)).toEqual([201, 401, 201]);
		expect(sandbox.messages()).toMatchObject([{ code: '012345' }, { code: '222222' }]);
	});

	it('is made at most twice if the server rejects its new token', async () => {
		sandbox.setSessions({ lifetimeMs: 0 });
		expect(await refusalOf(send())).toMatchObject({ class: 'credential', providerCode: 1005 });
		expect(called('login')).toHaveLength(2);
	});

	it('with a wrong password gives what the server said', async () => {
		expect(await refusalOf(send({}, { password: 'wrong' }))).toMatchObject({
			class: 'credential',
			providerCode: 1005,
			title: 'Access denied',
			details: 'Invalid credentials.',
			fix: "Check 'Username' and 'Password' in the credential",
		});
		expect(called('send')).toEqual([]);
	});
});

describe('A number that the server does not know', () => {
	it('is looked up, and gets the message at the wa_id that WhatsApp gives it', async () => {
		sandbox.setContact({ to: '+5511987654321', waId: '551187654321' });
		const receipt = await send({ to: '+5511987654321' });
		expect(receipt).toMatchObject({ waId: '551187654321', messageId: anyString });
		expect(sandbox.requests().map(({ call, status }) => `${call} ${status}`)).toEqual([
			'login 200',
			'send 404',
			'checkContact 200',
			'send 201',
		]);
		const body = { blocking: 'wait', contacts: ['+5511987654321'], force_check: true };
		expect(called('checkContact')).toMatchObject([{ body }]);
		expect(sandbox.messages()).toMatchObject([{ to: '551187654321' }]);
	});

	it('is tried only once more', async () => {
		failSends(error(1006, 'unknown contact'));
		expect(await refusalOf(send())).toMatchObject({ class: 'recipient', providerCode: 1006 });
		expect(called('send')).toHaveLength(2);
		expect(called('checkContact')).toHaveLength(1);
	});

	it.each([
		['invalid', 'recipient'],
		['processing', 'transient'],
	] as const)('that is %s gets no message: class %s', async (state, errorClass) => {
		sandbox.setContact({ to: '12015553931', state });
		const refused = await refusalOf(send());
		expect(refused).toMatchObject({ class: errorClass, providerCode: 1006 });
		expect(refused.mayHaveArrived).toBeUndefined();
		expect(called('send')).toHaveLength(1);
	});

	it('has got no message if the look-up fails', async () => {
		sandbox.setContact({ to: '12015553931' });
		sandbox.addFault({ call: 'checkContact', times: 1, effect: { loseAnswer: true } });
		expect((await transportErrorOf(send())).mayHaveArrived).toBe(false);
		sandbox.setContact({ to: '12015553931' });
		sandbox.addFault({ call: 'checkContact', times: 1, effect: { answer: { status: 502, body: 'Bad Gateway' } } });
		expect(await refusalOf(send())).toMatchObject({ class: 'transient', mayHaveArrived: false });
		expect(sandbox.messages()).toEqual([]);
	});
});

/** docs/reference/providers.md 2.4, code by code. */
const classes: Record<string, number[]> = {
	recipient: [408, 410, 1002, 1007, 1013, 1021, 1026],
	template: [2000, 2001, 2002, 2003, 2012],
	credential: [1005, 1024],
	account: [402, 430, 432, 433, 1022],
	throttle: [471, 1015],
	transient: [500, 1000, 1011, 1014, 1016, 1023, 1025],
	permanent: [102, 400, 470, 472, 1001, 1004, 1008, 1009, 1010],
};
const codes = Object.entries(classes).flatMap(([name, list]) => list.map((code) => [code, name] as const));

describe('A refusal of a server', () => {
	it('has a row for each documented error code, and for no other', () => {
		const known = onPremisesErrors.flatMap((row) => row.errorCodes);
		expect([...known].sort()).toEqual([429, 1006, ...codes.map(([code]) => code)].sort());
	});

	it.each(codes)('with the error code %d has the class %s and says what to do', async (code, errorClass) => {
		failSends(error(code, 'the details'));
		const refused = await refusalOf(send());
		expect(refused).toMatchObject({ class: errorClass, providerCode: code, details: 'the details' });
		expect(refused.fix).not.toBe('');
		expect(sandbox.messages()).toEqual([]);
	});

	it.each([
		[200, { errors: [{ code: 1014, title: 'Internal error' }] }, { class: 'transient', providerCode: 1014 }],
		[200, { errors: [{ title: 'Something' }] }, { class: 'permanent', providerCode: 200, title: 'Something' }],
		[200, { messages: [] }, { class: 'transient', providerCode: 200, what: 'The server accepted no message' }],
		[429, { errors: [{ title: 'Too many requests' }] }, { class: 'throttle', providerCode: 429 }],
		[403, { errors: [{ title: 'Error Sending', code: 102 }] }, { class: 'permanent', providerCode: 102 }],
		[410, 'Gone', { class: 'permanent', providerCode: 410, details: 'Gone' }],
		[500, '<html>', { class: 'transient', providerCode: 500, mayHaveArrived: true }],
		[200, '<html>', { class: 'transient', providerCode: 200, mayHaveArrived: true }],
		[200, { messages: 'many' }, { class: 'transient', mayHaveArrived: true }],
	])('can come as %d %j', async (status, body, expected) => {
		failSends({ answer: { status, body } });
		expect(await refusalOf(send())).toMatchObject(expected);
	});

	it('may have sent the message only after an internal error', async () => {
		failSends({ answer: { status: 200, body: { messages: [] } } }, 1);
		expect((await refusalOf(send())).mayHaveArrived).toBeUndefined();
		failSends(error(1011), 1);
		expect((await refusalOf(send())).mayHaveArrived).toBeUndefined();
		failSends(error(1014), 1);
		expect((await refusalOf(send())).mayHaveArrived).toBe(true);
	});

	it('gives the seconds of the retry-after header', async () => {
		failSends({ answer: { status: 429, body: {}, headers: { 'retry-after': '7' } } });
		expect(await refusalOf(send())).toMatchObject({ class: 'throttle', retryAfterSeconds: 7 });
	});
});

describe('A connection', () => {
	it('that breaks after the send leaves one message, which may have arrived', async () => {
		failSends({ loseAnswer: true });
		expect((await transportErrorOf(send())).mayHaveArrived).toBe(true);
		expect(sandbox.messages()).toHaveLength(1);
	});

	it('that is refused has sent nothing', async () => {
		const gone = await startSandbox();
		await gone.stop();
		const broken = await transportErrorOf(send({}, { baseUrl: `${gone.url}/on-premises` }));
		expect(broken).toMatchObject({ mayHaveArrived: false, message: containing('refused the connection') });
	});

	it('with a self-signed certificate is made if the credential allows it', async () => {
		const front = await startSelfSigned(sandbox.url);
		const baseUrl = `${front.url}/on-premises`;
		try {
			expect(await transportErrorOf(send({}, { baseUrl }))).toMatchObject({
				mayHaveArrived: false,
				message: containing('has a self-signed certificate'),
			});
			expect(await send({}, { baseUrl, allowUnauthorizedCerts: true })).toMatchObject({ status: 'accepted' });
		} finally {
			await front.stop();
		}
		expect(sandbox.messages()).toHaveLength(1);
	});
});

/** The settings of the server, as its owner reads and writes them. */
async function serverAt(url: string) {
	const http = axiosHttp(await subject.headers(url));
	return async (method: 'GET' | 'PATCH', body?: object) =>
		(await http({ method, url: `${url}/on-premises/v1/settings/application`, body })).body;
}

describe('Health', () => {
	it.each([
		[{ gateway_status: 'connecting' }],
		['connected'],
		[{ 'a:1': { gateway_status: 'disconnected' }, 'b:2': { gateway_status: 'connected', role: 'coreapp' } }],
		[{ 'a:1': { gateway_status: 'connecting' } }],
		[{ 'a:1': 'connected' }],
	])('%j is good', async (health) => {
		const effect = { answer: { status: 200, body: { health } } };
		nodes.sandbox().addFault({ call: 'getHealth', effect });
		expect(await nodes.testCredential()).toEqual({ status: 'OK', message: 'Connection successful!' });
	});
});

describe('The webhook registration at a server', () => {
	const connectWebhook = useWebhookConnection(subject, nodes);

	it('reads an answer without the wrapper', async () => {
		const webhook = await connectWebhook();
		const body = { webhooks: { url: webhook.address, message: { sent: true } }, sent_status: true };
		nodes.sandbox().addFault({ call: 'getWebhook', effect: { answer: { status: 200, body } } });
		expect(await webhook.isComplete()).toBe(true);
	});

	it('stops if the settings are unreadable', async () => {
		const webhook = await connectWebhook();
		const url = 'https://crm.example.test/hook';
		for (const application of [null, { webhooks: { url, message: 'on' } }, { webhooks: { url }, sent_status: 'on' }]) {
			nodes.sandbox().clearFaults();
			nodes.sandbox().addFault({
				call: 'getWebhook',
				effect: { answer: { status: 200, body: { settings: { application } } } },
			});
			await expect(webhook.read()).rejects.toMatchObject({ name: 'ProviderError' });
		}
	});

	it('is not complete if a status is not sent', async () => {
		const webhook = await connectWebhook();
		const url = webhook.address;
		for (const application of [
			{ webhooks: { url } },
			{ webhooks: { url }, sent_status: false },
			{ webhooks: { url, message: { read: false } }, sent_status: true },
			{ webhooks: { url: `${url}x` }, sent_status: true },
		]) {
			nodes.sandbox().clearFaults();
			const body = { settings: { application } };
			nodes.sandbox().addFault({ call: 'getWebhook', effect: { answer: { status: 200, body } } });
			expect(await webhook.isComplete()).toBe(false);
		}
	});

	// Independent documents: the switches of the messages were written where nothing was set before.
	it.each([
		[{}],
		[{ webhooks: { url: 'https://crm.example.test/hook' } }],
		[{ webhooks: { url: 'https://crm.example.test/hook', max_concurrent_requests: 12 }, sent_status: true }],
		[{ webhooks: { url: 'https://crm.example.test/hook', message: { read: false } }, sent_status: false }],
		[
			{
				webhooks: { url: 'https://crm.example.test/hook', message: { sent: true, delivered: false } },
				sent_status: false,
				callback_persist: true,
			},
		],
	])('gives back exactly %j', async (before) => {
		const webhook = await connectWebhook();
		const http = await serverAt(nodes.sandbox().url);
		if (Object.keys(before).length > 0) await http('PATCH', before);
		const { state } = await webhook.read();
		await webhook.register();
		expect(await webhook.isComplete()).toBe(true);
		await webhook.restore(JSON.parse(JSON.stringify(state)));
		expect(await http('GET')).toEqual({ settings: { application: before }, meta: expect.anything() as unknown });
	});

	it('reads a refusal with 200', async () => {
		const webhook = await connectWebhook();
		const body = { errors: [{ code: 1009, title: 'Parameter value is not valid', details: 'https only' }] };
		nodes.sandbox().addFault({ call: 'setWebhook', effect: { answer: { status: 200, body } } });
		expect(await refusalOf(webhook.register())).toMatchObject({ providerCode: 1009, details: 'https only' });
	});
});

describe('The login in a workflow', () => {
	const send = (credential: SavedCredential, count = 1) =>
		nodes.send(
			Array.from({ length: count }, () => ({ to: newPhone() })),
			{},
			{ account: credential },
		);
	const calls = () =>
		nodes
			.sandbox()
			.requests({ provider: 'onPremises' })
			.map(({ call, status }) => `${call} ${status}`);

	it('is made automatically, kept in the credential, and made again after the server has ended it', async () => {
		const credential = await nodes.saveCredential();
		expect(await send(credential)).toMatchObject({ status: 'success' });
		const { sessionToken } = await nodes.host().readCredential(credential);
		expect(sessionToken).toMatch(/^eyJ/);
		await send(credential);
		nodes.sandbox().setSessions({ end: true });
		await send(credential);
		expect(calls()).toEqual(['login 200', 'send 201', 'send 201', 'send 401', 'login 200', 'send 201']);
		expect((await nodes.host().readCredential(credential)).sessionToken).not.toBe(sessionToken);
		expect(nodes.sandbox().messages()).toHaveLength(3);
	});

	it('is made once for all items of a node', async () => {
		expect((await send(await nodes.saveCredential(), 10)).json[1]).toHaveLength(10);
		expect(calls().filter((call) => call === 'login 200')).toHaveLength(1);
		expect(nodes.sandbox().messages()).toHaveLength(10);
	});

	it('stops the node with the reason if the server rejects it', async () => {
		const { error, status } = await send(await nodes.saveCredential({ password: 'wrong' }));
		expect(status).toBe('error');
		expect(error).toMatchObject({
			message: containing('The server rejected the login'),
			description: containing("Check 'Username' and 'Password' in the credential"),
		});
		expect(calls()).toEqual(['login 401']);
	});

	it('stops the node after a second attempt if the server rejects the new token', async () => {
		nodes.sandbox().setSessions({ lifetimeMs: 0 });
		const { error } = await send(await nodes.saveCredential());
		expect(error).toMatchObject({ message: containing('rejected the login') });
		expect(calls()).toEqual(['login 200', 'send 401', 'login 200', 'send 401']);
	});
});

describe('A self-signed certificate', () => {
	let front: Awaited<ReturnType<typeof startSelfSigned>>;
	let baseUrl: string;

	beforeAll(async () => {
		front = await startSelfSigned(nodes.sandbox().url);
		baseUrl = `${front.url}/on-premises`;
	});
	afterAll(() => front.stop());

	it('is accepted in a workflow if the credential allows it', async () => {
		const account = await nodes.saveCredential({ baseUrl, allowUnauthorizedCerts: true });
		const { json } = await nodes.send([{ to: newPhone() }], {}, { account });
		expect(json[1]).toMatchObject([{ result: 'sent', provider: 'onPremises' }]);
	});

	it('is accepted by the Test button only if the credential allows it', async () => {
		expect(await nodes.testCredential({ baseUrl })).toMatchObject({
			status: 'Error',
			message: matching(/has a self-signed certificate\. .*'Ignore SSL Issues'/),
		});
		expect(await nodes.testCredential({ baseUrl, allowUnauthorizedCerts: true })).toMatchObject({ status: 'OK' });
	});
});

test('A text that is too long is cut in an event, and ignored as an ID', () => {
	const long = 'x'.repeat(5000);
	const status = (more: object) => ({ statuses: [{ id: 'a', status: 'failed', timestamp: '1', ...more }] });
	expect(parse('onPremises', status({ errors: [{ code: 1, title: long, details: long }] }))).toMatchObject([
		{ error: { title: long.slice(0, 500), details: long.slice(0, 500) } },
	]);
	expect(parse('onPremises', status({ id: long }))).toEqual([]);
	expect(parse('onPremises', status({ recipient_id: long }))).toEqual([
		expect.not.objectContaining({ recipient: long }),
	]);
});

describe('An enormous webhook', () => {
	const status = { id: 'a', status: 'sent', timestamp: '1' };

	it.each([
		['a body of 5 MB', { statuses: [status], padding: 'x'.repeat(5 * 1024 * 1024) }, 0],
		[
			'a hundred thousand statuses',
			{ statuses: Array.from({ length: 100_000 }, () => ({ id: 'a', status: 'sent' })) },
			10_000,
		],
	])('with %s is read up to the limit', (_what, body, count) => {
		expect(parse('onPremises', body)).toHaveLength(count);
	});

	it('with a million levels is no problem', () => {
		const deep = `{"statuses":[{"id":"a","status":"sent","x":${'['.repeat(1e6)}${']'.repeat(1e6)}}]}`;
		expect(parse('onPremises', Buffer.from(deep)).length).toBeLessThanOrEqual(1);
	});
});

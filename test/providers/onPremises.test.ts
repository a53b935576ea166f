import type { HttpClient } from '../../providers';
import { login, onPremises } from '../../providers/onPremises';
import { onPremisesErrors } from '../../providers/onPremises/error-codes';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { axiosHttp } from '../support/axios-http';
import { anyString, containing, matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import { transportErrorOf, refusalOf } from '../support/provider-errors';
import { startSelfSigned } from '../support/self-signed-server';

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

const message = {
	to: '+12015553931',
	code: '012345',
	template: { name: 'verification_code', language: 'en_US' },
	expiresIn: 300,
	purpose: 'authentication',
	callbackData: 'send-1',
};

interface Server {
	baseUrl?: string;
	namespace?: string;
	allowUnauthorizedCerts?: boolean;
	password?: string;
}

/** A client that does what n8n does with the credential: logs in before the first call, and again after a 401. */
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
const error = (code: number, details?: string) => ({ error: { code, ...(details !== undefined && { details }) } });
const failSends = (effect: Parameters<Sandbox['addFault']>[0]['effect'], times?: number) =>
	sandbox.addFault({ call: 'send', effect, ...(times !== undefined && { times }) });

describe('a send', () => {
	it('has the body of the document: digits alone, namespace, policy, the code twice as text', async () => {
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

	it.each(['000000', '1e5', 'J$FpnYnP', '$&$1$$', '012345678901234'])('leaves the code %s as it is', async (code) => {
		await send({ code });
		expect(sandbox.messages()).toMatchObject([{ code }]);
	});

	it('is taken with 200 as well as with 201, and tells the wa_id where the answer has it', async () => {
		const body = { contacts: [{ input: '+521', wa_id: '52155' }], messages: [{ id: 'gBEGx' }] };
		failSends({ answer: { status: 200, body } });
		expect(await send()).toEqual({ messageId: 'gBEGx', status: 'accepted', waId: '52155' });
	});

	it('needs a namespace before it asks anybody', async () => {
		expect(await refusalOf(send({}, { namespace: ' ' }))).toMatchObject({
			class: 'credential',
			what: containing("'Namespace'"),
		});
		expect(sandbox.requests()).toEqual([]);
	});
});

describe('a login', () => {
	it('is made once and kept for the calls after it', async () => {
		const connection = connect();
		await onPremises.sendCode(connection, message);
		await onPremises.sendCode(connection, message);
		expect(called('login')).toHaveLength(1);
		expect(sandbox.messages()).toHaveLength(2);
	});

	it.each([
		['its seven days are over', () => (time += 7 * day)],
		['the server ends it', () => sandbox.setSessions({ end: true })],
	])('is made again when %s, and the message goes out once', async (_, end) => {
		const connection = connect();
		await onPremises.sendCode(connection, message);
		end();
		await onPremises.sendCode(connection, { ...message, code: '222222' });
		expect(called('login')).toHaveLength(2);
		expect(called('send').map(({ status }) => status)).toEqual([201, 401, 201]);
		expect(sandbox.messages()).toMatchObject([{ code: '012345' }, { code: '222222' }]);
	});

	it('is tried twice and no more where the server refuses what it has just let in', async () => {
		sandbox.setSessions({ lifetimeMs: 0 });
		expect(await refusalOf(send())).toMatchObject({ class: 'credential', providerCode: 1005 });
		expect(called('login')).toHaveLength(2);
	});

	it('with a wrong password tells what the server said', async () => {
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

describe('a number that the server does not know', () => {
	it('is checked, and gets the message under the wa_id that WhatsApp gives it', async () => {
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

	it('is tried once more, not twice', async () => {
		failSends(error(1006, 'unknown contact'));
		expect(await refusalOf(send())).toMatchObject({ class: 'recipient', providerCode: 1006 });
		expect(called('send')).toHaveLength(2);
		expect(called('checkContact')).toHaveLength(1);
	});

	it.each([
		['invalid', 'recipient'],
		['processing', 'transient'],
	] as const)('and is %s gets nothing: %s', async (state, errorClass) => {
		sandbox.setContact({ to: '12015553931', state });
		const refused = await refusalOf(send());
		expect(refused).toMatchObject({ class: errorClass, providerCode: 1006 });
		expect(refused.mayHaveArrived).toBeUndefined();
		expect(called('send')).toHaveLength(1);
	});

	it('and whose check breaks has surely got nothing', async () => {
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

describe('a refusal', () => {
	it('has a row for each of its codes, and for no other', () => {
		const known = onPremisesErrors.flatMap((row) => row.errorCodes);
		expect([...known].sort()).toEqual([429, 1006, ...codes.map(([code]) => code)].sort());
	});

	it.each(codes)('with code %d is of class %s and says what to do', async (code, errorClass) => {
		failSends(error(code, 'the details'));
		const refused = await refusalOf(send());
		expect(refused).toMatchObject({ class: errorClass, providerCode: code, details: 'the details' });
		expect(refused.fix).not.toBe('');
		expect(sandbox.messages()).toEqual([]);
	});

	it.each([
		[200, { errors: [{ code: 1014, title: 'Internal error' }] }, { class: 'transient', providerCode: 1014 }],
		[200, { errors: [{ title: 'Something' }] }, { class: 'permanent', providerCode: 200, title: 'Something' }],
		[200, { messages: [] }, { class: 'transient', providerCode: 200, what: 'The server took no message' }],
		[429, { errors: [{ title: 'Too many requests' }] }, { class: 'throttle', providerCode: 429 }],
		[403, { errors: [{ title: 'Error Sending', code: 102 }] }, { class: 'permanent', providerCode: 102 }],
		[410, 'Gone', { class: 'permanent', providerCode: 410, details: 'Gone' }],
		[500, '<html>', { class: 'transient', providerCode: 500, mayHaveArrived: true }],
		[200, '<html>', { class: 'transient', providerCode: 200, mayHaveArrived: true }],
		[200, { messages: 'many' }, { class: 'transient', mayHaveArrived: true }],
	])('may come as %d %j', async (status, body, expected) => {
		failSends({ answer: { status, body } });
		expect(await refusalOf(send())).toMatchObject(expected);
	});

	it('is final where the server says that it sent nothing, and uncertain where it broke inside', async () => {
		failSends({ answer: { status: 200, body: { messages: [] } } }, 1);
		expect((await refusalOf(send())).mayHaveArrived).toBeUndefined();
		failSends(error(1011), 1);
		expect((await refusalOf(send())).mayHaveArrived).toBeUndefined();
		failSends(error(1014), 1);
		expect((await refusalOf(send())).mayHaveArrived).toBe(true);
	});

	it('tells how long to wait where the server does', async () => {
		failSends({ answer: { status: 429, body: {}, headers: { 'retry-after': '7' } } });
		expect(await refusalOf(send())).toMatchObject({ class: 'throttle', retryAfterSeconds: 7 });
	});
});

describe('a connection', () => {
	it('that breaks after the server took the message leaves one message, which may have arrived', async () => {
		failSends({ loseAnswer: true });
		expect((await transportErrorOf(send())).mayHaveArrived).toBe(true);
		expect(sandbox.messages()).toHaveLength(1);
	});

	it('that nobody takes has surely sent nothing', async () => {
		const gone = await startSandbox();
		await gone.stop();
		const broken = await transportErrorOf(send({}, { baseUrl: `${gone.url}/on-premises` }));
		expect(broken).toMatchObject({ mayHaveArrived: false, message: containing('refused the connection') });
	});

	it('under a self-signed certificate is made where the credential allows it', async () => {
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

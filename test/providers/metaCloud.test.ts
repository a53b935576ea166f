import { WhatsAppOtpMetaCloudApi } from '../../credentials/WhatsAppOtpMetaCloudApi.credentials';
import { metaErrors } from '../../providers/meta/error-codes';
import { metaCloud } from '../../providers/metaCloud';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { axiosHttp } from '../support/axios-http';
import { newPhone } from '../support/installation';
import { containing, matching } from '../support/matchers';
import { codeToSend as message, copyCodeTemplate, sentCode } from '../support/message-samples';
import { transportErrorOf, refusalOf } from '../support/provider-errors';
import { providerContract } from './contract';
import { webhookOf } from './contract/direct';
import { parse } from './contract/webhook-events';
import { metaErrorCodes } from './subjects/meta';
import { metaCloud as subject } from './subjects/metaCloud';

const nodes = providerContract(subject);

const { accessToken, expiredToken, messagingToken, phoneNumberId, businessAccountId } = accounts.metaCloud;

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	const { name, language, components } = copyCodeTemplate();
	sandbox.setTemplate({ provider: 'metaCloud', name, language, components });
});

interface Fields {
	phoneNumberId?: string;
	apiVersion?: string;
	baseUrl?: string;
	token?: string;
}

function connect({ token = accessToken, ...fields }: Fields = {}) {
	const credential = { phoneNumberId, businessAccountId, baseUrl: `${sandbox.url}/meta`, ...fields };
	return { http: axiosHttp({ Authorization: `Bearer ${token}` }), account: metaCloud.account.parse(credential) };
}

const send = (more: Partial<typeof message> = {}, fields?: Fields) =>
	metaCloud.sendCode(connect(fields), { ...message, ...more });
const answerSends = (status: number, body: unknown, headers?: Record<string, string>) =>
	sandbox.addFault({ call: 'send', effect: { answer: { status, body, headers } } });

describe('The account', () => {
	it("has Meta's address and v25.0, unless the credential has others", () => {
		expect(metaCloud.account.parse({ phoneNumberId, businessAccountId })).toMatchObject({
			graph: 'https://graph.facebook.com/v25.0',
			version: 'v25.0',
		});
	});

	const hintAt = (apiVersion: string, date: string) => {
		const account = metaCloud.account.parse({ phoneNumberId, businessAccountId, apiVersion });
		return metaCloud.hints?.(account, new Date(date));
	};

	it.each([
		['v23.0', '2027-07-09', []],
		[
			'23.0',
			'2027-07-11',
			["'API Version' v23.0 in the credential ends on 8 October 2027. Choose v25.0 before that day."],
		],
		[
			'v23.0',
			'2027-10-08',
			[containing("'API Version' v23.0 ended on 8 October 2027, so that Meta runs its calls as")],
		],
		['', '2028-05-05', [containing('ends on 29 July 2028. Choose v26.0 before that day.')]],
		['v26.0', '2029-01-01', []],
		['v21.0', '2026-11-27', [containing('v21.0 in the credential ends on 21 January 2027. Choose v25.0')]],
		['v19.0', '2026-11-27', [matching(/^'API Version' v19\.0 ended, .* Choose v25\.0 in the credential\.$/)]],
		['v99.0', '2026-11-27', []],
	])('with the version %j has its hint on %s', (version, date, hints) => {
		expect(hintAt(version, date)).toEqual(hints);
	});

	it('with an ended version shows its hint once for all items, and the calls go on', async () => {
		const account = { apiVersion: 'v17.0' };
		const { json, hints } = await nodes.send([{ to: newPhone() }, { to: newPhone() }], {}, { account });
		expect(json[1]).toMatchObject([{ result: 'sent' }, { result: 'sent' }]);
		expect(hints).toEqual([containing("'API Version' v17.0 ended")]);
	});

	it('is offered the versions that live on, with the end of each', () => {
		const field = new WhatsAppOtpMetaCloudApi().properties.find(({ name }) => name === 'apiVersion');
		expect(field).toMatchObject({
			default: 'v25.0',
			options: [
				{ value: 'v26.0', description: 'Meta has not announced its end' },
				{ value: 'v25.0', description: 'Ends on 29 July 2028' },
				{ value: 'v24.0', description: 'Ends on 18 February 2028' },
				{ value: 'v23.0', description: 'Ends on 8 October 2027' },
			],
		});
	});

	it.each(['24.0', 'v24.0', ' v24.0 '])(
		'can have the version %j and slashes at the end of the address',
		async (apiVersion) => {
			await send({}, { apiVersion, baseUrl: `${sandbox.url}/meta//` });
			expect(sandbox.requests()).toMatchObject([{ path: `/meta/v24.0/${phoneNumberId}/messages`, status: 200 }]);
		},
	);

	it.each([
		[{ phoneNumberId: '+1 555 078 3884' }, "'Phone Number ID'"],
		[{ phoneNumberId: '' }, "'Phone Number ID'"],
		[{ phoneNumberId, businessAccountId: 'my business' }, "'Business Account ID'"],
		[{ phoneNumberId, apiVersion: 'latest' }, "'API Version'"],
	])('%j is rejected with the name of the field', (credential, field) => {
		expect(metaCloud.account.safeParse(credential).error?.issues).toMatchObject([{ message: containing(field) }]);
	});
});

describe('A send to Meta', () => {
	it('has the body of the documents: the plus, policy, the code twice, the button with the index "0"', async () => {
		expect(await send()).toEqual({ messageId: matching(/^wamid\./), status: 'accepted', waId: '12015553931' });
		expect(sandbox.requests()).toMatchObject([{ method: 'POST', path: `/meta/v25.0/${phoneNumberId}/messages` }]);
		expect(sandbox.requests()[0]?.body).toEqual(sentCode);
	});

	it.each(['000000', '0x1f', 'J$FpnYnP', '1e5', '012345678901234'])('sends the code %s as a text', async (code) => {
		await send({ code });
		expect(sandbox.messages()).toMatchObject([{ code }]);
	});

	it.each([
		['accepted', { messages: [{ id: 'wamid.x', message_status: 'accepted' }] }],
		['held_for_quality_assessment', { messages: [{ id: 'wamid.x', message_status: 'held_for_quality_assessment' }] }],
		['paused', { messages: [{ id: 'wamid.x', message_status: 'paused' }], contacts: 'none' }],
		['accepted', { messages: [{ id: 'wamid.x' }], contacts: [] }],
		['something_new', { messages: [{ id: 'wamid.x', message_status: 'something_new' }] }],
	])('gives the status %s for %j', async (status, body) => {
		answerSends(200, body);
		expect(await send()).toMatchObject({ messageId: 'wamid.x', status });
	});

	// Public question: messages that Meta accepted and never delivered.
	it.each([
		['held_for_quality_assessment', 'checks the quality of the template'],
		['paused', 'paused the sending of this template'],
	])('says in the output what %s means', async (message_status, note) => {
		nodes.sandbox().addFault({
			call: 'send',
			effect: { answer: { status: 200, body: { messages: [{ id: 'wamid.x', message_status }] } } },
		});
		const { json } = await nodes.send([{ to: newPhone() }]);
		expect(json[1]).toMatchObject([
			{ result: 'sent', message: { id: 'wamid.x', status: message_status, note: containing(note) } },
		]);
	});

	it.each(['US.13491208655302741918', '', 'sam', null])('takes %j for no number', async (wa_id) => {
		answerSends(200, { messages: [{ id: 'wamid.x' }], contacts: [{ input: '1', wa_id, user_id: 'US.1' }] });
		expect((await send()).waId).toBeUndefined();
	});

	it('gives the number as WhatsApp writes it, which can differ from the typed one', async () => {
		answerSends(200, { messages: [{ id: 'wamid.x' }], contacts: [{ input: '5511987654321', wa_id: '551187654321' }] });
		expect(await send()).toEqual({ messageId: 'wamid.x', status: 'accepted', waId: '551187654321' });
	});
});

describe('A broken connection', () => {
	it('may have sent the message if it breaks before the answer', async () => {
		sandbox.addFault({ call: 'send', effect: { loseAnswer: true } });
		expect((await transportErrorOf(send())).mayHaveArrived).toBe(true);
		expect(sandbox.messages()).toHaveLength(1);
		expect(sandbox.requests()).toHaveLength(1);
	});

	it('has sent nothing if the server is not there', async () => {
		const closed = await startSandbox();
		await closed.stop();
		expect((await transportErrorOf(send({}, { baseUrl: closed.url }))).mayHaveArrived).toBe(false);
	});
});

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** By class. The subject has only three codes of the range 200 to 299. */
const classes = { ...metaErrorCodes, credential: [...metaErrorCodes.credential, ...range(200, 299)] };

describe('A refusal of Meta', () => {
	it.each(Object.entries(classes))('has the class %s for each of its error codes', async (errorClass, codes) => {
		for (const code of codes) {
			sandbox.clearFaults();
			sandbox.addFault({ call: 'send', effect: { error: { code, details: 'because' } } });
			const refused = await refusalOf(send());
			expect([code, refused.class]).toEqual([code, errorClass]);
			expect(refused).toMatchObject({ providerCode: code, title: containing(`(#${code})`), details: 'because' });
			expect(refused.mayHaveArrived ?? false).toBe(false);
			expect([refused.what, refused.fix].every((text) => /^[A-Z].*[^.]$/.test(text))).toBe(true);
		}
		expect(sandbox.messages()).toEqual([]);
	});

	it('is read by its error code, with any HTTP status', async () => {
		for (const status of [200, 400, 403, 429, 500]) {
			sandbox.clearFaults();
			answerSends(status, { error: { message: '(#130429) Rate limit hit', code: 130429 } });
			expect(await refusalOf(send())).toMatchObject({ class: 'throttle', providerCode: 130429 });
		}
	});

	it.each([
		['an error code as a text', 400, { error: { code: '131026' } }, { class: 'recipient', providerCode: '131026' }],
		['an unknown error code', 400, { error: { code: 999_999, message: 'x' } }, { class: 'permanent', title: 'x' }],
		['an unknown error code with 500', 500, { error: { code: 999_999 } }, { class: 'transient', mayHaveArrived: true }],
		[
			'an unknown error code that is transient',
			400,
			{ error: { code: 999_999, is_transient: true } },
			{ class: 'transient' },
		],
		['429 without an error code', 429, { message: 'slow down' }, { class: 'throttle', providerCode: 429 }],
		['403 that is no JSON', 403, 'bad json', { class: 'credential', providerCode: 403, details: 'bad json' }],
		['an HTML page of a gateway', 502, '<html>', { class: 'transient', mayHaveArrived: true }],
		['an HTML page with 200', 200, '<html>', { class: 'transient', mayHaveArrived: true }],
		['no message', 200, { messages: [] }, { class: 'transient', mayHaveArrived: true }],
		['no body', 200, '', { class: 'transient', mayHaveArrived: true }],
	])('can be %s', async (_what, status, body, expected) => {
		answerSends(status, body);
		expect(await refusalOf(send())).toMatchObject(expected);
	});

	it("gives the seconds of Meta's own header, or of retry-after", async () => {
		const usage = { '104996122399160': [{ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: 15 }] };
		const body = { error: { code: 80007, message: '(#80007) Rate limit issues' } };
		answerSends(400, body, { 'x-business-use-case-usage': JSON.stringify(usage) });
		expect(await refusalOf(send())).toMatchObject({ class: 'throttle', retryAfterSeconds: 900 });
		sandbox.clearFaults();
		answerSends(429, body, { 'retry-after': '7', 'x-business-use-case-usage': 'nothing' });
		expect(await refusalOf(send())).toMatchObject({ retryAfterSeconds: 7 });
	});

	it.each([
		['a wrong token', { token: 'wrong' }, { providerCode: 190, what: 'The access token is invalid or has expired' }],
		['an expired one', { token: expiredToken }, { providerCode: 190, what: 'The access token has expired' }],
		['a wrong number id', { phoneNumberId: '1' }, { providerCode: 100, fix: containing("'Phone Number ID'") }],
	])('because of %s says so', async (_what, fields, expected) => {
		expect(await refusalOf(send({}, fields))).toMatchObject({ class: 'credential', ...expected });
	});

	it('because of a missing permission names the permission', async () => {
		expect(await send({}, { token: messagingToken })).toMatchObject({ status: 'accepted' });
		const listing = metaCloud.templates?.page(connect({ token: messagingToken }));
		expect(await refusalOf(Promise.resolve(listing))).toMatchObject({
			class: 'credential',
			providerCode: 200,
			fix: containing('whatsapp_business_management'),
		});
	});

	it.each([
		['name', { name: 'nothing', language: 'en_US' }, 'template name (nothing) does not exist in en_US'],
		['language', { name: 'verification_code', language: 'fr' }, 'does not exist in fr'],
	])('because of the template names its %s', async (_what, template, details) => {
		expect(await refusalOf(send({ template }))).toMatchObject({
			class: 'template',
			providerCode: 132001,
			details: containing(details),
		});
	});

	it.each([
		['PAUSED', 132015],
		['DISABLED', 132016],
		['REJECTED', 132001],
	] as const)('because of a template that is %s has its own error code', async (status, providerCode) => {
		sandbox.setTemplate({ provider: 'metaCloud', name: 'verification_code', status });
		expect(await refusalOf(send())).toMatchObject({ class: 'template', providerCode });
	});
});

const secret = 'test-app-secret';
const signed = (body: string | Buffer, signature: unknown, key = secret) =>
	webhookOf('metaCloud').authenticate(
		{
			headers: { 'x-hub-signature-256': Object(signature) === signature ? ['a', 'b'] : String(signature) },
			query: {},
			body: Buffer.from(body),
		},
		key,
	);

/** The vectors of docs/reference/providers.md 1.9; the backslashes are part of the bytes. */
const vectors: Array<[string, string]> = [
	['{"object":"whatsapp_business_account"}', 'b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e'],
	['{"message":"caf\\u00e9"}', '5980113abfc4ffe911f1ae78f92dcf41e10b7d6bc792efd48dfe9ee94131aaf4'],
	['{"name":"Jos\\u00e9 \\ud83d\\ude00"}', 'a8f25fabc564f3723316d9fb67013d3a998ecab3441990022839a9a464f6f0bd'],
	['', 'a7dfadfa864dba471c925e814eca5ee032a7ded01574b16ac33dd477b5d6d0f7'],
];

describe("Meta's signature", () => {
	it.each(vectors)('is accepted for %p', (body, digest) => {
		expect(signed(body, `sha256=${digest}`)).toBe(true);
	});

	it.each(vectors)('is rejected for %p with another body, secret or form', (body, digest) => {
		expect(signed(`${body} `, `sha256=${digest}`)).toBe(false);
		expect(signed(body, `sha256=${digest}`, 'another')).toBe(false);
		expect(signed(body, `sha256=${digest}`, '')).toBe(false);
		for (const other of [digest, `sha1=${digest}`, `sha256=${digest.slice(1)}`, `sha256=${digest}0`, '', {}]) {
			expect(signed(body, other)).toBe(false);
		}
	});

	it('covers the bytes, not the JSON that they mean', () => {
		const [, , [escaped = '', digest = ''] = []] = vectors;
		expect(signed(JSON.stringify(JSON.parse(escaped)), `sha256=${digest}`)).toBe(false);
	});

	it('is rejected if the secret is empty', () => {
		const ofNothing = 'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad';
		expect(signed('', `sha256=${ofNothing}`, '')).toBe(false);
	});
});

test('A template ID that is too long for a number stays exact', () => {
	const value = '{"event":"APPROVED","message_template_id" : 90071992547409931234,"message_template_name":"x"}';
	const change = `{"field":"message_template_status_update","value":${value}}`;
	const body = Buffer.from(`{"entry":[{"changes":[${change}]}]}`);
	expect(parse('metaCloud', body)).toMatchObject([{ template: { id: '90071992547409931234' } }]);
});

describe("The Test button of Meta's credential", () => {
	it('shows the sentence of every error code', async () => {
		for (const { errorCodes, what } of metaErrors) {
			const code = Number(errorCodes[0]);
			nodes.sandbox().clearFaults();
			nodes.sandbox().addFault({ call: 'getAccount', effect: { error: { code } } });
			expect([code, await nodes.testCredential()]).toMatchObject([
				code,
				{ status: 'Error', message: containing(what) },
			]);
		}
	});
});

test('A webhook with lists in lists is read up to the limit', () => {
	const status = { id: 'a', status: 'sent', timestamp: '1' };
	const changes = Array.from({ length: 300 }, () => ({
		value: { statuses: Array.from({ length: 100 }, () => status) },
	}));
	expect(parse('metaCloud', { entry: Array.from({ length: 3 }, () => ({ changes })) })).toHaveLength(10_000);
});

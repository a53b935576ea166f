import { waCr } from '../../providers/waCr';
import { waCrErrors } from '../../providers/waCr/error-codes';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { axiosHttp } from '../support/axios-http';
import { newPhone, verifying, wrongCode } from '../support/installation';
import { anyString, containing, matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import { transportErrorOf, refusalOf } from '../support/provider-errors';
import { providerContract } from './contract';
import { waCr as subject } from './subjects/waCr';

const nodes = providerContract(subject);

const { apiToken, readOnlyToken, sendOnlyToken } = accounts.waCr;
const { ownVerification: own, templates } = waCr;
if (own === undefined || templates === undefined) throw new Error('WA.cr must keep codes and list templates');

let sandbox: Sandbox;
let time = Date.parse('2026-01-01T00:00:00Z');

beforeAll(async () => {
	sandbox = await startSandbox({ now: () => time });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	const { name, language, components } = copyCodeTemplate();
	sandbox.setTemplate({ provider: 'waCr', name, language, components });
});

const to = '+12015553931';
const purpose = 'authentication';
const message = {
	to,
	code: '012345',
	template: { name: 'verification_code', language: 'en_US' },
	expiresIn: 300,
	purpose,
	callbackData: 'send-1',
};

function connect(token: string = apiToken) {
	const account = waCr.account.parse({ baseUrl: `${sandbox.url}/wa-cr/api/v2/` });
	return { http: axiosHttp({ Authorization: `Bearer ${token}` }), account };
}

const send = (fields: Partial<typeof message> = {}, token?: string) =>
	waCr.sendCode(connect(token), { ...message, ...fields });
const check = (code: string, fields: Partial<{ to: string; purpose: string }> = {}) =>
	own.check(connect(), { to, purpose, code, ...fields });
const resend = () => own.resend(connect(), message);
const status = () => own.status(connect(), { to, purpose });
const bodies = (call: string) => sandbox.requests({ call }).map(({ body }) => body);
const answerAll = (status: number, body: unknown, headers: Record<string, string> = {}) =>
	sandbox.addFault({ provider: 'waCr', effect: { answer: { status, body, headers } } });
/** The newest code on the phone. */
const newestCode = () => sandbox.messages({ to }).at(-1)?.code ?? '';

describe('A refused check at WA.cr', () => {
	it('shows neither the code nor the number that WA.cr quotes', async () => {
		const phone = newPhone();
		const { json } = await nodes.send([{ to: phone }], { verifyWith: 'provider' });
		const [{ verificationId } = {}] = json.flat();
		const message = `Code 987654 of ${phone} (${phone.slice(1)}) could not be checked`;
		const body = { success: false, error: { code: 'INTERNAL_ERROR', message } };
		nodes.sandbox().addFault({ provider: 'waCr', call: 'verify', effect: { answer: { status: 500, body } } });
		const input = [{ verificationId, code: '987654' }];
		const { error } = await nodes.run(verifying({ verifyWith: 'provider' }), { input });
		expect(error?.description).toContain('Code ***** of ***** (*****) could not be checked');
	});

	it.each([987_654, '987654', 'The code 987654 is wrong'])(
		'does not show the code that WA.cr returns in the place of an error code: %j',
		async (code) => {
			const { json } = await nodes.send([{ to: newPhone() }], { verifyWith: 'provider' });
			const [{ verificationId } = {}] = json.flat();
			const body = { success: false, error: { message: 'Wrong', details: { code } } };
			nodes.sandbox().addFault({ provider: 'waCr', call: 'verify', effect: { answer: { status: 400, body } } });
			const input = [{ verificationId, code: '987654' }];
			const { error, result } = await nodes.run(verifying({ verifyWith: 'provider' }), { input });
			expect(error?.description).toContain('The provider said: Wrong');
			expect(JSON.stringify([error, result.runs.OTP?.at(-1)?.error ?? result.error])).not.toContain('987654');
		},
	);
});

// A stranger who knew a number posted it with a wrong code, and got the id and the metadata of its owner's
// verification. No answer tells of a verification that the request neither began nor named
// (docs/reference/verification-rules.md 1.16).
describe('A check by phone at WA.cr', () => {
	it('names no verification unless it approves one', async () => {
		const to = newPhone();
		const { json } = await nodes.send([{ to }], { verifyWith: 'provider', options: { metadata: '{"userId":7}' } });
		const { verificationId } = json.flat()[0] ?? {};
		const code = nodes.sandbox().messages({ to }).at(-1)?.code ?? '';
		const check = async (entry: string) => {
			const parameters = { verifyWith: 'provider', identifyBy: 'phone', to: '={{ $json.to }}' };
			const checked = await nodes.run(verifying(parameters), { input: [{ to, code: entry }] });
			return checked.json.flat()[0];
		};
		const unnamed = ['metadata', 'purpose', 'reason', 'result', 'verified'];
		const expectUnnamed = async (entry: string, result: string) => {
			const answer = await check(entry);
			expect(answer).toMatchObject({ result, metadata: {} });
			expect(Object.keys(answer ?? {}).sort()).toEqual(unnamed);
		};
		await expectUnnamed(wrongCode(code), 'invalid_code');
		await expectUnnamed('12', 'malformed');
		expect(await check(code)).toMatchObject({ result: 'approved', verificationId, metadata: { userId: 7 } });
		await expectUnnamed(code, 'already_used');
	});
});

describe('The address', () => {
	it("is WA.cr's own, unless the credential has another one", () => {
		expect(waCr.account.parse({ baseUrl: '' })).toEqual({ baseUrl: 'https://app.wa.cr/api/v2' });
	});
});

describe('A send to WA.cr', () => {
	it('has the body of the document: the plus, the code as a text, the minutes', async () => {
		expect(await send()).toEqual({ messageId: matching(/^wamid\./), status: 'sent' });
		expect(bodies('send')).toEqual([
			{
				phone: '+12015553931',
				template_name: 'verification_code',
				language: 'en_US',
				code: '012345',
				expiry_minutes: 5,
				purpose: 'authentication',
			},
		]);
		expect(sandbox.messages()).toMatchObject([{ provider: 'waCr', to: '12015553931', code: '012345' }]);
	});

	it.each([
		[1, 1],
		[60, 1],
		[61, 2],
		[299.6, 5],
		[3600, 60],
	])('with a lifetime of %d seconds has %d minutes at WA.cr', async (expiresIn, minutes) => {
		await send({ expiresIn });
		expect(bodies('send')).toMatchObject([{ expiry_minutes: minutes }]);
	});

	it('with a lifetime of more than an hour makes no request', async () => {
		expect(await refusalOf(send({ expiresIn: 3601 }))).toMatchObject({
			class: 'permanent',
			what: "'Expires In' is 61 minutes, but WA.cr keeps codes for 1 to 60 minutes",
		});
		expect(sandbox.requests()).toEqual([]);
	});

	it.each(['000000', '1e5', 'J$FpnYnP', '012345678901234'])('sends the code %s as a text', async (code) => {
		await send({ code });
		expect(sandbox.messages()).toMatchObject([{ code }]);
	});

	it('reads an answer with its fields at the top level', async () => {
		answerAll(200, { message_id: 'wamid.x', status: 'queued', code_sent: true });
		expect(await send()).toEqual({ messageId: 'wamid.x', status: 'queued' });
	});

	it('whose answer is lost may have arrived, and is made once', async () => {
		sandbox.addFault({ call: 'send', effect: { loseAnswer: true } });
		expect((await transportErrorOf(send())).mayHaveArrived).toBe(true);
		expect(sandbox.messages()).toHaveLength(1);
	});
});

/** Each error code of docs/reference/providers.md 5.2, with its HTTP status and its class. */
const refusals: Array<[string, number, string]> = [
	['UNAUTHORIZED', 401, 'credential'],
	['INSUFFICIENT_SCOPE', 403, 'credential'],
	['FEATURE_LIMIT_EXCEEDED', 403, 'account'],
	['CONTACT_OPTED_OUT', 403, 'recipient'],
	['FEATURE_NOT_AVAILABLE', 403, 'account'],
	['RESOURCE_NOT_FOUND', 404, 'template'],
	['NOT_FOUND', 404, 'permanent'],
	['VALIDATION_ERROR', 422, 'permanent'],
	['WHATSAPP_NOT_CONFIGURED', 422, 'account'],
	['RATE_LIMIT_EXCEEDED', 429, 'throttle'],
	['MESSAGE_SEND_FAILED', 500, 'transient'],
	['INTERNAL_ERROR', 500, 'transient'],
];

describe('A refusal of WA.cr', () => {
	it('has a row for each documented error code, and for no other', () => {
		expect(waCrErrors.flatMap(({ errorCodes }) => errorCodes).sort()).toEqual(refusals.map(([code]) => code).sort());
	});

	it.each(refusals)('with %s has the status %d and the class %s', async (code, httpStatus, errorClass) => {
		sandbox.addFault({ call: 'send', effect: { error: { code, details: 'in words' } } });
		const refused = await refusalOf(send());
		expect(refused).toMatchObject({ class: errorClass, providerCode: code, httpStatus, title: 'in words' });
		expect(refused.fix).not.toBe('');
		expect(refused.mayHaveArrived).toBe(code === 'INTERNAL_ERROR' ? true : undefined);
	});

	it('because of the token says if it is unknown or lacks a scope', async () => {
		expect(await refusalOf(send({}, 'wrong'))).toMatchObject({ providerCode: 'UNAUTHORIZED' });
		expect(await refusalOf(send({}, readOnlyToken))).toMatchObject({ providerCode: 'INSUFFICIENT_SCOPE' });
		expect(await refusalOf(templates.page(connect(sendOnlyToken)))).toMatchObject({
			providerCode: 'INSUFFICIENT_SCOPE',
			title: containing('templates:read'),
		});
	});

	it.each([
		['a number that is too short', { to: '+1201' }, 'recipient', 'phone: Phone number must be at least 10 digits'],
		['no template', { template: { name: '', language: 'en' } }, 'template', 'template_name: Template name is required'],
		['a purpose that is too long', { purpose: 'x'.repeat(51) }, 'permanent', 'purpose: '],
		['no code', { code: '' }, 'permanent', 'code: Authentication code is required'],
	])('because of %s names the field', async (_, fields, errorClass, details) => {
		expect(await refusalOf(send(fields))).toMatchObject({
			class: errorClass,
			providerCode: 'VALIDATION_ERROR',
			details: containing(details),
		});
	});

	it('because of a template that is unknown, not approved or of another kind has the class template', async () => {
		const codeOf = async () => {
			const refused = await refusalOf(send({ template: { name: 'other', language: 'en_US' } }));
			return [refused.class, refused.providerCode];
		};
		expect(await codeOf()).toEqual(['template', 'RESOURCE_NOT_FOUND']);
		const { components } = copyCodeTemplate();
		sandbox.setTemplate({ provider: 'waCr', name: 'other', components, status: 'PENDING' });
		expect(await codeOf()).toEqual(['template', 'RESOURCE_NOT_FOUND']);
		sandbox.setTemplate({ provider: 'waCr', name: 'third', category: 'UTILITY', components: [] });
		expect(await refusalOf(send({ template: { name: 'third', language: 'en_US' } }))).toMatchObject({
			class: 'template',
			providerCode: 'VALIDATION_ERROR',
		});
	});

	it('comes for the 61st call of a minute, with the seconds to wait', async () => {
		for (let call = 0; call < 60; call += 1) await status();
		const refused = await refusalOf(send());
		expect(refused).toMatchObject({ class: 'throttle', providerCode: 'RATE_LIMIT_EXCEEDED', retryAfterSeconds: 60 });
	});
});

describe('The unpublished shape of an answer', () => {
	it.each([
		[
			'an error code beside the message',
			422,
			{ message: 'No', error_code: 'CONTACT_OPTED_OUT' },
			'recipient',
			'CONTACT_OPTED_OUT',
		],
		['an error code at the top level', 403, { code: 'FEATURE_NOT_AVAILABLE' }, 'account', 'FEATURE_NOT_AVAILABLE'],
		['an unknown error code', 422, { error: { code: 'invalid_template' } }, 'permanent', 'invalid_template'],
		["Laravel's list", 422, { message: 'Invalid', errors: { phone: ['Too short'] } }, 'recipient', 422],
		['an error that is a sentence', 401, { error: 'Unauthenticated.' }, 'credential', 401],
		['a refusal with 200', 200, { success: false, error: { code: 'INTERNAL_ERROR' } }, 'transient', 'INTERNAL_ERROR'],
		['a status that says error', 200, { status: 'error', message: 'No' }, 'permanent', 200],
		['an HTML page', 200, '<html>', 'transient', 200],
		['an empty body', 500, '', 'transient', 500],
		[
			'too many requests without an error code',
			429,
			{ message: 'Too many requests', retry_after: 45 },
			'throttle',
			429,
		],
	])('can be %s', async (_, status, body, errorClass, providerCode) => {
		answerAll(status, body);
		expect(await refusalOf(send())).toMatchObject({ class: errorClass, providerCode });
		await expect(own.status(connect(), { to, purpose })).rejects.toThrow();
	});

	it.each([
		[{ error: { code: 'RATE_LIMIT_EXCEEDED', retry_after: 45 } }, {}, 45],
		[{ error: { code: 'RATE_LIMIT_EXCEEDED', details: { retry_after: '45' } } }, {}, 45],
		[{ retry_after: 45 }, {}, 45],
		[{}, { 'retry-after': '45' }, 45],
	])('gives the seconds to wait as %j %j', async (body, headers, seconds) => {
		answerAll(429, body, headers);
		expect(await refusalOf(send())).toMatchObject({ class: 'throttle', retryAfterSeconds: seconds });
		expect(await check('1')).toEqual({ result: 'rate_limited', retryAfterSeconds: seconds });
	});

	it('approves a code only with the time of the verification', async () => {
		for (const body of ['<html>', {}, { success: true }, { success: true, data: {} }, { verified_at: null }]) {
			sandbox.clearFaults();
			answerAll(200, body);
			await expect(check('012345')).rejects.toThrow();
		}
		sandbox.clearFaults();
		answerAll(422, { success: true, data: { verified_at: '2026-01-01T00:00:00Z' } });
		await expect(check('012345')).rejects.toThrow();
	});
});

describe('A code that WA.cr keeps', () => {
	it('is approved once, for its number and purpose', async () => {
		await send();
		expect(await check('012345', { purpose: 'payment' })).toEqual({ result: 'not_found' });
		expect(await check('012345', { to: '+4915112345678' })).toEqual({ result: 'not_found' });
		expect(await check('012345')).toEqual({ result: 'approved', verifiedAt: '2026-01-01T00:00:00+00:00' });
		expect(bodies('verify').at(-1)).toEqual({ phone: to, code: '012345', purpose });
		expect(await check('012345')).toEqual({ result: 'not_found' });
	});

	it('has five attempts', async () => {
		await send();
		for (const attemptsRemaining of [4, 3, 2, 1, 0]) {
			expect(await check('999999')).toEqual({ result: 'invalid_code', attemptsRemaining });
		}
		expect(await check('012345')).toEqual({ result: 'locked' });
	});

	it('expires after its lifetime', async () => {
		await send();
		expect(await status()).toEqual({ isActive: true, expiresAt: anyString, attemptsRemaining: 5 });
		time += 300_000;
		expect(await check('012345')).toEqual({ result: 'expired' });
		expect(await status()).toMatchObject({ isActive: false });
		time -= 300_000;
	});

	it('can be tried ten times a minute, then gives the seconds to wait', async () => {
		for (let entry = 0; entry < 10; entry += 1) expect(await check('1')).toEqual({ result: 'not_found' });
		expect(await check('1')).toEqual({ result: 'rate_limited', retryAfterSeconds: 60 });
	});

	it('is not checked if the entry is empty', async () => {
		expect(await check('')).toEqual({ result: 'malformed' });
	});

	it('is replaced by a resend with a new code, at most three times in five minutes', async () => {
		await send();
		expect(await resend()).toEqual({ messageId: matching(/^wamid\./), status: 'sent' });
		expect(bodies('resend')).toEqual([
			{ phone: to, template_name: 'verification_code', language: 'en_US', expiry_minutes: 5, purpose },
		]);
		expect(newestCode()).toMatch(/^\d{6}$/);
		expect((await check(newestCode())).result).toBe('approved');
		await resend();
		await resend();
		expect(await refusalOf(resend())).toMatchObject({ class: 'throttle', retryAfterSeconds: 300 });
		expect(sandbox.messages()).toHaveLength(4);
	});

	it('does not exist before a send', async () => {
		expect(await status()).toEqual({ isActive: false });
		answerAll(422, { success: false, error: { code: 'OTP_NOT_FOUND', message: 'No active OTP found' } });
		expect(await status()).toEqual({ isActive: false });
	});
});

describe('Templates at WA.cr', () => {
	it('are listed, and neither created nor deleted', async () => {
		expect(templates).not.toHaveProperty('create');
		expect(templates).not.toHaveProperty('delete');
		const { templates: listed, next } = await templates.page(connect());
		expect(next).toBeUndefined();
		expect(listed).toMatchObject([
			{ name: 'verification_code', language: 'en_US', status: 'APPROVED', category: 'AUTHENTICATION', otpType: null },
		]);
		expect(listed[0]?.raw).toMatchObject({ body_params_count: 1, footer_text: 'This code expires in 5 minutes.' });
	});

	it('are listed page by page, a hundred on each', async () => {
		const { language, components } = copyCodeTemplate();
		for (let number = 0; number < 100; number += 1) {
			sandbox.setTemplate({ provider: 'waCr', name: `code_${String(number).padStart(3, '0')}`, language, components });
		}
		const connection = connect();
		const first = await templates.page(connection);
		expect(first.templates).toHaveLength(100);
		const second = await templates.page(connection, first.next);
		expect(second).toMatchObject({ templates: [{ name: 'verification_code' }] });
		expect(second).not.toHaveProperty('next');
		expect(sandbox.requests().map(({ query }) => [query.page, query.per_page])).toEqual([
			['1', '100'],
			['2', '100'],
		]);
	});

	it.each([
		['a list', { data: [{ template_name: 'one', language: 'en' }] }],
		[
			"Laravel's paginator",
			{ success: true, data: { data: [{ template_name: 'one', language: 'en' }], last_page: 1 } },
		],
		['a list with a name', { data: { templates: [{ template_name: 'one', language: 'en' }, 'nonsense'] } }],
	])('can be listed as %s', async (_, body) => {
		answerAll(200, body);
		expect(await templates.page(connect())).toMatchObject({ templates: [{ name: 'one', status: 'APPROVED' }] });
	});

	it.each([{ data: 'none' }, '<html>', { success: false, error: { code: 'UNAUTHORIZED' } }])(
		'give an error if the list is missing: %j',
		async (body) => {
			answerAll(200, body);
			await expect(templates.page(connect())).rejects.toThrow();
		},
	);
});

import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { anyNumber, anyString, containing, matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import { callerOf, type Caller } from '../support/sandbox-callers';

let sandbox: Sandbox;
let waCr: Caller;

const at = (token: string) => callerOf(`${sandbox.url}/wa-cr/api/v2`, { Authorization: `Bearer ${token}` });

beforeAll(async () => {
	sandbox = await startSandbox();
	waCr = at(accounts.waCr.apiToken);
});
afterAll(() => sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	seed('verification_code');
});

function seed(name: string, language = 'en'): void {
	sandbox.setTemplate({ provider: 'waCr', name, language, components: copyCodeTemplate().components });
}

const message = { phone: '+1 (201) 555-3931', template_name: 'verification_code', code: '493817' };
const refusal = (code: string, more: object = {}) => ({
	success: false,
	error: { code, message: anyString, ...more },
	meta: { request_id: anyString, timestamp: matching(/\+00:00$/) },
});

test('a send is answered with every documented field, and the code is on the phone', async () => {
	const answer = await waCr.post('/auth/send-otp', { ...message, expiry_minutes: 7 });
	expect(answer.status).toBe(200);
	expect(answer.data).toMatchObject({
		success: true,
		data: {
			message_id: matching(/^wamid\./),
			contact_id: 1,
			phone: '+12015553931',
			template_name: 'verification_code',
			language: 'en',
			code_sent: true,
			expiry_minutes: 7,
			expires_at: matching(/\+00:00$/),
			status: 'sent',
			sent_at: anyString,
		},
		message: anyString,
	});
	expect(sandbox.messages()).toMatchObject([{ provider: 'waCr', to: '12015553931', code: '493817' }]);
});

test.each([
	['no phone', { phone: undefined }, 422, 'VALIDATION_ERROR', 'Phone number is required'],
	['a short phone', { phone: '+12015' }, 422, 'VALIDATION_ERROR', 'Phone number must be at least 10 digits'],
	[
		'letters in the phone',
		{ phone: '12015553931x' },
		422,
		'VALIDATION_ERROR',
		'can only contain digits, +, -, spaces, and parentheses',
	],
	['a long phone', { phone: '1'.repeat(21) }, 422, 'VALIDATION_ERROR', '20'],
	['no template', { template_name: undefined }, 422, 'VALIDATION_ERROR', 'Template name is required'],
	['no code', { code: undefined }, 422, 'VALIDATION_ERROR', 'Authentication code is required'],
	['a code that is a JSON number', { code: 493817 }, 422, 'VALIDATION_ERROR', 'The code must be a string'],
	['61 minutes', { expiry_minutes: 61 }, 422, 'VALIDATION_ERROR', 'expiry_minutes'],
	['half a minute', { expiry_minutes: 0.5 }, 422, 'VALIDATION_ERROR', 'expiry_minutes'],
	['a long language', { language: 'x'.repeat(11) }, 422, 'VALIDATION_ERROR', 'language'],
	['an unknown contact', { contact_id: 77 }, 404, 'NOT_FOUND', ''],
	['an unknown template', { template_name: 'other' }, 404, 'RESOURCE_NOT_FOUND', ''],
	['a language the template lacks', { language: 'fr' }, 404, 'RESOURCE_NOT_FOUND', ''],
	['a code that Meta refuses', { code: '1'.repeat(16) }, 500, 'MESSAGE_SEND_FAILED', '15'],
])('a send with %s is refused', async (_, change, status, code, words) => {
	const answer = await waCr.post('/auth/send-otp', { ...message, ...change });
	expect(answer).toMatchObject({ status, data: refusal(code) });
	expect(JSON.stringify(answer.data)).toContain(words);
	expect(sandbox.messages()).toEqual([]);
});

test('a send with a known contact and additional parameters is accepted', async () => {
	await waCr.post('/auth/send-otp', message);
	const again = { ...message, contact_id: 1, additional_params: ['x'] };
	expect((await waCr.post('/auth/send-otp', again)).data).toMatchObject({ data: { contact_id: 1 } });
});

test('a token allows only the calls of its scopes', async () => {
	const { readOnlyToken, sendOnlyToken } = accounts.waCr;
	expect(await at('wrong').get('/auth/templates')).toMatchObject({ status: 401, data: refusal('UNAUTHORIZED') });
	expect(await at(readOnlyToken).get('/auth/templates')).toMatchObject({ status: 200 });
	expect(await at(sendOnlyToken).get('/auth/templates')).toMatchObject({
		status: 403,
		data: refusal('INSUFFICIENT_SCOPE'),
	});
	expect(await at(readOnlyToken).post('/auth/send-otp', message)).toMatchObject({ status: 403 });
	expect(await at(sendOnlyToken).post('/auth/send-otp', message)).toMatchObject({ status: 200 });
});

test('a fault orders the refusals that depend on the state of the account', async () => {
	const codes: Array<[string, number]> = [
		['FEATURE_LIMIT_EXCEEDED', 403],
		['CONTACT_OPTED_OUT', 403],
		['FEATURE_NOT_AVAILABLE', 403],
		['WHATSAPP_NOT_CONFIGURED', 422],
		['INTERNAL_ERROR', 500],
	];
	for (const [code, status] of codes) {
		sandbox.addFault({ provider: 'waCr', to: message.phone, times: 1, effect: { error: { code } } });
		expect(await waCr.post('/auth/send-otp', message)).toMatchObject({ status, data: refusal(code) });
	}
});

test('a body that is not JSON and an unknown path are refused', async () => {
	expect(await waCr.post('/auth/send-otp', '{')).toMatchObject({ status: 422, data: refusal('VALIDATION_ERROR') });
	expect(await waCr.get('/nothing')).toMatchObject({ status: 404, data: refusal('NOT_FOUND') });
});

test('a status has the fields of the published example, and not the code', async () => {
	expect((await waCr.post('/auth/status', { phone: message.phone })).data).toMatchObject({
		data: { has_active_otp: false },
		message: 'No active OTP found',
	});
	await waCr.post('/auth/send-otp', message);
	await waCr.post('/auth/verify', { phone: message.phone, code: '000000' });
	const answer = await waCr.post('/auth/status', { phone: message.phone });
	expect(answer.data).toMatchObject({
		data: {
			has_active_otp: true,
			expires_in_seconds: anyNumber,
			is_expired: false,
			verification_attempts: 1,
			max_attempts: 5,
			attempts_remaining: 4,
			created_at: anyString,
		},
	});
	expect(JSON.stringify(answer.data)).not.toContain(message.code);
});

test('approved templates are paged, sorted, searched and filtered, and no others are listed', async () => {
	seed('alarm', 'es');
	seed('sign_in', 'es');
	sandbox.setTemplate({ provider: 'waCr', name: 'sign_in', language: 'es', status: 'PAUSED' });
	seed('zebra');
	const list = async (query: object) => {
		const { data } = await waCr.get('/auth/templates', query);
		const names = [...JSON.stringify(data).matchAll(/"template_name":"(\w+)"/g)].map(([, name]) => name);
		return names.join(' ');
	};
	expect(await list({})).toBe('alarm verification_code zebra');
	expect(await list({ sort: '-template_name' })).toBe('zebra verification_code alarm');
	expect(await list({ per_page: 2, page: 2 })).toBe('zebra');
	expect(await list({ q: 'code' })).toBe('verification_code');
	expect(await list({ 'filter[language]': 'es' })).toBe('alarm');
	expect(await list({ 'filter[template_name]': 'zebra' })).toBe('zebra');
	expect(await waCr.get('/auth/templates', { per_page: 101 })).toMatchObject({
		status: 422,
		data: refusal('VALIDATION_ERROR', { details: { per_page: [containing('100')] } }),
	});
});

import { z } from 'zod';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { anyNumber, anyString, containing, matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import { configsErrorIn, dialog360At, type Caller } from '../support/sandbox-callers';
import { startReceiver } from '../support/webhook-receiver';

const path = '/v1/configs/templates';
let sandbox: Sandbox;
let dialog360: Caller;

beforeAll(async () => {
	sandbox = await startSandbox({ approveMs: null });
	dialog360 = dialog360At(sandbox.url);
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

const listed = z.object({ id: z.string(), name: z.string(), status: z.string() }).passthrough();
const listing = z.object({ total: z.number(), waba_templates: z.array(listed) }).passthrough();
const list = async (params: object = {}) => listing.parse((await dialog360.get(path, params)).data);

const app = { package_name: 'com.example.luckyshrub', signature_hash: 'K8a/AINcGX7' };

function withButton(button: object) {
	const { components, ...template } = copyCodeTemplate();
	const buttons = { type: 'BUTTONS', buttons: [{ type: 'OTP', ...button }] };
	return { ...template, components: [...components.slice(0, 2), buttons] };
}

describe('a template', () => {
	test("is pending after its creation, and is in 360dialog's list with a URL button", async () => {
		const created = await dialog360.post(path, copyCodeTemplate());
		expect(created.status).toBe(201);
		expect(created.data).toEqual({
			id: matching(/^\d+$/),
			status: 'PENDING',
			category: 'AUTHENTICATION',
		});

		const data = await list();
		expect(data).toMatchObject({ count: 1, total: 1, offset: 0, limit: 50, filters: {} });
		expect(data.waba_templates[0]).toMatchObject({
			name: 'verification_code',
			language: 'en_US',
			status: 'pending',
			namespace: anyString,
			rejected_reason: 'NONE',
			components: [
				{
					type: 'BODY',
					text: '*{{1}}* is your verification code. For your security, do not share this code.',
				},
				{ type: 'FOOTER', text: 'This code expires in 5 minutes.' },
				{
					type: 'BUTTONS',
					buttons: [{ type: 'URL', text: 'Copy code', url: containing('otp{{1}}') }],
				},
			],
		});
		expect(created.data).not.toMatchObject({ id: data.waba_templates[0]?.id });
	});

	test('is approved after the set time, and a webhook reports it', async () => {
		const receiver = await startReceiver();
		await dialog360.post('/v1/configs/webhook', { url: receiver.url, headers: {} });
		sandbox.setApproval(20);
		const { data } = await dialog360.post(path, copyCodeTemplate());
		const { id } = z.object({ id: z.string() }).parse(data);
		sandbox.setApproval(null);

		const [webhook] = await receiver.received.wait(() => true);
		expect(webhook?.body).toMatchObject({
			object: 'whatsapp_business_account',
			entry: [
				{
					time: anyNumber,
					changes: [
						{
							field: 'message_template_status_update',
							value: {
								event: 'APPROVED',
								message_template_id: Number(id),
								message_template_name: 'verification_code',
								message_template_language: 'en-US',
								reason: 'NONE',
							},
						},
					],
				},
			],
		});
		expect((await list()).waba_templates).toMatchObject([{ status: 'approved' }]);
		await receiver.stop();
	});

	test.each([
		['one-tap', { otp_type: 'ONE_TAP', text: 'Copy', autofill_text: 'Autofill', supported_apps: [app] }],
		['zero-tap', { otp_type: 'ZERO_TAP', zero_tap_terms_accepted: true, supported_apps: [app] }],
		['lower-case', { type: 'otp', otp_type: 'copy_code' }],
	])('can be %s', async (_name, button) => {
		expect((await dialog360.post(path, withButton(button))).status).toBe(201);
	});

	test('is listed by page, in order of name and by filters', async () => {
		for (const name of ['b_code', 'a_code', 'c_code']) await dialog360.post(path, copyCodeTemplate(name));
		sandbox.setTemplate({ name: 'c_code', status: 'APPROVED' });
		const names = async (params: object) => (await list(params)).waba_templates.map(({ name }) => name);

		expect(await names({})).toEqual(['a_code', 'b_code', 'c_code']);
		expect(await names({ limit: 2, offset: 1 })).toEqual(['b_code', 'c_code']);
		expect(await names({ sort: '-business_templates.name' })).toEqual(['c_code', 'b_code', 'a_code']);
		expect(await names({ filters: JSON.stringify({ status: 'approved' }) })).toEqual(['c_code']);
		expect(await names({ filters: '{"business_templates.name":"b_code"}' })).toEqual(['b_code']);
		expect((await dialog360.get(path, { filters: 'x' })).status).toBe(400);
	});

	test('is deleted in all its languages, and its name stays blocked if it was approved', async () => {
		await dialog360.post(path, copyCodeTemplate());
		await dialog360.post(path, { ...copyCodeTemplate(), language: 'es' });
		sandbox.setTemplate({ name: 'verification_code', language: 'es', status: 'APPROVED' });

		const deleted = await dialog360.delete(`${path}/verification_code`);
		expect(deleted).toMatchObject({ status: 200, data: { meta: { http_code: 200, success: true } } });
		expect((await list()).total).toBe(0);
		expect((await dialog360.delete(`${path}/verification_code`)).status).toBe(404);
		expect((await dialog360.post(path, copyCodeTemplate())).status).toBe(400);
	});
});

function withComponent(type: string, component: object) {
	const { components, ...template } = copyCodeTemplate();
	const others = components.filter((one) => one.type !== type);
	return { ...template, components: [...others, { type, ...component }] };
}

const refusals: Array<[string, object, string]> = [
	['capitals in its name', copyCodeTemplate('Code'), 'name'],
	['a name of 513 characters', copyCodeTemplate('x'.repeat(513)), 'name'],
	['an unknown language', { ...copyCodeTemplate(), language: 'en-US' }, 'language'],
	['no category', { ...copyCodeTemplate(), category: undefined }, 'category'],
	['body text', withComponent('BODY', { text: '{{1}} is your code' }), 'text'],
	['a quoted boolean', withComponent('BODY', { add_security_recommendation: 'true' }), 'boolean'],
	['no body', { ...copyCodeTemplate(), components: copyCodeTemplate().components.slice(1) }, 'BODY'],
	['an expiry of 0 minutes', withComponent('FOOTER', { code_expiration_minutes: 0 }), 'code_expiration'],
	['an expiry of 91 minutes', withComponent('FOOTER', { code_expiration_minutes: 91 }), 'code_expiration'],
	['a quoted expiry', withComponent('FOOTER', { code_expiration_minutes: '5' }), 'code_expiration'],
	['no button', { ...copyCodeTemplate(), components: copyCodeTemplate().components.slice(0, 2) }, 'OTP'],
	[
		'two buttons',
		withComponent('BUTTONS', { buttons: Array(2).fill({ type: 'OTP', otp_type: 'COPY_CODE' }) }),
		'one OTP',
	],
	['a header', withComponent('HEADER', { format: 'IMAGE' }), 'HEADER'],
	['a label of 26 characters', withButton({ otp_type: 'COPY_CODE', text: 'x'.repeat(26) }), 'text'],
	['one-tap without an app', withButton({ otp_type: 'ONE_TAP' }), 'supported_apps'],
	['flat app fields', withButton({ otp_type: 'ONE_TAP', ...app }), 'supported_apps'],
	['six apps', withButton({ otp_type: 'ONE_TAP', supported_apps: Array(6).fill(app) }), 'supported_apps'],
	[
		'a hash that is URL-encoded',
		withButton({ otp_type: 'ONE_TAP', supported_apps: [{ ...app, signature_hash: 'K8a%2FAINcGX7' }] }),
		'11 characters',
	],
	[
		'a package name of one segment',
		withButton({ otp_type: 'ONE_TAP', supported_apps: [{ ...app, package_name: 'luckyshrub' }] }),
		'package_name',
	],
	['zero-tap without its terms', withButton({ otp_type: 'ZERO_TAP', supported_apps: [app] }), 'terms'],
	[
		'zero-tap with its terms refused',
		withButton({ otp_type: 'ZERO_TAP', supported_apps: [app], zero_tap_terms_accepted: false }),
		'terms',
	],
	['a TTL of 29 seconds', { ...copyCodeTemplate(), message_send_ttl_seconds: 29 }, '30 and 900'],
	['a TTL of 901 seconds', { ...copyCodeTemplate(), message_send_ttl_seconds: 901 }, '30 and 900'],
];

describe('a template is refused with', () => {
	test.each(refusals)('%s', async (_name, template, words) => {
		const answer = await dialog360.post(path, template);

		expect(answer.status).toBe(400);
		expect(configsErrorIn(answer).http_code).toBe(400);
		expect(configsErrorIn(answer).details.join()).toContain(words);
		expect(sandbox.templates()).toEqual([]);
	});

	test('a name and language that already exist', async () => {
		await dialog360.post(path, copyCodeTemplate());
		const answer = await dialog360.post(path, copyCodeTemplate());
		expect(answer.status).toBe(400);
		expect(configsErrorIn(answer).developer_message).toBe('Content in This Language Already Exists');
		expect(configsErrorIn(answer).details.join()).toMatch(/#100.*2388024/);
	});

	test('an account that already has 250', async () => {
		const { name, components } = copyCodeTemplate();
		for (let index = 0; index < 250; index += 1) sandbox.setTemplate({ name: `${name}_${index}`, components });
		const answer = await dialog360.post(path, copyCodeTemplate());
		expect(configsErrorIn(answer).details.join()).toContain('2388019');
	});
});

test('a template can have a TTL of -1', async () => {
	const { status } = await dialog360.post(path, { ...copyCodeTemplate(), message_send_ttl_seconds: -1 });
	expect(status).toBe(201);
});

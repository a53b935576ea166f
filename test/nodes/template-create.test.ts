import type { INodeParameters } from 'n8n-workflow';
import { useInstallation } from '../support/installation';
import { matching } from '../support/matchers';

const installation = useInstallation({});
let templates = 0;

beforeEach(() => {
	installation.sandbox.setApproval(null);
});

const newName = () => `template_${(templates += 1)}`;

async function create(parameters: INodeParameters = {}) {
	const name = newName();
	const ran = await installation.run({ resource: 'template', operation: 'create', name, ...parameters });
	const [request] = installation.sandbox.requests({ call: 'createTemplate' });
	return { name, ...ran, body: request?.body, created: installation.sandbox.templates() };
}

const apps = (count: number): INodeParameters => ({
	app: Array.from({ length: count }, (_, index) => ({
		packageName: `com.example.app${index}`,
		signatureHash: 'K8a/AINcGX7',
	})),
});

test('Create submits a copy-code template with the defaults', async () => {
	const { name, json, pairs, body, hints } = await create();
	expect(body).toEqual({
		name,
		language: 'en_US',
		category: 'AUTHENTICATION',
		message_send_ttl_seconds: 120,
		components: [
			{ type: 'BODY', add_security_recommendation: true },
			{ type: 'FOOTER', code_expiration_minutes: 5 },
			{ type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
		],
	});
	expect(json).toEqual([
		[
			{
				id: matching(/^\d+$/),
				name,
				language: 'en_US',
				status: 'PENDING',
				category: 'AUTHENTICATION',
				otpType: 'COPY_CODE',
				codeExpirationMinutes: 5,
				messageSendTtlSeconds: 120,
				rejectedReason: undefined,
			},
		],
	]);
	expect(pairs).toEqual([[{ item: 0 }]]);
	expect(hints).toEqual([]);
});

test('Create submits a one-tap template with its labels and apps', async () => {
	const { body, json } = await create({
		otpType: 'ONE_TAP',
		copyCodeText: 'Copy it',
		autofillText: 'Fill it in',
		supportedApps: apps(5),
		language: 'de',
		addSecurityRecommendation: false,
	});
	const button = { type: 'OTP', otp_type: 'ONE_TAP', text: 'Copy it', autofill_text: 'Fill it in' };
	const supported_apps = apps(5).app;
	expect(supported_apps).toHaveLength(5);
	expect(body).toMatchObject({
		language: 'de',
		components: [
			{ type: 'BODY', add_security_recommendation: false },
			{ type: 'FOOTER', code_expiration_minutes: 5 },
			{ type: 'BUTTONS', buttons: [button] },
		],
	});
	expect(JSON.stringify(body)).toContain(
		'"supported_apps":[{"package_name":"com.example.app0","signature_hash":"K8a/AINcGX7"},',
	);
	expect(json[0]).toMatchObject([{ otpType: 'ONE_TAP', language: 'de' }]);
});

test('Create refuses a zero-tap template until the terms are accepted', async () => {
	const zeroTap: INodeParameters = { otpType: 'ZERO_TAP', supportedApps: apps(1) };
	const { error } = await create(zeroTap);
	expect(error?.message).toBe("'Zero-Tap Terms Accepted' must be turned on to create a zero-tap template [item 0]");
	const { body, json } = await create({ ...zeroTap, zeroTapTermsAccepted: true });
	expect(body).toMatchObject({
		components: [{}, {}, { buttons: [{ otp_type: 'ZERO_TAP', zero_tap_terms_accepted: true }] }],
	});
	expect(json[0]).toMatchObject([{ otpType: 'ZERO_TAP' }]);
});

test('Create omits empty fields', async () => {
	const { body, json } = await create({
		codeExpirationMinutes: '={{ null }}',
		messageSendTtlSeconds: '={{ null }}',
		copyCodeText: '',
	});
	expect(body).toEqual({
		name: matching(/^template_/),
		language: 'en_US',
		category: 'AUTHENTICATION',
		components: [
			{ type: 'BODY', add_security_recommendation: true },
			{ type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
		],
	});
	for (const unknown of ['codeExpirationMinutes', 'messageSendTtlSeconds']) {
		expect(json[0]?.[0]).not.toHaveProperty(unknown);
	}
});

test('Create puts legacy app fields into the button, as Graph v20 expects them', async () => {
	const legacy: INodeParameters = { options: { legacyAppFields: true } };
	const { body, error } = await create({ otpType: 'ONE_TAP', supportedApps: apps(1), ...legacy });
	expect(body).toMatchObject({
		components: [{}, {}, { buttons: [{ package_name: 'com.example.app0', signature_hash: 'K8a/AINcGX7' }] }],
	});
	// The sandbox plays today's Graph API, which refuses the old form.
	expect(error?.description).toContain('supported_apps');
	const two = await create({ otpType: 'ONE_TAP', supportedApps: apps(2), ...legacy });
	expect(two.error?.message).toBe("'Legacy App Fields' can name only one app [item 0]");
});

describe('Create refuses a field before it calls the provider', () => {
	const app = (packageName: string, signatureHash: string): INodeParameters => ({
		otpType: 'ONE_TAP',
		supportedApps: { app: [{ packageName, signatureHash }] },
	});
	const outside = (name: string, range: string) => `'${name}' must be ${range}`;

	it.each<[string, INodeParameters, string]>([
		['empty name', { name: '={{ " " }}' }, "'Name' is empty"],
		['name', { name: 'My Template' }, "'Name' may contain only lower-case letters, digits and underscores"],
		['long name', { name: 'a'.repeat(513) }, "'Name' has more than 512 characters"],
		['language', { language: 'English' }, "'Language' must be a language code, for example en_US"],
		['label', { copyCodeText: 'x'.repeat(26) }, "'Copy Code Text' has more than 25 characters"],
		['minutes', { codeExpirationMinutes: 91 }, outside('Code Expiration (Minutes)', '1 to 90')],
		['no minutes', { codeExpirationMinutes: 0 }, outside('Code Expiration (Minutes)', '1 to 90')],
		['part of a minute', { codeExpirationMinutes: 1.5 }, outside('Code Expiration (Minutes)', 'a whole number')],
		['time to live', { messageSendTtlSeconds: 29 }, outside('Message Time to Live (Seconds)', '30 to 900')],
		['long time to live', { messageSendTtlSeconds: 901 }, outside('Message Time to Live (Seconds)', '30 to 900')],
		['no app', { otpType: 'ONE_TAP' }, "'Supported Apps' needs at least one Android app"],
		['six apps', { otpType: 'ONE_TAP', supportedApps: apps(6) }, "'Supported Apps' has more than 5 apps"],
		['package', app('app', 'K8a/AINcGX7'), "'Package Name' must be an Android package name"],
		['hash', app('com.example.app', 'K8a'), "'Signature Hash' must have exactly 11 characters"],
		['encoded hash', app('com.example.app', 'K8a%2FAINcGX7'), "'Signature Hash' is URL-encoded: write %2F as /"],
	])('%s', async (_what, parameters, message) => {
		const { error, body, status } = await create(parameters);
		expect(status).toBe('error');
		expect(error?.message).toContain(message);
		expect(error).toMatchObject({
			message: matching(/ \[item 0\]$/),
			itemIndex: 0,
			name: 'NodeOperationError',
		});
		expect(body).toBeUndefined();
	});
});

describe('a hint of Create', () => {
	it.each<[string, INodeParameters, string[]]>([
		['is absent if the values fit together', { codeExpirationMinutes: 5, messageSendTtlSeconds: 300 }, []],
		[
			'warns if the footer and the lifetime of the code differ',
			{ codeExpirationMinutes: 10 },
			["The footer says 10 minutes, but codes expire after 5. Set the option 'Expires In' of Send to 600 seconds."],
		],
		[
			'warns if the message can arrive after the code has expired',
			{ messageSendTtlSeconds: 301 },
			['WhatsApp tries to deliver for 301 seconds, but a code is valid for 5 minutes. Some codes will arrive expired.'],
		],
		[
			'warns of an unlimited time to live',
			{ messageSendTtlSeconds: -1 },
			['WhatsApp tries to deliver for days, but a code is valid for 5 minutes. Some codes will arrive expired.'],
		],
		[
			'warns if the time to live is outside the range of 360dialog',
			{ messageSendTtlSeconds: 45 },
			["The provider's documentation allows 60 to 600 seconds of time to live. It may reject 45."],
		],
	])('%s', async (_what, parameters, expected) => {
		const { hints, json } = await create(parameters);
		expect(json[0]).toHaveLength(1);
		expect(hints).toEqual(expected);
	});
});

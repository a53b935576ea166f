import type { INodeParameters } from 'n8n-workflow';
import { anyString, containing, matching } from '../../support/matchers';
import type { Subject } from '../subjects/subject';
import type { Nodes } from './nodes';

const hash = 'K8a/AINcGX7';
const appNamed = (packageName: string, signatureHash = hash) => ({ packageName, signatureHash });
const apps = (count: number) => Array.from({ length: count }, (_, index) => appNamed(`com.example.app${index}`));
const withApps = (...app: INodeParameters[]): INodeParameters => ({ otpType: 'ONE_TAP', supportedApps: { app } });

/** In the shape of docs/reference/providers.md 1.1. */
const listed = (count: number) =>
	apps(count).map(({ packageName }) => ({ package_name: packageName, signature_hash: hash }));

/** Parameters of Create, and the expected button. */
const kinds: Array<[kind: string, parameters: INodeParameters, button: object]> = [
	['COPY_CODE', { copyCodeText: 'Copy it' }, { text: 'Copy it' }],
	[
		'ONE_TAP',
		{ autofillText: 'Fill it in', supportedApps: { app: apps(5) } },
		{ autofill_text: 'Fill it in', supported_apps: listed(5) },
	],
	[
		'ZERO_TAP',
		{ copyCodeText: 'C', autofillText: 'A', supportedApps: { app: apps(1) }, zeroTapTermsAccepted: true },
		{ text: 'C', autofill_text: 'A', zero_tap_terms_accepted: true, supported_apps: listed(1) },
	],
];

/** By item: a wrong value, and what the node says about it. */
const badFields: Array<[field: string, value: string | number, message: string]> = [
	['name', 'My_Template', "'Name' may contain only lower-case letters, digits and underscores"],
	['name', 'a'.repeat(513), "'Name' has more than 512 characters"],
	['name', ' ', "'Name' is empty"],
	['language', 'English', "'Language' must be a language code, for example en_US"],
	['copyCodeText', 'x'.repeat(26), "'Copy Code Text' has more than 25 characters"],
	['autofillText', 'x'.repeat(26), "'Autofill Text' has more than 25 characters"],
	['codeExpirationMinutes', 0, "'Code Expiration (Minutes)' must be 1 to 90"],
	['codeExpirationMinutes', 91, "'Code Expiration (Minutes)' must be 1 to 90"],
	['codeExpirationMinutes', 1.5, "'Code Expiration (Minutes)' must be a whole number"],
	['messageSendTtlSeconds', 29, "'Message Time to Live (Seconds)' must be 30 to 900, or -1 for the maximum"],
	['messageSendTtlSeconds', 901, "'Message Time to Live (Seconds)' must be 30 to 900, or -1 for the maximum"],
	['messageSendTtlSeconds', 60.5, "'Message Time to Live (Seconds)' must be a whole number"],
];

const badApps: Array<[what: string, parameters: INodeParameters, message: string]> = [
	['six apps', withApps(...apps(6)), "'Supported Apps' has more than 5 apps"],
	['no app', withApps(), "'Supported Apps' needs at least one Android app"],
	['a package of one word', withApps(appNamed('example')), "'Package Name' must be an Android package name"],
	[
		'a package with a digit first',
		withApps(appNamed('com.1example')),
		"'Package Name' must be an Android package name",
	],
	['a long package', withApps(appNamed(`com.${'a'.repeat(221)}`)), "'Package Name' has more than 224 characters"],
	['a short hash', withApps(appNamed('com.example', 'K8a/AINcGX')), "'Signature Hash' must have exactly 11 characters"],
	[
		'an encoded hash',
		withApps(appNamed('com.example', 'K8a%2FAINcGX7')),
		"'Signature Hash' is URL-encoded: write %2F as /",
	],
	[
		'terms that are not accepted',
		{ ...withApps(...apps(1)), otpType: 'ZERO_TAP' },
		"'Zero-Tap Terms Accepted' must be turned on to create a zero-tap template",
	],
];
const twoLegacyApps: (typeof badApps)[number] = [
	'two apps in the legacy fields',
	{ ...withApps(...apps(2)), options: { legacyAppFields: true } },
	"'Legacy App Fields' can name only one app",
];

/** Create: its requests and output items, and what it refuses before a request. */
export function newTemplates(subject: Subject, nodes: Nodes): void {
	const create = (parameters: INodeParameters, options = {}) =>
		nodes.run({ resource: 'template', operation: 'create', name: 'sign_in', ...parameters }, options);
	const bodies = () => nodes.requests('createTemplate').map(({ body }) => body);
	const id = subject.templates.withoutId ? undefined : matching(/^\d+$/);

	it.each(kinds)('of the type %s is created with all its properties', async (otpType, parameters, button) => {
		nodes.sandbox().setApproval(null);
		const settings = { addSecurityRecommendation: false, codeExpirationMinutes: 10, messageSendTtlSeconds: 90 };
		const { json, hints } = await create({ otpType, ...settings, ...parameters, language: 'pt-BR' });
		expect(bodies()).toEqual([
			{
				name: 'sign_in',
				language: 'pt_BR',
				category: 'AUTHENTICATION',
				message_send_ttl_seconds: 90,
				components: [
					{ type: 'BODY', add_security_recommendation: false },
					{ type: 'FOOTER', code_expiration_minutes: 10 },
					{ type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: otpType, ...button }] },
				],
			},
		]);
		expect(json).toEqual([
			[
				{
					id,
					name: 'sign_in',
					language: 'pt_BR',
					status: 'PENDING',
					category: 'AUTHENTICATION',
					otpType,
					codeExpirationMinutes: 10,
					messageSendTtlSeconds: 90,
					rejectedReason: undefined,
				},
			],
		]);
		expect(hints).toMatchObject([containing('The footer says 10 minutes, but codes expire after 5')]);
	});

	it('has no fields for empty parameters', async () => {
		const empty = '={{ null }}';
		await create({ codeExpirationMinutes: empty, messageSendTtlSeconds: empty });
		const button = { type: 'OTP', otp_type: 'COPY_CODE' };
		expect(bodies()).toEqual([
			{
				name: 'sign_in',
				language: 'en_US',
				category: 'AUTHENTICATION',
				components: [
					{ type: 'BODY', add_security_recommendation: true },
					{ type: 'BUTTONS', buttons: [button] },
				],
			},
		]);
	});

	it('with a wrong field gives an error for its item, and the other items go on', async () => {
		const good = { name: 'good_one', language: 'en_US', copyCodeText: 'x'.repeat(25), autofillText: '' };
		const best = { ...good, codeExpirationMinutes: 90, messageSendTtlSeconds: 900 };
		const bad = badFields.map(([field, value], index) => ({ ...best, name: `bad_${index}`, [field]: value }));
		const input = [best, ...bad, { ...best, name: 'good_two', codeExpirationMinutes: 1, messageSendTtlSeconds: 30 }];
		const byItem: INodeParameters = {};
		for (const field of Object.keys(best)) byItem[field] = `={{ $json.${field} }}`;
		const { json } = await create(
			{ ...withApps(...apps(1)), ...byItem },
			{ input, node: { onError: 'continueRegularOutput' } },
		);
		const errors = badFields.map(([, , message], index) => `${message} [item ${index + 1}]`);
		expect(json[0]?.map(({ name, error }) => error ?? name)).toEqual(['good_one', ...errors, 'good_two']);
		expect(bodies()).toMatchObject([{ name: 'good_one' }, { name: 'good_two' }]);
	});

	it.each(subject.templates.takesLegacyAppFields ? [...badApps, twoLegacyApps] : badApps)(
		'is not created with %s',
		async (_what, parameters, message) => {
			const { error, status } = await create(parameters);
			expect(status).toBe('error');
			expect(error).toMatchObject({ name: 'NodeOperationError', itemIndex: 0, description: anyString });
			expect(error?.message).toContain(message);
			expect(error?.message).toMatch(/ \[item 0\]$/);
			expect(bodies()).toEqual([]);
		},
	);

	it('is not created if its name exists in the language', async () => {
		const { error } = await create({ name: 'verification_code' });
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: 'A template with this name already exists in this language [item 0]',
			description: containing("Choose another 'Name' or 'Language', or delete the template first. The provider said: "),
		});
		expect((await create({ name: 'verification_code', language: 'de' })).json[0]).toHaveLength(1);
	});

	if (subject.templates.takesLegacyAppFields !== true) {
		it('has its apps in the list, although a former version of the workflow turned on the legacy fields', async () => {
			const { json } = await create({ ...withApps(...apps(2)), options: { legacyAppFields: true } });
			expect(json[0]).toMatchObject([{ otpType: 'ONE_TAP' }]);
			expect(bodies()).toMatchObject([{ components: [{}, {}, { buttons: [{ supported_apps: listed(2) }] }] }]);
		});
		return;
	}

	it('can have its app in the legacy fields, which Meta refuses from v21.0 on', async () => {
		const { error } = await create({ ...withApps(...apps(1)), options: { legacyAppFields: true } });
		const [button] = listed(1);
		expect(bodies()).toMatchObject([{ components: [{}, {}, { buttons: [button] }] }]);
		expect(error?.description).toContain('use supported_apps from v21.0 on');
	});
}

import { templateDraft, type TemplateDraft } from '../../providers';
import { metaCloud } from '../../providers/metaCloud';
import { create, page, preview, remove, update } from '../../providers/metaCloud/templates';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { axiosHttp } from '../support/axios-http';
import { anyString, containing, matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import { transportErrorOf, refusalOf } from '../support/provider-errors';

const { accessToken, phoneNumberId, businessAccountId } = accounts.metaCloud;
const ttl = { min: 30, max: 900 };

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

function connect(fields: { businessAccountId?: string; apiVersion?: string } = {}) {
	const credential = { phoneNumberId, businessAccountId, baseUrl: `${sandbox.url}/meta`, ...fields };
	return { http: axiosHttp({ Authorization: `Bearer ${accessToken}` }), account: metaCloud.account.parse(credential) };
}

const app = { packageName: 'com.example.luckyshrub', signatureHash: 'K8a/AINcGX7' };
const drafted = (more: object = {}): TemplateDraft =>
	templateDraft({ ttl }).parse({ name: 'sign_in', languages: ['en_US'], otpType: 'COPY_CODE', ...more });

const about = { provider: 'metaCloud', name: 'sign_in' } as const;
const seed = (more: object = {}) =>
	sandbox.setTemplate({ ...about, components: copyCodeTemplate().components, ...more });
const bodies = (call: string) => sandbox.requests({ call }).map(({ body }) => body);
/** With a type, which jest's matcher does not have. */
const anyList: unknown = expect.any(Array);
const edge = `/meta/v25.0/${businessAccountId}/message_templates`;

async function all(connection = connect()) {
	const found = [];
	for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
		const got = await page(connection, next);
		found.push(...got.templates);
		next = got.next;
	}
	return found;
}

test('Meta offers every operation for templates', () => {
	const expected = { limits: { ttl }, upserts: true, deletesOne: true, create, page, update, delete: remove, preview };
	expect(metaCloud.templates).toEqual(expected);
});

describe('Creating a template', () => {
	it('sends the body of the documents for COPY_CODE', async () => {
		const draft = drafted({ codeExpirationMinutes: 5, messageSendTtlSeconds: 60, copyCodeText: 'Copy Code' });
		expect(await create(connect(), draft)).toEqual([
			{
				id: matching(/^\d+$/),
				name: 'sign_in',
				language: 'en_US',
				status: 'PENDING',
				category: 'AUTHENTICATION',
				otpType: 'COPY_CODE',
				codeExpirationMinutes: 5,
				messageSendTtlSeconds: 60,
				rejectedReason: null,
				raw: { id: anyString, status: 'PENDING', category: 'AUTHENTICATION' },
			},
		]);
		expect(sandbox.requests()).toMatchObject([{ method: 'POST', path: edge }]);
		expect(bodies('createTemplate')).toEqual([
			{
				name: 'sign_in',
				language: 'en_US',
				category: 'AUTHENTICATION',
				message_send_ttl_seconds: 60,
				components: [
					{ type: 'BODY', add_security_recommendation: true },
					{ type: 'FOOTER', code_expiration_minutes: 5 },
					{ type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy Code' }] },
				],
			},
		]);
	});

	it.each([
		['ONE_TAP', {}, {}],
		['ZERO_TAP', { zeroTapTermsAccepted: true }, { zero_tap_terms_accepted: true }],
	])('sends the apps for %s', async (otpType, more, expected) => {
		const apps = [app, { packageName: 'com.example.two', signatureHash: 'ABCDEFGHIJ=' }];
		const draft = drafted({
			otpType,
			supportedApps: apps,
			autofillText: 'Autofill',
			addSecurityRecommendation: false,
			...more,
		});
		await create(connect(), draft);
		const button = {
			type: 'OTP',
			otp_type: otpType,
			autofill_text: 'Autofill',
			...expected,
			supported_apps: apps.map(({ packageName, signatureHash }) => ({
				package_name: packageName,
				signature_hash: signatureHash,
			})),
		};
		expect(bodies('createTemplate')).toEqual([
			{
				name: 'sign_in',
				language: 'en_US',
				category: 'AUTHENTICATION',
				components: [
					{ type: 'BODY', add_security_recommendation: false },
					{ type: 'BUTTONS', buttons: [button] },
				],
			},
		]);
		expect(await all()).toMatchObject([{ name: 'sign_in', otpType }]);
	});

	// Public report: v20.0, the last version that took these fields, ended on 24 September 2026.
	it('can have the legacy fields with no version, and an ended version is named in the error', async () => {
		const draft = drafted({ otpType: 'ONE_TAP', supportedApps: [app], legacyAppFields: true });
		const refused = { providerCode: 100, details: containing('use supported_apps from v21.0 on') };
		expect(await refusalOf(create(connect(), draft))).toMatchObject(refused);
		expect(await refusalOf(create(connect({ apiVersion: 'v20.0' }), draft))).toMatchObject({
			...refused,
			fix: matching(/'API Version' v20\.0 ended on 24 September 2026, .* Choose a newer version in the credential$/),
		});
	});

	it('gives the status and category of the answer', async () => {
		const body = { id: '1473688840035974', status: 'APPROVED', category: 'AUTHENTICATION' };
		sandbox.addFault({ call: 'createTemplate', effect: { answer: { status: 200, body } } });
		expect(await create(connect(), drafted())).toMatchObject([{ id: '1473688840035974', status: 'APPROVED' }]);
	});

	it('in several languages creates new templates and replaces existing ones', async () => {
		const existing = seed({ language: 'es_ES' });
		const draft = drafted({ languages: ['en_US', 'es_ES', 'fr'], codeExpirationMinutes: 10 });
		const created = await create(connect(), draft);
		expect(created.map(({ language }) => language)).toEqual(['en_US', 'es_ES', 'fr']);
		expect(created[1]).toMatchObject({ id: existing.id, codeExpirationMinutes: 10, otpType: 'COPY_CODE' });
		expect(sandbox.requests()).toMatchObject([{ path: `/meta/v25.0/${businessAccountId}/upsert_message_templates` }]);
		expect(bodies('upsertTemplates')).toEqual([
			{
				name: 'sign_in',
				languages: ['en_US', 'es_ES', 'fr'],
				category: 'AUTHENTICATION',
				components: [
					{ type: 'BODY', add_security_recommendation: true },
					{ type: 'FOOTER', code_expiration_minutes: 10 },
					{ type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] },
				],
			},
		]);
		expect(await all()).toMatchObject([{ codeExpirationMinutes: 10 }, { codeExpirationMinutes: 10 }, {}]);
	});

	it.each([
		[2388024, 'template', 'A template with this name already exists in this language'],
		[2388019, 'account', 'The account has reached its maximum number of templates'],
		[2388040, 'template', 'WhatsApp rejected the content of the template'],
	])('gives the meaning of the subcode %d', async (error_subcode, errorClass, what) => {
		const body = { error: { message: 'Invalid parameter', code: 100, error_subcode, error_user_msg: 'Too long' } };
		sandbox.addFault({ call: 'createTemplate', effect: { answer: { status: 400, body } } });
		expect(await refusalOf(create(connect(), drafted()))).toMatchObject({
			class: errorClass,
			what,
			providerCode: 100,
			details: 'Too long',
		});
	});

	it('is refused for a name that exists, or that was deleted recently', async () => {
		await create(connect(), drafted());
		expect(await refusalOf(create(connect(), drafted()))).toMatchObject({ class: 'template' });
		sandbox.setTemplate({ ...about, status: 'APPROVED' });
		await remove(connect(), 'sign_in');
		expect(await refusalOf(create(connect(), drafted()))).toMatchObject({ details: containing('30 days') });
	});

	it('may have succeeded if the answer is lost', async () => {
		sandbox.addFault({ call: 'createTemplate', effect: { loseAnswer: true } });
		expect((await transportErrorOf(create(connect(), drafted()))).mayHaveArrived).toBe(true);
		expect(sandbox.templates()).toHaveLength(1);
	});
});

describe('Listing templates', () => {
	it('follows the cursor through thousands, each once', async () => {
		for (let at = 0; at < 2345; at += 1) seed({ name: `template_${at}`, status: at % 2 ? 'APPROVED' : 'PAUSED' });
		const found = await all();
		expect(found.map(({ name }) => name)).toEqual(Array.from({ length: 2345 }, (_, at) => `template_${at}`));
		expect(found[1]).toMatchObject({
			status: 'APPROVED',
			otpType: 'COPY_CODE',
			codeExpirationMinutes: 5,
			id: anyString,
		});
		expect(sandbox.requests({ call: 'listTemplates' })).toHaveLength(24);
		expect(sandbox.requests().every(({ path }) => path === edge)).toBe(true);
	});

	it('gives an empty page for an account without templates', async () => {
		expect(await page(connect())).toEqual({ templates: [] });
	});

	it('gives the time to live, the reason of a rejection, and other templates without an OTP type', async () => {
		await create(connect(), drafted({ messageSendTtlSeconds: -1 }));
		sandbox.setTemplate({ ...about, status: 'REJECTED', reason: 'INVALID_FORMAT' });
		const components = [{ type: 'BODY', text: 'Hello {{1}}' }];
		sandbox.setTemplate({ provider: 'metaCloud', name: 'hello', category: 'UTILITY', components });
		expect(await all()).toMatchObject([
			{ messageSendTtlSeconds: -1, rejectedReason: 'INVALID_FORMAT', status: 'REJECTED' },
			{ category: 'UTILITY', otpType: null, codeExpirationMinutes: null, rejectedReason: null },
		]);
	});

	it('stops if a cursor repeats, and skips what is not a template', async () => {
		const next = 'https://graph.facebook.com/next';
		const paging = { cursors: { after: 'again' }, next };
		const body = { data: [{ id: 1 }, { id: 2, name: 'x', language: 'en-US', status: 'approved' }], paging };
		sandbox.addFault({ call: 'listTemplates', effect: { answer: { status: 200, body } } });
		expect(await page(connect())).toMatchObject({ templates: [{ id: '2', language: 'en_US' }], next: 'again' });
		expect(await page(connect(), 'again')).not.toHaveProperty('next');
	});

	it.each([
		['an answer without a list', 200, {}, { class: 'transient' }],
		['an HTML page', 200, '<html>', { class: 'transient' }],
		[
			'an error about too much data',
			500,
			{ error: { code: 1, message: 'Please reduce the amount of data' } },
			{ class: 'transient' },
		],
	])('fails for %s', async (_what, status, body, expected) => {
		sandbox.addFault({ call: 'listTemplates', effect: { answer: { status, body } } });
		expect(await refusalOf(page(connect()))).toMatchObject(expected);
	});

	it('needs the ID of the account, and names its field before or after a request', async () => {
		expect(await refusalOf(page(connect({ businessAccountId: '' })))).toMatchObject({
			class: 'credential',
			what: containing("'Business Account ID'"),
		});
		expect(sandbox.requests()).toEqual([]);
		expect(await refusalOf(page(connect({ businessAccountId: '1' })))).toMatchObject({
			class: 'credential',
			fix: containing("'Business Account ID'"),
		});
	});
});

describe('Changing a template', () => {
	it('replaces the components and the time to live', async () => {
		const { id } = seed();
		await update(
			connect(),
			id,
			drafted({ codeExpirationMinutes: 9, messageSendTtlSeconds: 90, otpType: 'ONE_TAP', supportedApps: [app] }),
		);
		expect(sandbox.requests()).toMatchObject([{ method: 'POST', path: `/meta/v25.0/${id}` }]);
		expect(bodies('updateTemplate')).toEqual([{ message_send_ttl_seconds: 90, components: anyList }]);
		expect(await all()).toMatchObject([
			{ id, codeExpirationMinutes: 9, messageSendTtlSeconds: 90, otpType: 'ONE_TAP', status: 'PENDING' },
		]);
	});

	it.each(['PENDING', 'DISABLED'] as const)('is refused while the template is %s', async (status) => {
		const { id } = seed({ status });
		expect(await refusalOf(update(connect(), id, drafted()))).toMatchObject({ title: containing(status) });
	});

	it('is refused twice a day, and for an unknown template', async () => {
		const { id } = seed();
		await update(connect(), id, drafted());
		sandbox.setTemplate({ ...about, status: 'APPROVED' });
		expect(await refusalOf(update(connect(), id, drafted()))).toMatchObject({ title: containing('once a day') });
		expect(await refusalOf(update(connect(), '123', drafted()))).toMatchObject({ class: 'credential' });
	});

	it('fails unless the answer says success', async () => {
		sandbox.addFault({ call: 'updateTemplate', effect: { answer: { status: 200, body: { success: false } } } });
		expect(await refusalOf(update(connect(), '1', drafted()))).toMatchObject({ class: 'transient' });
	});
});

describe('Deleting a template', () => {
	it('deletes all languages, or the one with the ID', async () => {
		const [english] = ['en_US', 'fr', 'es'].map((language) => seed({ language }));
		await remove(connect(), 'sign_in', english?.id);
		expect((await all()).map(({ language }) => language)).toEqual(['fr', 'es']);
		await remove(connect(), 'sign_in');
		expect(await all()).toEqual([]);
		expect(sandbox.requests({ call: 'deleteTemplate' }).map(({ query }) => query)).toEqual([
			{ name: 'sign_in', hsm_id: english?.id },
			{ name: 'sign_in' },
		]);
	});

	it('is refused for an unknown or a disabled template', async () => {
		expect(await refusalOf(remove(connect(), 'nothing'))).toMatchObject({ title: containing('not found') });
		seed({ status: 'DISABLED' });
		expect(await refusalOf(remove(connect(), 'sign_in'))).toMatchObject({ title: containing('disabled') });
	});
});

describe('A preview', () => {
	it("gives WhatsApp's own texts in each language", async () => {
		const wish = { languages: ['en_US', 'es_ES'], addSecurityRecommendation: true, codeExpirationMinutes: 10 };
		expect(await preview(connect(), wish)).toEqual([
			{
				body: '*{{1}}* is your verification code. For your security, do not share this code.',
				buttons: [{ autofill_text: 'Autofill', text: 'Copy code' }],
				footer: 'This code expires in 10 minutes.',
				language: 'en_US',
			},
			{
				body: 'Tu código de verificación es *{{1}}*. Por tu seguridad, no lo compartas.',
				buttons: [{ autofill_text: 'Autocompletar', text: 'Copiar código' }],
				footer: 'Este código caduca en 10 minutos.',
				language: 'es_ES',
			},
		]);
		expect(sandbox.requests()[0]?.query).toEqual({
			category: 'AUTHENTICATION',
			languages: 'en_US,es_ES',
			button_types: 'OTP',
			add_security_recommendation: 'true',
			code_expiration_minutes: '10',
		});
		const [bare] = await preview(connect(), { languages: ['en_US'], addSecurityRecommendation: false });
		expect(bare).not.toHaveProperty('footer');
	});
});

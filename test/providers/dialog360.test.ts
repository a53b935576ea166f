import { templateDraft } from '../../providers';
import { dialog360 } from '../../providers/dialog360';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { axiosHttp } from '../support/axios-http';
import { anyString, containing, matching } from '../support/matchers';
import { codeToSend as message, copyCodeTemplate, sentCode } from '../support/message-samples';
import { transportErrorOf, refusalOf } from '../support/provider-errors';
import { providerContract } from './contract';
import { webhookOf } from './contract/direct';
import { useInstallation } from './contract/installation';
import { dialog360Cloud, dialog360Hosted } from './subjects/dialog360';

const installation = useInstallation([dialog360Cloud, dialog360Hosted]);
providerContract(dialog360Cloud, installation);
providerContract(dialog360Hosted, installation);

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	const { name, language, components } = copyCodeTemplate();
	for (const provider of ['dialog360', 'dialog360OnPremises'] as const) {
		sandbox.setTemplate({ provider, name, language, components });
	}
});

const hostings = ['cloud', 'onPremises'] as const;
type Hosting = (typeof hostings)[number];

const places = {
	cloud: { id: 'dialog360', path: '/360dialog', ...accounts.dialog360 },
	onPremises: { id: 'dialog360OnPremises', path: '/360dialog-on-premises', ...accounts.dialog360OnPremises },
} as const;

function connect(hosting: Hosting, apiKey: string = places[hosting].apiKey) {
	const { namespace, path } = places[hosting];
	const account = dialog360.account.parse({ hosting, namespace, baseUrl: `${sandbox.url}${path}` });
	return { http: axiosHttp({ 'D360-API-KEY': apiKey }), account };
}

const send = (hosting: Hosting, apiKey?: string) => dialog360.sendCode(connect(hosting, apiKey), message);
const sent = (hosting: Hosting) => sandbox.requests({ provider: places[hosting].id, call: 'send' });
const answerSends = (status: number, body: unknown) =>
	sandbox.addFault({ call: 'send', effect: { answer: { status, body } } });

describe('The address', () => {
	it.each([
		['cloud', 'https://waba-v2.360dialog.io'],
		['onPremises', 'https://waba.360dialog.io'],
		[undefined, 'https://waba-v2.360dialog.io'],
	])("is 360dialog's own for the hosting %s, unless the credential has another one", (hosting, baseUrl) => {
		expect(dialog360.account.parse({ hosting, baseUrl: ' ' })).toMatchObject({ baseUrl });
		expect(dialog360.account.parse({ hosting, baseUrl: 'https://proxy.example/x//' })).toMatchObject({
			baseUrl: 'https://proxy.example/x',
		});
	});
});

describe('The address of a webhook', () => {
	const register = async (hosting: Hosting, url: string) => {
		const target = { url, secret: 'the-secret', verifyToken: 'the-token' };
		await webhookOf('dialog360').register(connect(hosting), target, []);
	};

	// Public documents: a host with an underscore or a port gets no events from numbers in the cloud.
	it.each([
		['https://my_n8n.example.com/webhook/1', 'an underscore, such as my_n8n.example.com'],
		['https://a.b_c.example.com/webhook/1', 'an underscore'],
		['https://n8n.example.com:5678/webhook/1', 'a port, such as n8n.example.com:5678'],
	])('%s is rejected before a request for a number in the cloud', async (url, problem) => {
		expect(await refusalOf(register('cloud', url))).toMatchObject({
			what: containing(`host has ${problem}`),
			fix: containing('WEBHOOK_URL'),
		});
		expect(sandbox.requests()).toEqual([]);
		await register('onPremises', url);
		expect(sandbox.subscriptions()).toMatchObject([{ url }]);
	});

	it.each([
		'https://n8n.example.com/webhook/with_underscore',
		'https://n8n.example.com:443/webhook/1',
		'http://127.0.0.1:5678/webhook/1',
		'http://localhost:5678/webhook/1',
	])('%s is taken', async (url) => {
		await register('cloud', url);
		expect(sandbox.subscriptions()).toMatchObject([{ url }]);
	});

	it('with an underscore is refused by the cloud, too', async () => {
		const { http, account } = connect('cloud');
		const request = { method: 'POST', url: `${account.baseUrl}/v1/configs/webhook` } as const;
		for (const url of ['https://my_n8n.example.com', 'https://n8n.example.com:5678']) {
			expect(await http({ ...request, body: { url } })).toMatchObject({ status: 400 });
		}
	});
});

describe('A send to 360dialog', () => {
	const parameters = [{ type: 'text', text: '012345' }];

	it("has Meta's body in the cloud, with the plus and the callback data", async () => {
		expect(await send('cloud')).toEqual({
			messageId: matching(/^wamid\./),
			status: 'accepted',
			waId: '12015553931',
		});
		expect(sent('cloud')).toMatchObject([{ path: '/360dialog/messages' }]);
		expect(sent('cloud')[0]?.body).toEqual(sentCode);
	});

	it('has the On-Premises body on a server: namespace, only digits, /v1', async () => {
		expect(await send('onPremises')).toEqual({ messageId: matching(/^gBEG/), status: 'accepted' });
		expect(sent('onPremises')).toMatchObject([{ path: '/360dialog-on-premises/v1/messages' }]);
		expect(sent('onPremises')[0]?.body).toEqual({
			to: '12015553931',
			type: 'template',
			template: {
				namespace: accounts.dialog360OnPremises.namespace,
				name: 'verification_code',
				language: { policy: 'deterministic', code: 'en_US' },
				components: [
					{ type: 'body', parameters },
					{ type: 'button', sub_type: 'url', index: 0, parameters },
				],
			},
		});
	});

	it('looks up a number that the server does not know, and tries once more', async () => {
		sandbox.setContact({ provider: 'dialog360OnPremises', to: '12015553931' });
		expect(await send('onPremises')).toMatchObject({ waId: '12015553931' });
		expect(sandbox.requests().map(({ call }) => call)).toEqual(['send', 'checkContact', 'send']);
		expect(sandbox.messages()).toHaveLength(1);
	});

	it.each(['accepted', 'held_for_quality_assessment', 'paused'])('gives the message status %s', async (status) => {
		answerSends(200, { messages: [{ id: 'wamid.x', message_status: status }] });
		expect(await send('cloud')).toMatchObject({ messageId: 'wamid.x', status });
	});

	it.each(hostings)('whose answer is lost may have arrived, and is made once (%s)', async (hosting) => {
		sandbox.addFault({ call: 'send', effect: { loseAnswer: true } });
		expect((await transportErrorOf(send(hosting))).mayHaveArrived).toBe(true);
		expect(sandbox.messages()).toHaveLength(1);
	});
});

const blocked = 'This URL *** is blocked. More info: https://docs.example';
const limit = 'You have exceeded the limit of 1 request every 3 seconds. Try again later.';

describe('A refusal of 360dialog', () => {
	it.each(hostings)('because of the key has 401 outside and 404 inside (%s)', async (hosting) => {
		expect(await refusalOf(send(hosting, 'wrong'))).toMatchObject({
			class: 'credential',
			providerCode: 401,
			title: 'Invalid api_key or token expired',
			fix: containing("'API Key'"),
		});
	});

	it.each([
		// The numbers are those of docs/reference/providers.md 3.6. 1: Meta's own, passed through.
		[403, { error: { message: 'pair rate limit hit', code: 131056 } }, 'throttle', 131056],
		[403, { error: { message: '(#130429) Rate limit hit', code: 130429 } }, 'throttle', 130429],
		[429, { error: { message: 'Calls to this api have exceeded the rate limit', code: 613 } }, 'throttle', 613],
		[400, { error: { message: 'Message undeliverable', code: 131026 } }, 'recipient', 131026],
		[404, { error: { message: 'No template', code: 132001 } }, 'template', 132001],
		[403, 'bad json', 'credential', 403],
		// 2: the gateway's, in camelCase.
		[403, { meta: { httpCode: 403, developerMessage: blocked, success: false } }, 'account', 403],
		[400, { meta: { httpCode: 400, developerMessage: limit, success: false } }, 'throttle', 400],
		[400, { meta: { httpCode: 400, developerMessage: 'Channel is disabled' } }, 'account', 400],
		[500, { meta: { httpCode: 500, developerMessage: 'Internal server error' } }, 'transient', 500],
		// 3: in snake_case. 4: a sentence. 5: the server's. Then an empty object and an empty body.
		[400, { meta: { http_code: 400, developer_message: 'x', details: ['y'] } }, 'permanent', 400],
		[429, { error: 'Too many requests' }, 'throttle', 429],
		[429, { errors: [{ title: 'Too many requests' }] }, 'throttle', 429],
		[404, { errors: [{ code: 2001, title: 'Template does not exist' }] }, 'template', 2001],
		[500, {}, 'transient', 500],
		[500, '', 'transient', 500],
	])('can come as %d %j', async (status, body, errorClass, providerCode) => {
		answerSends(status, body);
		for (const hosting of hostings) {
			expect(await refusalOf(send(hosting))).toMatchObject({ class: errorClass, providerCode });
		}
	});

	it.each([
		[{ errors: [{ code: 1026, title: 'Receiver Incapable' }] }, 'recipient', 1026],
		[{ messages: [] }, 'transient', 200],
	])('of a server can come with 200: %j', async (body, errorClass, providerCode) => {
		answerSends(200, body);
		const refused = await refusalOf(send('onPremises'));
		expect(refused).toMatchObject({ class: errorClass, providerCode });
		expect(refused.mayHaveArrived).toBeUndefined();
	});

	it('may have sent the message after a 5xx or an unreadable success', async () => {
		for (const [status, body] of [
			[500, {}],
			[200, 'OK'],
		] as const) {
			sandbox.clearFaults();
			answerSends(status, body);
			for (const hosting of hostings) expect(await refusalOf(send(hosting))).toMatchObject({ mayHaveArrived: true });
		}
	});

	it.each(hostings)('because of the template names it (%s)', async (hosting) => {
		const missing = { ...message, template: { name: 'nothing', language: 'en_US' } };
		expect(await refusalOf(dialog360.sendCode(connect(hosting), missing))).toMatchObject({
			class: 'template',
			details: containing('nothing'),
		});
	});
});

describe.each(hostings)('Templates at 360dialog (%s)', (hosting) => {
	const { templates } = dialog360;
	if (templates === undefined) throw new Error('360dialog has templates');
	const draft = templateDraft(templates.limits).parse({
		name: 'sign_in',
		languages: ['en_US', 'es'],
		otpType: 'ZERO_TAP',
		codeExpirationMinutes: 5,
		messageSendTtlSeconds: 120,
		supportedApps: [{ packageName: 'com.example.app', signatureHash: 'K8a/AINcGX7' }],
		zeroTapTermsAccepted: true,
	});

	it('are created in each language, listed with their type, and deleted in all languages', async () => {
		const connection = connect(hosting);
		const about = { name: 'sign_in', status: 'PENDING', otpType: 'ZERO_TAP', codeExpirationMinutes: 5 };
		expect(await templates.create?.(connection, draft)).toMatchObject([
			{ ...about, id: anyString, language: 'en_US', messageSendTtlSeconds: 120 },
			{ ...about, id: anyString, language: 'es' },
		]);
		const listed = await templates.page(connection);
		expect(listed.next).toBeUndefined();
		expect(listed.templates.filter(({ name }) => name === 'sign_in')).toMatchObject([about, about]);
		await templates.delete?.(connection, 'sign_in');
		expect((await templates.page(connection)).templates.map(({ name }) => name)).toEqual(['verification_code']);
	});

	it('that already exist, or that 360dialog does not know, give the class template', async () => {
		const connection = connect(hosting);
		const existing = { ...draft, name: 'verification_code', languages: ['en_US'] };
		expect(await refusalOf(Promise.resolve(templates.create?.(connection, existing)))).toMatchObject({
			class: 'template',
			what: 'A template with this name already exists in this language',
		});
		expect(await refusalOf(Promise.resolve(templates.delete?.(connection, 'nothing')))).toMatchObject({
			class: 'template',
			httpStatus: 404,
		});
	});

	it('are listed page by page', async () => {
		const body = { count: 1, total: 3, waba_templates: [{ name: 'one', language: 'en', status: 'approved' }] };
		sandbox.addFault({ call: 'listTemplates', effect: { answer: { status: 200, body } } });
		const connection = connect(hosting);
		const first = await templates.page(connection);
		expect(first).toMatchObject({ templates: [{ name: 'one', status: 'APPROVED' }], next: '1' });
		expect(await templates.page(connection, '1')).toMatchObject({ next: '2' });
		expect(await templates.page(connection, '2')).not.toHaveProperty('next');
		expect(sandbox.requests().map(({ query }) => query.offset)).toEqual(['0', '1', '2']);
	});
});

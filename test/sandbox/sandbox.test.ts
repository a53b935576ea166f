import { startSandbox, type Sandbox } from '../../sandbox/server';
import { containing, matching } from '../support/matchers';
import { codeMessage, copyCodeTemplate } from '../support/message-samples';
import { dialog360At, messageIdIn, metaErrorIn, type Caller } from '../support/sandbox-callers';

let sandbox: Sandbox;
let dialog360: Caller;

beforeAll(async () => {
	sandbox = await startSandbox();
	dialog360 = dialog360At(sandbox.url);
});
afterAll(() => sandbox.stop());
beforeEach(() => {
	sandbox.reset();
	const { name, language, components } = copyCodeTemplate();
	sandbox.setTemplate({ name, language, components });
});

describe('a code that the provider accepts', () => {
	test("is answered like Meta's API, and is on the phone in Meta's words", async () => {
		const answer = await dialog360.post('/messages', codeMessage());

		expect(answer.status).toBe(200);
		expect(answer.data).toEqual({
			messaging_product: 'whatsapp',
			contacts: [{ input: '12015553931', wa_id: '12015553931' }],
			messages: [{ id: matching(/^wamid\.HBgL[\w+/]+=*$/), message_status: 'accepted' }],
		});
		const [message] = await sandbox.waitForMessages({ to: '+1 201-555-3931' });
		expect(message).toMatchObject({
			id: messageIdIn(answer),
			code: '493817',
			text: '*493817* is your verification code. For your security, do not share this code.',
			footer: 'This code expires in 5 minutes.',
			button: { type: 'COPY_CODE', text: 'Copy code' },
		});
	});

	test.each(['J$FpnYnP', '$&$1$$', '012345678901234', 'a1b2'])('stays unchanged if it is %s', async (code) => {
		await dialog360.post('/messages', codeMessage('12015553931', code));
		expect(sandbox.messages()).toMatchObject([{ code, text: containing(`*${code}*`) }]);
	});

	test('can go to a number with a plus, and the answer has the number as written and in digits', async () => {
		const { data } = await dialog360.post('/messages', codeMessage('+12015553931'));
		expect(data).toMatchObject({ contacts: [{ input: '+12015553931', wa_id: '12015553931' }] });
		expect(sandbox.messages({ to: '12015553931' })).toHaveLength(1);
	});

	test('can have its button at the number 0 as well as at the string "0"', async () => {
		const message = codeMessage();
		const [body, button] = message.template.components;
		const change = withComponents(body, { ...button, index: 0 });
		expect((await dialog360.post('/messages', change(message))).status).toBe(200);
	});
});

type Message = ReturnType<typeof codeMessage>;
const parameters = (text: unknown) => [{ type: 'text', text }];
const bodyOf = (text: unknown) => ({ type: 'body', parameters: parameters(text) });
const buttonOf = (text: unknown, more = {}) => ({
	type: 'button',
	sub_type: 'url',
	index: '0',
	parameters: parameters(text),
	...more,
});
const withComponents =
	(...components: unknown[]) =>
	(message: Message) => ({ ...message, template: { ...message.template, components } });
const without = (name: keyof Message) => (message: Message) => ({ ...message, [name]: undefined });

const noButton = 'buttons: Button at index 0 of type Url requires a parameter';
const noParameters = 'body: number of localizable_params (0) does not match the expected number of params (1)';

const refusals: Array<[string, (message: Message) => unknown, number, number, string]> = [
	['no messaging_product', without('messaging_product'), 400, 100, 'messaging_product is required'],
	['no recipient', without('to'), 400, 100, 'parameter to is required'],
	['a recipient with spaces', (one) => ({ ...one, to: '1 201 555 3931' }), 400, 131009, 'to:'],
	['a recipient that is a name', (one) => ({ ...one, to: 'Ada' }), 400, 131009, 'to:'],
	['a recipient that is the sender', (one) => ({ ...one, to: '15550783881' }), 400, 131021, 'sender'],
	['free text', (one) => ({ ...one, type: 'text' }), 400, 131051, 'templates'],
	[
		'no language',
		(one) => ({ ...one, template: { ...one.template, language: {} } }),
		400,
		100,
		"template['language']['code'] is required",
	],
	[
		'an unknown template',
		(one) => ({ ...one, template: { ...one.template, name: 'nothing' } }),
		404,
		132001,
		'template name (nothing) does not exist in en_US',
	],
	[
		'a language the template lacks',
		(one) => ({ ...one, template: { ...one.template, language: { code: 'fr' } } }),
		404,
		132001,
		'template name (verification_code) does not exist in fr',
	],
	[
		'components beside the template',
		({ template: { components, ...template }, ...one }) => ({ ...one, template, components }),
		400,
		131008,
		'components must be inside template',
	],
	['no components', withComponents(), 400, 132000, noParameters],
	['no body', withComponents(buttonOf('1')), 400, 132000, noParameters],
	['no button', withComponents(bodyOf('1')), 400, 131008, noButton],
	['a button without the code', withComponents(bodyOf('1'), buttonOf('1', { parameters: [] })), 400, 131008, noButton],
	[
		'a button in the format of a template creation',
		withComponents(bodyOf('1'), { type: 'BUTTONS', buttons: [{ type: 'OTP' }] }),
		400,
		100,
		"template['components'][1]['type']",
	],
	[
		'a second button',
		withComponents(bodyOf('1'), buttonOf('1'), buttonOf('1', { index: '1' })),
		400,
		131009,
		'one body and one button',
	],
	['a button at index 1', withComponents(bodyOf('1'), buttonOf('1', { index: '1' })), 400, 131009, 'index 1'],
	['two different codes', withComponents(bodyOf('123456'), buttonOf('123457')), 400, 131009, 'differs'],
	['a code of 16 characters', withComponents(bodyOf('x'.repeat(16)), buttonOf('x')), 400, 131009, '15 characters'],
	['a code that is a number', withComponents(bodyOf(123456), buttonOf(123456)), 400, 131009, 'text'],
	['an empty code', withComponents(bodyOf(''), buttonOf('')), 400, 131009, 'text'],
	['a code that is a link', withComponents(bodyOf('www.a.example'), buttonOf('1')), 400, 131009, 'links'],
	['a code that contains an emoji', withComponents(bodyOf('12\u{1F511}34'), buttonOf('1')), 400, 131009, 'emoji'],
	['a header', withComponents({ type: 'header' }, bodyOf('1'), buttonOf('1')), 400, 132012, 'header'],
	[
		'callback data of 513 characters',
		(one) => ({ ...one, biz_opaque_callback_data: 'x'.repeat(513) }),
		400,
		100,
		'biz_opaque_callback_data',
	],
];

describe('a send is refused with', () => {
	test.each(refusals)('%s', async (_name, change, status, code, words) => {
		const answer = await dialog360.post('/messages', change(codeMessage()));

		const { message, error_data, ...error } = metaErrorIn(answer);
		expect([answer.status, error.code]).toEqual([status, code]);
		expect(`${message} ${error_data?.details}`).toContain(words);
		expect(sandbox.messages()).toEqual([]);
	});

	test.each([
		['PENDING', 404, 132001],
		['REJECTED', 404, 132001],
		['PAUSED', 400, 132015],
		['DISABLED', 400, 132016],
	] as const)('a template that is %s', async (templateStatus, status, code) => {
		sandbox.setTemplate({ name: 'verification_code', status: templateStatus });
		const answer = await dialog360.post('/messages', codeMessage());
		expect([answer.status, metaErrorIn(answer).code]).toEqual([status, code]);
	});

	test('a wrong key, by HTTP 401 with the code 404 in its body', async () => {
		const answer = await dialog360At(sandbox.url, 'wrong').post('/messages', codeMessage());
		expect(answer.status).toBe(401);
		expect(answer.data).toEqual({
			meta: { httpCode: 404, developerMessage: 'Invalid api_key or token expired', success: false },
		});
	});

	test('the On-Premises path', async () => {
		const answer = await dialog360.post('/v1/messages', codeMessage());
		expect(answer).toMatchObject({ status: 403, data: { meta: { httpCode: 403, success: false } } });
	});

	test('a body that is not JSON', async () => {
		const answer = await dialog360.post('/messages', '{"to":');
		expect(answer).toMatchObject({ status: 400, data: { meta: { httpCode: 400, success: false } } });
	});
});

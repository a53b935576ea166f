import { approveTemplate, newPhone, sending, startInstallation, type Installation } from '../support/installation';

let installation: Installation;

beforeAll(async () => {
	installation = await startInstallation();
	approveTemplate(installation.sandbox, 'verification_code', 'es_ES');
});
afterAll(() => installation.stop());
beforeEach(() => installation.sandbox.reset({ keep: ['templates'] }));

const sendIn = (languages: string[]) =>
	installation.run(sending({ language: '={{ $json.language }}' }), {
		input: languages.map((language) => ({ to: newPhone(), language })),
		node: { onError: 'continueRegularOutput' },
	});

test('a language the template lacks is refused before any send, with those there are; other items go on', async () => {
	const { json } = await sendIn(['fr', 'es_ES', 'en-US']);
	expect(json[0]).toHaveLength(2);
	expect(json[1]).toEqual([{ error: "Template 'verification_code' is not approved in language fr [item 0]" }]);
	expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(2);
});

test('a language that was approved since the list was read is sent in', async () => {
	await sendIn(['en_US']);
	approveTemplate(installation.sandbox, 'verification_code', 'de');
	const { json } = await sendIn(['de']);
	expect(json).toMatchObject([[{ result: 'sent' }], []]);
});

test('many items read the list once', async () => {
	await sendIn(Array.from({ length: 30 }, () => 'en_US'));
	expect(installation.sandbox.requests({ call: 'listTemplates' }).length).toBeLessThanOrEqual(1);
	expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(30);
});

test('without a list the provider decides', async () => {
	installation.sandbox.addFault({ call: 'listTemplates', times: 9, effect: { answer: { status: 403, body: {} } } });
	const fresh = await startInstallation();
	fresh.sandbox.addFault({ call: 'listTemplates', times: 9, effect: { answer: { status: 403, body: {} } } });
	const { json } = await fresh.run(sending(), { input: [{ to: newPhone() }] });
	expect(json).toMatchObject([[{ result: 'sent' }], []]);
	await fresh.stop();
});

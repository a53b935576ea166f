import { approveTemplate, newPhone, sending, startInstallation, useInstallation } from '../support/installation';

const installation = useInstallation();

beforeAll(async () => {
	approveTemplate(installation.sandbox, 'verification_code', 'es_ES');
});

const sendIn = (languages: string[]) =>
	installation.run(sending({ language: '={{ $json.language }}' }), {
		input: languages.map((language) => ({ to: newPhone(), language })),
		node: { onError: 'continueRegularOutput' },
	});

test('Send refuses a language in which the template is not approved, and continues with other items', async () => {
	const { json } = await sendIn(['fr', 'es_ES', 'en-US']);
	expect(json[1]).toHaveLength(2);
	expect(json[0]).toEqual([{ error: "Template 'verification_code' is not approved in language fr [item 0]" }]);
	expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(2);
});

test('Send uses a language that was approved after it read the list', async () => {
	await sendIn(['en_US']);
	approveTemplate(installation.sandbox, 'verification_code', 'de');
	const { json } = await sendIn(['de']);
	expect(json).toMatchObject([[], [{ result: 'sent' }]]);
});

test('Send reads the list once for many items', async () => {
	await sendIn(Array.from({ length: 30 }, () => 'en_US'));
	expect(installation.sandbox.requests({ call: 'listTemplates' }).length).toBeLessThanOrEqual(1);
	expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(30);
});

test('Send leaves the decision to the provider if the list can not be read', async () => {
	installation.sandbox.addFault({ call: 'listTemplates', times: 9, effect: { answer: { status: 403, body: {} } } });
	const fresh = await startInstallation();
	fresh.sandbox.addFault({ call: 'listTemplates', times: 9, effect: { answer: { status: 403, body: {} } } });
	const { json } = await fresh.run(sending(), { input: [{ to: newPhone() }] });
	expect(json).toMatchObject([[], [{ result: 'sent' }]]);
	await fresh.stop();
});

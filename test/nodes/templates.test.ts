import type { INodeParameters } from 'n8n-workflow';
import { byName, useInstallation } from '../support/installation';
import { anyString, containing, matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';

const installation = useInstallation({});

const { components } = copyCodeTemplate();

function have(...names: string[]): void {
	for (const name of names) installation.sandbox.setTemplate({ name, components });
}

const numbered = (from: number, to: number) =>
	Array.from({ length: to - from }, (_, index) => `template_${String(from + index).padStart(4, '0')}`);

const template = async (operation: string, parameters: INodeParameters = {}) =>
	await installation.run({ resource: 'template', operation, ...parameters });

const lists = () => installation.sandbox.requests({ call: 'listTemplates' }).map(({ query }) => query.offset);

const simple = (name: string) => ({
	id: anyString,
	name,
	language: 'en_US',
	status: 'APPROVED',
	category: 'AUTHENTICATION',
	otpType: 'COPY_CODE',
	codeExpirationMinutes: 5,
	messageSendTtlSeconds: undefined,
	rejectedReason: undefined,
});

describe('Get Many', () => {
	it('returns all templates of all pages', async () => {
		have(...numbered(0, 2100));
		const { json, pairs } = await template('getAll', { returnAll: true });
		expect(json[0]?.map(({ name }) => name)).toEqual(numbered(0, 2100));
		expect(new Set(pairs[0]?.map((pair) => JSON.stringify(pair)))).toEqual(new Set(['{"item":0}']));
		expect(lists()).toEqual(['0', '1000', '2000']);
	});

	it('reads only the pages that the limit needs', async () => {
		have(...numbered(0, 1001));
		const { json } = await template('getAll', { limit: 7 });
		expect(json[0]?.map(({ name }) => name)).toEqual(numbered(0, 7));
		expect(lists()).toEqual(['0']);
	});

	it('returns fifty templates by default', async () => {
		have(...numbered(0, 60));
		expect((await template('getAll')).json[0]).toHaveLength(50);
	});

	it('returns no item if there is no template', async () => {
		const { json, status } = await template('getAll', { returnAll: true });
		expect({ json, status }).toEqual({ json: [[]], status: 'success' });
	});

	it('refuses a limit below one', async () => {
		const { error } = await template('getAll', { limit: 0 });
		expect(error).toMatchObject({ message: "'Limit' must be at least 1 [item 0]", itemIndex: 0 });
	});

	it("returns simplified templates, or the provider's own format", async () => {
		have('approved_one');
		installation.sandbox.setTemplate({ name: 'rejected_one', components });
		installation.sandbox.setTemplate({
			name: 'rejected_one',
			status: 'REJECTED',
			reason: 'INVALID_FORMAT',
		});
		installation.sandbox.setTemplate({
			name: 'shop_news',
			category: 'MARKETING',
			components: [{ type: 'BODY', text: 'Hi' }],
		});
		const { json } = await template('getAll', { returnAll: true });
		expect(json[0]).toEqual([
			simple('approved_one'),
			{ ...simple('rejected_one'), status: 'REJECTED', rejectedReason: 'INVALID_FORMAT' },
			{ ...simple('shop_news'), category: 'MARKETING', otpType: undefined, codeExpirationMinutes: undefined },
		]);
		const { json: own } = await template('getAll', { returnAll: true, simplify: false });
		expect(own[0]?.[1]).toMatchObject({
			name: 'rejected_one',
			status: 'rejected',
			rejected_reason: 'INVALID_FORMAT',
			id: json[0]?.[1]?.id,
			namespace: anyString,
			waba_account_id: anyString,
			components: [{ type: 'BODY' }, {}, {}],
		});
	});
});

describe('Get', () => {
	it('returns a template in each of its languages', async () => {
		have('sign_in', 'sign_in_again');
		for (const language of ['de', 'pt_BR']) installation.sandbox.setTemplate({ name: 'sign_in', language, components });
		const { json, pairs } = await template('get', byName('sign_in'));
		const languages = ['en_US', 'de', 'pt_BR'].map((language) => ({ ...simple('sign_in'), language }));
		expect(json).toEqual([languages]);
		expect(pairs[0]).toEqual([{ item: 0 }, { item: 0 }, { item: 0 }]);
		const { json: own } = await template('get', { ...byName('sign_in'), simplify: false });
		expect(own[0]).toMatchObject([{ status: 'approved', partner_id: anyString }, {}, {}]);
	});

	it('fails if there is no such template', async () => {
		have('sign_in');
		const { error } = await template('get', byName('sign_on'));
		expect(error).toMatchObject({
			message: "There is no template 'sign_on' [item 0]",
			description: containing("'Template'"),
		});
	});
});

describe('Delete', () => {
	it('deletes a template in all its languages', async () => {
		have('sign_in', 'other');
		installation.sandbox.setTemplate({ name: 'sign_in', language: 'de', components });
		const { json } = await template('delete', byName('sign_in'));
		expect(json).toEqual([[{ deleted: true }]]);
		expect(installation.sandbox.templates().map(({ name }) => name)).toEqual(['other']);
	});

	it('fails if there is no such template', async () => {
		const { error } = await template('delete', byName('sign_in'));
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: '360dialog does not know this template [item 0]',
			itemIndex: 0,
			description: matching(/^Check 'Template'; Get Many lists the templates\. The provider said: /),
		});
	});

	it('can not be led to another path by a name', async () => {
		have('sign_in');
		const { error } = await template('delete', byName('../webhook?x=/sign_in'));
		expect(error?.message).toBe('360dialog does not know this template [item 0]');
		expect(installation.sandbox.templates()).toHaveLength(1);
	});
});

test.each(['get', 'delete'])('%s fails without a template name', async (operation) => {
	const { error } = await template(operation, {
		template: { __rl: true, mode: 'name', value: '={{ "" }}' },
	});
	expect(error).toMatchObject({ message: matching(/^'Template' is empty \[item 0\]$/), itemIndex: 0 });
});

test('Get finds a template by the name in each item', async () => {
	have('one', 'two');
	const name = { __rl: true, mode: 'name', value: '={{ $json.name }}' };
	const { json, pairs } = await installation.run(
		{ resource: 'template', operation: 'get', template: name },
		{
			input: [{ name: 'two' }, { name: 'none' }, { name: 'one' }],
			node: { onError: 'continueErrorOutput' },
		},
	);
	expect(json).toMatchObject([[{ name: 'two' }, { name: 'one' }], [{ error: "There is no template 'none' [item 1]" }]]);
	expect(pairs[0]).toEqual([{ item: 0 }, { item: 2 }]);
});

test('Get Many fails if the answer is not a list of templates', async () => {
	for (const body of ['<html>', {}, { waba_templates: 'none' }, []]) {
		installation.sandbox.addFault({
			call: 'listTemplates',
			times: 1,
			effect: { answer: { status: 200, body } },
		});
		const { error } = await template('getAll', { returnAll: true });
		expect(error).toMatchObject({ name: 'NodeApiError', description: containing("'Base URL'") });
	}
});

describe('Create', () => {
	it('refuses a name that exists in the same language', async () => {
		have('sign_in');
		const { error } = await template('create', { name: 'sign_in' });
		expect(error).toMatchObject({
			...{
				name: 'NodeApiError',
				message: 'A template with this name already exists in this language [item 0]',
			},
			description: containing("Choose another 'Name' or 'Language', or delete the template first. The provider said: "),
		});
		const { json } = await template('create', { name: 'sign_in', language: 'de' });
		expect(json[0]).toMatchObject([{ name: 'sign_in', language: 'de' }]);
	});

	it('refuses a language that WhatsApp does not support', async () => {
		const { error } = await template('create', { name: 'sign_in', language: 'xx_XX' });
		expect(error).toMatchObject({
			name: 'NodeApiError',
			itemIndex: 0,
			description: containing('language'),
		});
	});

	it('continues with other items if one is refused', async () => {
		const names = ['one', 'Not A Name', 'three'];
		const { json, pairs } = await installation.run(
			{ resource: 'template', operation: 'create', name: '={{ $json.name }}' },
			{ input: names.map((name) => ({ name })), node: { onError: 'continueRegularOutput' } },
		);
		expect(json[0]).toMatchObject([{ name: names[0] }, { error: containing("'Name'") }, { name: names[2] }]);
		expect(pairs).toEqual([[{ item: 0 }, { item: 1 }, { item: 2 }]]);
	});
});

import { type INodeParameters, NodeHelpers, type INodeTypeDescription } from 'n8n-workflow';
import { byName, otpType, triggerType, useInstallation } from '../support/installation';
import { matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import type { EditedNode } from '../support/n8n-core';

const installation = useInstallation({});

beforeEach(() => {
	for (const language of ['pt_BR', 'de', 'en_US']) approve('sign_in', language);
	approve('pay');
	approve('sign_in_old');
	installation.sandbox.setTemplate({ name: 'sign_in_old', status: 'PAUSED' });
	const marketing = { category: 'MARKETING', components: [{ type: 'BODY', text: 'Hi' }] };
	installation.sandbox.setTemplate({ name: 'sign_in_news', ...marketing });
});

function approve(name: string, language = 'en_US'): void {
	installation.sandbox.setTemplate({ name, language, components: copyCodeTemplate().components });
}

const edited = (parameters: INodeParameters = {}, account = installation.account): EditedNode => ({
	type: otpType,
	parameters: { resource: 'otp', operation: 'send', ...parameters },
	credentials: { whatsAppOtp360DialogApi: account },
});

const search = async (filter?: string) => await installation.host.listSearch('searchTemplates', edited(), filter);

describe('the list of templates', () => {
	it('shows each approved authentication template once', async () => {
		const entry = (name: string) => ({ name, value: name });
		expect(await search()).toEqual({ results: [entry('pay'), entry('sign_in')] });
	});

	it('ignores upper and lower case in a search', async () => {
		for (const filter of ['sign', 'SIGN', 'gn_']) {
			expect((await search(filter)).results).toEqual([{ name: 'sign_in', value: 'sign_in' }]);
		}
		expect(await search('none')).toEqual({ results: [] });
	});

	it('says that no template is approved yet, on a line that chooses nothing', async () => {
		installation.sandbox.setTemplate({ name: 'pay', status: 'REJECTED' });
		for (const language of ['pt_BR', 'de', 'en_US']) {
			installation.sandbox.setTemplate({ name: 'sign_in', language, status: 'PENDING' });
		}
		const entry = { name: 'No approved template yet. Approval takes minutes.', value: '' };
		expect(await search()).toEqual({ results: [entry] });
	});

	it('names the credential that is missing', async () => {
		const thrown = installation.host.listSearch('searchTemplates', { ...edited(), credentials: {} });
		await expect(thrown).rejects.toMatchObject({ message: 'Choose or create the credential for 360dialog first' });
		expect(installation.sandbox.requests()).toEqual([]);
	});

	it('reads all pages of the provider', async () => {
		for (let number = 0; number < 1000; number += 1) approve(`a_${number}`);
		expect((await search('sign')).results).toHaveLength(1);
		expect(installation.sandbox.requests({ call: 'listTemplates' })).toHaveLength(2);
	});
});

describe('the list of languages', () => {
	const languages = async (name: string, language = 'en_US') =>
		await installation.host.loadOptions('getTemplateLanguages', edited({ ...byName(name), language }));
	const unapproved = { name: 'English (US): the template is not approved in it', value: 'en_US' };

	it('shows the languages in which the chosen template is approved', async () => {
		installation.sandbox.setTemplate({ name: 'sign_in', language: 'de', status: 'REJECTED' });
		expect(await languages('sign_in')).toEqual([
			{ name: 'English (US)', value: 'en_US' },
			{ name: 'Portuguese (Brazil)', value: 'pt_BR' },
		]);
	});

	it('has the language of a new node before a template is chosen, without a credential', async () => {
		const node = { ...edited({ language: 'en_US' }), credentials: {} };
		const list = await installation.host.loadOptions('getTemplateLanguages', node);
		expect(list).toEqual([{ name: 'English (US)', value: 'en_US' }]);
		expect(installation.sandbox.requests()).toEqual([]);
	});

	it('says in words that the template is not approved in the language of the field', async () => {
		const { components } = copyCodeTemplate();
		installation.sandbox.setTemplate({ name: 'only_german', language: 'de', components });
		expect(await languages('only_german')).toEqual([{ name: 'German', value: 'de' }, unapproved]);
	});

	it.each(['sign_in_old', 'sign_in_news', 'none'])('has no approved language for %p', async (name) => {
		expect(await languages(name)).toEqual([unapproved]);
	});
});

describe('a list that fails to load', () => {
	const load = {
		templates: async (node: EditedNode) => await installation.host.listSearch('searchTemplates', node),
		languages: async (node: EditedNode) => await installation.host.loadOptions('getTemplateLanguages', node),
	};
	const failures: Array<[string, object, string, string]> = [
		['a wrong key', { apiKey: 'wrong' }, '360dialog does not know this API key', "Check 'API Key'"],
		[
			'an address without a server',
			{ baseUrl: 'http://127.0.0.1:1' },
			'127.0.0.1:1 refused the connection',
			"Check 'Base URL'",
		],
	];

	it.each(failures)('says why and what to do: %s', async (_what, wrong, message, fix) => {
		for (const list of [load.templates, load.languages]) {
			const node = edited(byName('sign_in'), { ...installation.account, ...wrong });
			const thrown = await list(node).catch((error: unknown) => error);
			expect(thrown).toMatchObject({ name: 'NodeApiError', message });
			expect(String(Reflect.get(Object(thrown), 'description'))).toContain(fix);
		}
	});
});

describe("the credential's test", () => {
	const test = async (wrong: object = {}) =>
		await installation.host.testCredential('whatsAppOtp360DialogApi', {
			...installation.account,
			...wrong,
		});

	it('passes with the right key, with or without a slash after the address', async () => {
		for (const baseUrl of [installation.account.baseUrl, ` ${String(installation.account.baseUrl)}// `]) {
			expect(await test({ baseUrl })).toEqual({ status: 'OK', message: 'Connection successful!' });
		}
	});

	it('fails with a wrong key, and where no server answers', async () => {
		expect(await test({ apiKey: 'wrong' })).toMatchObject({
			status: 'Error',
			message: matching(/API key/),
		});
		expect(await test({ baseUrl: 'http://127.0.0.1:1' })).toMatchObject({ status: 'Error' });
	});
});

describe('the node', () => {
	it('offers Generate and Send and Wait for Code in a workflow, but not as the tool of an agent', () => {
		const offered = (name: string) => {
			const type = { ...description(), name };
			const fields = type.properties.filter((property) => property.name === 'operation');
			const values = { resource: 'otp', provider: 'dialog360' };
			const node = { typeVersion: 1 };
			const shown = fields.filter((field) => NodeHelpers.displayParameter(values, field, node, type));
			const options = shown.flatMap(({ options: all = [] }) => all);
			const visible = options.filter(
				(option) => 'value' in option && NodeHelpers.displayParameter(values, option, node, type),
			);
			return visible.map((option) => option.name);
		};
		expect(offered('whatsAppOtp')).toEqual([
			'Send',
			'Send and Wait for Code',
			'Verify',
			'Resend',
			'Generate',
			'Get',
			'Cancel',
		]);
		expect(offered('whatsAppOtpTool')).toEqual(['Send', 'Verify', 'Resend', 'Get', 'Cancel']);
	});

	// An import can choose an operation that the provider does not have: the panel showed its raw value and its fields.
	it('shows a notice in place of the fields of an operation that the provider does not have', () => {
		const shown = (provider: string, operation: string) =>
			shownIn(description(), { provider, resource: 'template', operation });
		const notice = 'WA.cr does not have this operation for Template. Choose another operation or another provider.';
		expect(shown('waCr', 'create')).toEqual(['Provider', 'Credential', 'Resource', 'Operation', notice]);
		expect(shown('waCr', 'getAll')).not.toContain(notice);
		expect(shown('dialog360', 'create')).toEqual(expect.arrayContaining(['Name', 'Language']));
	});

	it('shows only a notice at the trigger if the provider sends no events', () => {
		const trigger = description(triggerType);
		const notice = /^WA\.cr sends no delivery events\./;
		expect(shownIn(trigger, { provider: 'waCr' })).toEqual(['Provider', 'Credential', matching(notice)]);
		const [store] = (trigger.credentials ?? []).filter(({ name }) => name === 'whatsAppOtpStoreApi');
		const isStoreShown = (provider: string) =>
			NodeHelpers.displayParameter({ provider }, store!, { typeVersion: 2 }, trigger);
		expect([isStoreShown('waCr'), isStoreShown('dialog360')]).toEqual([false, true]);
		expect(shownIn(trigger, { provider: 'dialog360', events: [] })).toEqual(
			expect.arrayContaining(['Events', 'Options']),
		);
	});

	/** The labels of the fields that the editor shows, from top to bottom. */
	const shownIn = (type: INodeTypeDescription, values: INodeParameters) => {
		const node = { typeVersion: 1 };
		const complete = NodeHelpers.getNodeParameters(type.properties, values, true, false, node, type) ?? {};
		return type.properties
			.filter((field) => field.type !== 'hidden')
			.filter((field) => NodeHelpers.displayParameter(complete, field, node, type))
			.map(({ displayName }) => displayName);
	};

	const description = (name = otpType): INodeTypeDescription => {
		const type = installation.host.packages[0]?.nodes[name];
		if (type === undefined || 'nodeVersions' in type) throw new Error('The node is missing');
		return type.description;
	};

	it.each([
		['otp', 'send', ['Not Sent', 'Sent'], true],
		['otp', 'sendAndWaitForCode', ['Not Verified', 'Verified'], true],
		['otp', 'resend', ['Not Sent', 'Sent'], true],
		['otp', 'generate', ['Not Issued', 'Issued'], false],
		['otp', 'verify', ['Not Verified', 'Verified'], false],
		['otp', 'get', [undefined], false],
		['otp', 'cancel', [undefined], false],
		['template', 'create', [undefined], true],
		['template', 'get', [undefined], true],
		['template', 'getAll', [undefined], true],
		['template', 'delete', [undefined], true],
	])(
		'%s %s has its outputs, and asks for a credential only where it calls, for a store where it keeps something',
		async (resource, operation, labels, calls) => {
			const parameters = { provider: 'dialog360', resource, operation };
			const { nodes, credentials } = {
				nodes: [{ name: 'OTP', type: otpType, parameters }],
				credentials: {},
			};
			const { result } = await installation.run(parameters, { nodes, credentials });
			const node = result.workflow.getNode('OTP');
			if (!node) throw new Error('The node is missing');
			const outputs = await result.workflow.expression.withIsolate(async () =>
				NodeHelpers.getNodeOutputs(result.workflow, node, description()),
			);
			const names = outputs.map((output) => (typeof output === 'string' ? undefined : output.displayName));
			expect(names).toEqual(labels);
			const asked = (description().credentials ?? []).filter((credential) =>
				NodeHelpers.displayParameter(node.parameters, credential, node, description()),
			);
			const expected = [
				...(calls ? [['whatsAppOtp360DialogApi', true]] : []),
				...(resource === 'template' ? [] : [['whatsAppOtpStoreApi', false]]),
			];
			expect(asked.map(({ name, required }) => [name, required])).toEqual(expected);
		},
	);
});

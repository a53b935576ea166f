import type { INodeParameters } from 'n8n-workflow';
import { byName, newPhone, otpType } from '../../support/installation';
import { anyString, containing } from '../../support/matchers';
import { copyCodeTemplate } from '../../support/message-samples';
import { pass } from '../../support/time';
import type { Subject } from '../subjects/subject';
import { failureOf, type Nodes } from './nodes';

const { components } = copyCodeTemplate();
const oneTap = [
	{ type: 'BODY' },
	{
		type: 'BUTTONS',
		buttons: [
			{
				type: 'OTP',
				otp_type: 'ONE_TAP',
				supported_apps: [{ package_name: 'com.example.app', signature_hash: 'K8a/AINcGX7' }],
			},
		],
	},
];
const operations = ['create', 'delete', 'get', 'getAll', 'preview', 'update'] as const;

/** The operations for templates. */
export function templates(subject: Subject, nodes: Nodes): void {
	const { id: provider } = subject;
	const offered = subject.templates.operations;
	const lacking = operations.filter((operation) => !offered.includes(operation));
	const template = (operation: string, parameters: INodeParameters = {}, options = {}) =>
		nodes.run({ resource: 'template', operation, ...parameters }, options);

	if (lacking.length > 0) {
		it.each(lacking)(
			'stop with an error if a workflow uses %s, which the provider does not offer',
			async (operation) => {
				const { error, status } = await template(operation, { ...byName('verification_code'), name: 'sign_in' });
				expect(status).toBe('error');
				expect(error?.message).toMatch(/does not support this operation \[item 0\]$/);
				expect(error?.description).toContain("another 'Operation' or another 'Provider'");
				expect(nodes.sandbox().requests()).toEqual([]);
			},
		);
	}
	if (offered.length > 0) templateLists(subject, nodes);
	if (!offered.includes('delete')) return;

	it('are deleted in all languages, or not found', async () => {
		nodes.sandbox().setTemplate({ provider, name: 'verification_code', language: 'de', components });
		expect((await template('delete', byName('verification_code'))).json).toEqual([[{ deleted: true }]]);
		const left = nodes.sandbox().templates();
		expect(left.filter((one) => one.provider === provider)).toEqual([]);
		const { error } = await template('delete', byName('verification_code'));
		expect(error).toMatchObject({ name: 'NodeApiError', itemIndex: 0, description: containing('The provider said: ') });
	});
}

function templateLists(
	{ id: provider, provider: providerId, credential, account, templates: offered }: Subject,
	nodes: Nodes,
): void {
	const { pageSize = 0, withoutId, onlyTexts } = offered;
	const template = (operation: string, parameters: INodeParameters = {}, options = {}) =>
		nodes.run({ resource: 'template', operation, ...parameters }, options);
	const seed = (name: string, more: object = {}) =>
		nodes.sandbox().setTemplate({ provider, name, components, ...more });

	/** A template in a list. */
	const shown = (name: string, more: object = {}) => ({
		id: withoutId ? undefined : anyString,
		name,
		language: 'en_US',
		status: 'APPROVED',
		category: 'AUTHENTICATION',
		otpType: onlyTexts ? undefined : 'COPY_CODE',
		codeExpirationMinutes: onlyTexts ? undefined : 5,
		messageSendTtlSeconds: undefined,
		rejectedReason: undefined,
		...more,
	});

	it('are found in each language, with the OTP type although lists show a URL button', async () => {
		for (const language of ['de', 'pt_BR']) seed('verification_code', { language });
		seed('other', { components: oneTap });
		const { json, pairs } = await template('get', byName('verification_code'));
		const languages = json[0]?.map(({ language }) => language);
		expect(new Set(languages)).toEqual(new Set(['de', 'en_US', 'pt_BR']));
		expect(json[0]).toEqual(languages?.map((language) => shown('verification_code', { language })));
		expect(pairs).toEqual([[{ item: 0 }, { item: 0 }, { item: 0 }]]);
		const other = shown('other', { otpType: onlyTexts ? undefined : 'ONE_TAP', codeExpirationMinutes: undefined });
		expect((await template('get', byName('other'))).json).toEqual([[other]]);
		const { error } = await template('get', byName('nothing'));
		expect(error).toMatchObject({
			message: "There is no template 'nothing' [item 0]",
			description: containing("'Template'"),
		});
	});

	it('are listed page by page, with no more pages than the limit needs', async () => {
		const names = Array.from({ length: 1050 }, (_, index) => `a_${String(index).padStart(4, '0')}`);
		nodes.sandbox().reset();
		for (const name of names) seed(name);
		const { json } = await template('getAll', { returnAll: true });
		expect(json[0]?.map(({ name }) => name)).toEqual(names);
		const pages = nodes.requests('listTemplates').length;
		expect(pages).toBe(Math.ceil(names.length / pageSize));
		expect((await template('getAll', { limit: 7 })).json[0]?.map(({ name }) => name)).toEqual(names.slice(0, 7));
		expect(nodes.requests('listTemplates')).toHaveLength(pages + 1);
		expect((await template('getAll')).json[0]).toHaveLength(50);
	});

	it("are listed in one shape for all providers, or in the provider's own", async () => {
		seed('rejected_one');
		nodes.sandbox().setTemplate({ provider, name: 'rejected_one', status: 'REJECTED', reason: 'INVALID_FORMAT' });
		seed('shop_news', { category: 'MARKETING', components: [{ type: 'BODY', text: 'Hi' }] });
		const { json } = await template('getAll');
		const rejected = shown('rejected_one', { status: 'REJECTED', rejectedReason: 'INVALID_FORMAT' });
		const news = shown('shop_news', { category: 'MARKETING', otpType: undefined, codeExpirationMinutes: undefined });
		const all = onlyTexts ? [] : [rejected, news];
		expect(new Set(json[0])).toEqual(new Set([shown('verification_code'), ...all]));
		const { json: own } = await template('getAll', { simplify: false });
		expect(own[0]).toHaveLength(all.length + 1);
		expect(own[0]?.[0]).toMatchObject(onlyTexts ?? { components: [{}, {}, {}] });
	});

	it('are listed in the editor if they can send a code, and the languages of the selected one, too', async () => {
		seed('sign_in', { language: 'de' });
		seed('sign_in', { language: 'pt_BR' });
		seed('sign_out', { status: 'PAUSED' });
		seed('shop_news', { category: 'MARKETING', components: [{ type: 'BODY', text: 'Hi' }] });
		const parameters = { provider: providerId, resource: 'otp', operation: 'send', ...byName('sign_in') };
		const node = { type: otpType, parameters, credentials: { [credential]: account(nodes.sandbox().url) } };
		const entry = (name: string) => ({ name, value: name });
		const search = (filter?: string) => nodes.host().listSearch('searchTemplates', node, filter);
		expect(await search()).toEqual({ results: [entry('sign_in'), entry('verification_code')] });
		expect(await search('SIGN')).toEqual({ results: [entry('sign_in')] });
		const languages = await nodes.host().loadOptions('getTemplateLanguages', node);
		// The last one is the language that the field has.
		expect(languages).toEqual([
			{ name: 'German', value: 'de' },
			{ name: 'Portuguese (Brazil)', value: 'pt_BR' },
			{ name: 'English (US): the template is not approved in it', value: 'en_US' },
		]);
	});

	it('must be approved in the language, otherwise the node names the languages before a send', async () => {
		seed('sign_up', { language: 'de' });
		seed('sign_up', { language: 'es_ES' });
		// A list is kept for five minutes.
		pass(300);
		const { error } = await nodes.send([{ to: newPhone() }], { ...byName('sign_up'), language: 'fr' });
		expect(error).toMatchObject({
			name: 'NodeApiError',
			itemIndex: 0,
			message: "Template 'sign_up' is not approved in language fr [item 0]",
			description: containing('Choose de or es_ES, or create the template in fr'),
		});
		expect(nodes.requests()).toEqual([]);
	});

	it('that cannot be listed give n8n the cause', async () => {
		const answers = [
			{ status: 429, body: {}, headers: { 'retry-after': '7' } },
			{ status: 503, body: 'Down' },
			{ status: 200, body: '<html>' },
		];
		for (const answer of answers) {
			nodes.sandbox().addFault({ provider, call: 'listTemplates', times: 1, effect: { answer } });
		}
		const causes: unknown[] = [];
		while (causes.length < answers.length) {
			const ran = await template('getAll');
			expect(ran.error).toMatchObject({ name: 'NodeApiError', itemIndex: 0, message: containing(' [item 0]') });
			causes.push(failureOf(ran));
		}
		expect(causes).toEqual([
			{ cause: 'rate-limited', retryAfterMs: 7000 },
			{ cause: 'temporarily-unavailable' },
			{ cause: 'temporarily-unavailable' },
		]);
	});
}

import type { INodeParameters } from 'n8n-workflow';
import { byName, newPhone, otpType } from '../../../support/installation';
import { anyString, containing } from '../../../support/matchers';
import { copyCodeTemplate } from '../../../support/message-samples';
import { pass } from '../../../support/time';
import { failureOf, type Nodes } from '../nodes';
import type { Subject } from '../subjects';

const { components } = copyCodeTemplate();
const oneTap = [
	{ type: 'BODY' },
	{
		type: 'BUTTONS',
		buttons: [
			{
				...{ type: 'OTP', otp_type: 'ONE_TAP' },
				supported_apps: [{ package_name: 'com.example.app', signature_hash: 'K8a/AINcGX7' }],
			},
		],
	},
];
const operations = ['create', 'delete', 'get', 'getAll', 'preview', 'update'] as const;

/** What a provider offers for templates; what it lacks is not offered. */
export function templates(subject: Subject, nodes: Nodes): void {
	const { id: provider, templates: offered } = subject;
	const lacking = operations.filter((operation) => !offered.includes(operation));
	const template = (operation: string, parameters: INodeParameters = {}, options = {}) =>
		nodes.run({ resource: 'template', operation, ...parameters }, options);

	if (lacking.length > 0) {
		it.each(lacking)(
			'is not offered %s, which says so where a workflow asks for it all the same',
			async (operation) => {
				const { error, status } = await template(operation, { ...byName('verification_code'), name: 'sign_in' });
				expect(status).toBe('error');
				expect(error?.message).toMatch(/does not support this operation \[item 0\]$/);
				expect(error?.description).toContain("another 'Operation' or another 'Provider'");
				expect(nodes.sandbox().requests()).toEqual([]);
			},
		);
	}
	if (offered.length > 0) lists(subject, nodes);
	if (!offered.includes('delete')) return;

	it('deletes a template in all its languages, and says where there is none', async () => {
		nodes.sandbox().setTemplate({ provider, name: 'verification_code', language: 'de', components });
		expect((await template('delete', byName('verification_code'))).json).toEqual([[{ deleted: true }]]);
		expect(
			nodes
				.sandbox()
				.templates()
				.filter((one) => one.provider === provider),
		).toEqual([]);
		const { error } = await template('delete', byName('verification_code'));
		expect(error).toMatchObject({ name: 'NodeApiError', itemIndex: 0, description: containing('The provider said: ') });
	});
}

function lists({ id: provider, provider: chosen, credential, account }: Subject, nodes: Nodes): void {
	const isWaCr = provider === 'waCr';
	const template = (operation: string, parameters: INodeParameters = {}, options = {}) =>
		nodes.run({ resource: 'template', operation, ...parameters }, options);
	const seed = (name: string, more: object = {}) =>
		nodes.sandbox().setTemplate({ provider, name, components, ...more });

	/** What a list tells of a template, by provider: WA.cr's has texts alone (docs/reference/providers.md 5.3). */
	const shown = (name: string, more: object = {}) => ({
		...{ id: provider === 'oneMsg' ? null : anyString, name, language: 'en_US', status: 'APPROVED' },
		...{ category: 'AUTHENTICATION', otpType: isWaCr ? null : 'COPY_CODE' },
		...{ codeExpirationMinutes: isWaCr ? null : 5, messageSendTtlSeconds: null, rejectedReason: null },
		...more,
	});

	it('gets a template in each of its languages, its button recognised although it is a URL button now', async () => {
		for (const language of ['de', 'pt_BR']) seed('verification_code', { language });
		seed('other', { components: oneTap });
		const { json, pairs } = await template('get', byName('verification_code'));
		const languages = json[0]?.map(({ language }) => language);
		expect(new Set(languages)).toEqual(new Set(['de', 'en_US', 'pt_BR']));
		expect(json[0]).toEqual(languages?.map((language) => shown('verification_code', { language })));
		expect(pairs).toEqual([[{ item: 0 }, { item: 0 }, { item: 0 }]]);
		const other = shown('other', { otpType: isWaCr ? null : 'ONE_TAP', codeExpirationMinutes: null });
		expect((await template('get', byName('other'))).json).toEqual([[other]]);
		const { error } = await template('get', byName('nothing'));
		expect(error).toMatchObject({
			message: "There is no template 'nothing' [item 0]",
			description: containing("'Template'"),
		});
	});

	it('gets all there are, page by page, and no more pages than the limit needs', async () => {
		const names = Array.from({ length: 1050 }, (_, index) => `a_${String(index).padStart(4, '0')}`);
		nodes.sandbox().reset();
		for (const name of names) seed(name);
		const { json } = await template('getAll', { returnAll: true });
		expect(json[0]?.map(({ name }) => name)).toEqual(names);
		const pages = nodes.asked('listTemplates').length;
		expect(pages).toBe(provider.startsWith('dialog360') ? 2 : 11);
		expect((await template('getAll', { limit: 7 })).json[0]?.map(({ name }) => name)).toEqual(names.slice(0, 7));
		expect(nodes.asked('listTemplates')).toHaveLength(pages + 1);
		expect((await template('getAll')).json[0]).toHaveLength(50);
	});

	it("normalises what differs, or gives the provider's own", async () => {
		seed('rejected_one');
		nodes.sandbox().setTemplate({ provider, name: 'rejected_one', status: 'REJECTED', reason: 'INVALID_FORMAT' });
		seed('shop_news', { category: 'MARKETING', components: [{ type: 'BODY', text: 'Hi' }] });
		const { json } = await template('getAll');
		const rejected = shown('rejected_one', { status: 'REJECTED', rejectedReason: 'INVALID_FORMAT' });
		const news = shown('shop_news', { category: 'MARKETING', otpType: null, codeExpirationMinutes: null });
		// WA.cr lists what can be sent with, and nothing else.
		const all = isWaCr ? [] : [rejected, news];
		expect(new Set(json[0])).toEqual(new Set([shown('verification_code'), ...all]));
		const { json: own } = await template('getAll', { simplify: false });
		expect(own[0]).toHaveLength(all.length + 1);
		expect(own[0]?.[0]).toMatchObject(
			isWaCr ? { template_name: anyString, body_params_count: 1 } : { components: [{}, {}, {}] },
		);
	});

	it('lists in the editor what a code can be sent with, and the languages of what is chosen', async () => {
		seed('sign_in', { language: 'de' });
		seed('sign_in', { language: 'pt_BR' });
		seed('sign_out', { status: 'PAUSED' });
		seed('shop_news', { category: 'MARKETING', components: [{ type: 'BODY', text: 'Hi' }] });
		const parameters = { provider: chosen, resource: 'otp', operation: 'send', ...byName('sign_in') };
		const node = { type: otpType, parameters, credentials: { [credential]: account(nodes.sandbox().url) } };
		const entry = (name: string) => ({ name, value: name });
		const search = (filter?: string) => nodes.host().listSearch('searchTemplates', node, filter);
		expect(await search()).toEqual({ results: [entry('sign_in'), entry('verification_code')] });
		expect(await search('SIGN')).toEqual({ results: [entry('sign_in')] });
		const languages = await nodes.host().loadOptions('getTemplateLanguages', node);
		expect(languages).toEqual([entry('de'), entry('pt_BR')]);
	});

	it('refuses a language that the template lacks before a send, with those there are', async () => {
		seed('sign_up', { language: 'de' });
		seed('sign_up', { language: 'es_ES' });
		// The list that was read before is believed for five minutes.
		pass(300);
		const { error } = await nodes.send([{ to: newPhone() }], { ...byName('sign_up'), language: 'fr' });
		expect(error).toMatchObject({
			...{ name: 'NodeApiError', itemIndex: 0 },
			message: "Template 'sign_up' is not approved in language fr [item 0]",
			description: containing('Choose de or es_ES, or create the template in fr'),
		});
		expect(nodes.asked()).toEqual([]);
	});

	it('hints to n8n why a list does not come', async () => {
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

import { providers, type HttpClient, type Provider } from '../../providers';
import { login, onPremises } from '../../providers/onPremises';
import { accounts } from '../../sandbox/accounts';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { axiosHttp } from '../support/axios-http';
import { startCallback } from '../support/callback-url';
import { refusalOf } from '../support/provider-errors';
import { credentialOf, metaSender, webhookSenders, type WebhookSender } from '../support/webhook-senders';

let sandbox: Sandbox;
let callback: Awaited<ReturnType<typeof startCallback>>;

beforeAll(async () => {
	sandbox = await startSandbox();
	callback = await startCallback();
});
afterAll(async () => {
	await callback[Symbol.asyncDispose]();
	await sandbox.stop();
});
beforeEach(() => sandbox.reset());

type Subject = Pick<WebhookSender, 'account' | 'provider' | 'credential'>;
const subjects: Subject[] = [...webhookSenders, metaSender];

/** What each credential adds to a request. */
async function httpOf({ account }: Subject, parsed: unknown): Promise<HttpClient> {
	if (account === 'metaCloud') return axiosHttp({ Authorization: `Bearer ${accounts.metaCloud.accessToken}` });
	if (account === 'oneMsg') return axiosHttp({ Authorization: `Bearer ${accounts.oneMsg.token}` });
	if (account !== 'onPremises') return axiosHttp({ 'D360-API-KEY': accounts[account].apiKey });
	const { username, password } = accounts.onPremises;
	const basic = axiosHttp({ Authorization: `Basic ${btoa(`${username}:${password}`)}` });
	return axiosHttp({ Authorization: `Bearer ${await login(basic, onPremises.account.parse(parsed))}` });
}

async function connect(subject: Subject) {
	const provider: Provider | undefined = providers.find(({ id }) => id === subject.provider);
	if (provider?.webhook === undefined) throw new Error(`${subject.provider} has no webhook`);
	const [data] = Object.values(credentialOf(sandbox.url, subject));
	const connection = { http: await httpOf(subject, data), account: provider.account.parse(data) };
	const { webhook } = provider;
	const target = { url: `${callback.url}/webhook/1/webhook`, secret: 'the-secret', verifyToken: 'the-token' };
	return {
		target,
		address: webhook.address(target),
		read: () => webhook.read(connection),
		register: () => webhook.register(connection, target),
		restore: (state?: unknown) => webhook.restore(connection, state, target),
		isComplete: async () => webhook.isComplete(await webhook.read(connection), target),
	};
}

describe.each(subjects)('$account', (subject) => {
	it('has no webhook, then ours, then none', async () => {
		const webhook = await connect(subject);
		const before = await webhook.read();
		expect(before.urls).toEqual([]);
		expect(await webhook.isComplete()).toBe(false);
		await webhook.register();
		expect((await webhook.read()).urls).toEqual([webhook.address]);
		expect(await webhook.isComplete()).toBe(true);
		await webhook.restore(before.state);
		expect((await webhook.read()).urls).toEqual([]);
	});

	it('forgets ours where nothing is known of the time before', async () => {
		const webhook = await connect(subject);
		await webhook.register();
		await webhook.restore();
		expect((await webhook.read()).urls).toEqual([]);
	});

	it('takes back what it told, as it is after a way through JSON', async () => {
		const webhook = await connect(subject);
		await webhook.register();
		const { state } = await webhook.read();
		await webhook.restore();
		await webhook.restore(JSON.parse(JSON.stringify(state)));
		expect(await webhook.isComplete()).toBe(true);
	});

	it.each([
		['nothing', 200, ''],
		['a page', 200, '<html>'],
		['a list', 200, []],
		['that it broke', 500, {}],
		['that it does not want to', 403, 'bad json'],
	])('that answers %s is not taken for one without a webhook', async (_what, status, body) => {
		const webhook = await connect(subject);
		sandbox.addFault({ provider: subject.account, call: 'getWebhook', effect: { answer: { status, body } } });
		await expect(webhook.read()).rejects.toMatchObject({ name: 'ProviderError' });
	});

	it('that refuses an address does so as an error with a sentence', async () => {
		const webhook = await connect(subject);
		sandbox.addFault({ provider: subject.account, call: 'setWebhook', effect: { answer: { status: 500, body: {} } } });
		expect(await refusalOf(webhook.register())).toMatchObject({ class: 'transient', httpStatus: 500 });
	});
});

const of = (account: Subject['account']) => {
	const subject = subjects.find((one) => one.account === account);
	if (subject === undefined) throw new Error(`There is no ${account}`);
	return connect(subject);
};

describe('1MSG', () => {
	it('gets its acknowledgements turned on, and off again', async () => {
		const webhook = await of('oneMsg');
		const { state } = await webhook.read();
		expect(state).toEqual({ webhookUrl: [], ackNotificationsOn: false });
		await webhook.register();
		expect((await webhook.read()).state).toEqual({ webhookUrl: [webhook.address], ackNotificationsOn: true });
		await webhook.restore(state);
		expect((await webhook.read()).state).toEqual(state);
	});

	it('is fine without settings', async () => {
		const webhook = await of('oneMsg');
		sandbox.addFault({ call: 'getSettings', effect: { answer: { status: 404, body: { error: 'There is none' } } } });
		await webhook.register();
		expect(await webhook.isComplete()).toBe(true);
		expect(sandbox.requests({ call: 'setSettings' })).toEqual([]);
	});

	it('that says it has not set an address is believed', async () => {
		const webhook = await of('oneMsg');
		sandbox.addFault({ call: 'setWebhook', effect: { answer: { status: 200, body: { set: false } } } });
		await expect(webhook.register()).rejects.toMatchObject({ name: 'ProviderError' });
	});
});

describe('a server of the On-Premises API', () => {
	it('that answers without the wrapper is understood', async () => {
		const webhook = await of('onPremises');
		const body = { webhooks: { url: webhook.address, message: { sent: true } }, sent_status: true };
		sandbox.addFault({ call: 'getWebhook', effect: { answer: { status: 200, body } } });
		expect(await webhook.isComplete()).toBe(true);
	});

	it('that answers with what can not be read is not taken for one without a webhook', async () => {
		const webhook = await of('onPremises');
		const url = 'https://crm.example.test/hook';
		for (const application of [null, { webhooks: { url, message: null } }, { webhooks: { url }, sent_status: 'on' }]) {
			sandbox.clearFaults();
			sandbox.addFault({
				call: 'getWebhook',
				effect: { answer: { status: 200, body: { settings: { application } } } },
			});
			await expect(webhook.read()).rejects.toMatchObject({ name: 'ProviderError' });
		}
	});

	it('that leaves out a status has no complete webhook', async () => {
		const webhook = await of('onPremises');
		const url = webhook.address;
		for (const application of [
			{ webhooks: { url } },
			{ webhooks: { url }, sent_status: false },
			{ webhooks: { url, message: { read: false } }, sent_status: true },
			{ webhooks: { url: `${url}x` }, sent_status: true },
		]) {
			sandbox.clearFaults();
			const body = { settings: { application } };
			sandbox.addFault({ call: 'getWebhook', effect: { answer: { status: 200, body } } });
			expect(await webhook.isComplete()).toBe(false);
		}
	});

	it('that says no with 200 is understood', async () => {
		const webhook = await of('onPremises');
		const body = { errors: [{ code: 1009, title: 'Parameter value is not valid', details: 'https only' }] };
		sandbox.addFault({ call: 'setWebhook', effect: { answer: { status: 200, body } } });
		expect(await refusalOf(webhook.register())).toMatchObject({ providerCode: 1009, details: 'https only' });
	});
});

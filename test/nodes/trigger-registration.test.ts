import type { INodeParameters } from 'n8n-workflow';
import { until } from '../../dev/n8n/wait-until';
import { containing, dialog360At, matching } from '../support/sandbox-account';
import { RedisServer } from '../support/redis-server';
import type { CredentialData, PublishedTrigger } from '../support/n8n-core';
import { startInstallation, type Installation } from '../support/installation';
import { signingSecret, storeType } from '../support/store-credentials';
import { triggerSpec } from '../support/triggers';

let installation: Installation;
const published: PublishedTrigger[] = [];

beforeAll(async () => {
	installation = await startInstallation();
});
afterAll(() => installation.stop());
beforeEach(() => installation.sandbox.reset({ keep: ['templates'] }));
afterEach(async () => {
	for (const trigger of published.splice(0)) await trigger.stop();
});

async function publish(
	options: INodeParameters = {},
	id = 'the-node',
	{ isTest = false, store }: { isTest?: boolean; store?: CredentialData } = {},
): Promise<PublishedTrigger> {
	const spec = triggerSpec(installation, { options });
	const trigger = await installation.host.publish({
		...spec,
		trigger: { ...spec.trigger, id, webhookId: id },
		credentials: { ...spec.credentials, ...(store && { [storeType]: store }) },
		isTest,
	});
	published.push(trigger);
	return trigger;
}

const registered = () => installation.sandbox.subscriptions().find(({ provider }) => provider === 'dialog360');
const writes = () => installation.sandbox.requests({ call: 'setWebhook' }).length;

const elsewhere = {
	url: 'https://user:password@crm.example.test/hooks/whatsapp?key=their-key',
	headers: { Authorization: 'Basic dGhlaXJzOnNlY3JldA==' },
};

/** Somebody else's webhook at the provider. */
async function registerElsewhere(): Promise<void> {
	const { status } = await dialog360At(installation.sandbox.url).post('/v1/configs/webhook', elsewhere);
	expect(status).toBe(200);
}

test('publishing registers address and secret at the provider, unpublishing removes them', async () => {
	const trigger = await publish();
	expect(registered()).toEqual({
		...{ provider: 'dialog360', url: await trigger.url() },
		headers: { 'x-whatsapp-otp-secret': matching(/^[0-9a-f]{64}$/) },
	});
	await trigger.unpublish();
	expect(registered()).toBeUndefined();
});

test('what is registered already is not written again', async () => {
	const trigger = await publish();
	expect(await trigger.hook('checkExists')).toBe(true);
	await trigger.publish();
	expect(writes()).toBe(1);
});

test.each([
	['the secret is another', { 'x-whatsapp-otp-secret': 'of another installation' }],
	['there is none', {}],
])('our address is written again where %s', async (_what, headers) => {
	const trigger = await publish();
	const before = registered();
	await dialog360At(installation.sandbox.url).post('/v1/configs/webhook', {
		url: await trigger.url(),
		headers,
	});
	expect(await trigger.hook('checkExists')).toBe(false);
	await trigger.publish();
	expect(registered()).toEqual(before);
	await trigger.unpublish();
	expect(registered()).toBeUndefined();
});

test('no secret is kept in the workflow', async () => {
	const trigger = await publish();
	expect(trigger.staticData).toEqual({ isPublished: true });
	expect(installation.host.log.text()).not.toContain(Object.values(registered()?.headers ?? {})[0]);
});

describe("somebody else's webhook", () => {
	it('stops the activation with its address, and is left alone', async () => {
		await registerElsewhere();
		await expect(publish()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: 'The webhook of this number at 360dialog already points to https://crm.example.test/hooks/whatsapp',
			description: containing("'Replace Existing Webhook'"),
		});
		expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
		expect(writes()).toBe(1);
	});

	it('is taken over where the builder says so, and put back', async () => {
		await registerElsewhere();
		const trigger = await publish({ replaceExistingWebhook: true });
		expect(registered()?.url).toBe(await trigger.url());
		const kept = JSON.stringify(trigger.staticData);
		for (const secret of ['their-key', 'password', 'dGhlaXJz']) expect(kept).not.toContain(secret);
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
		expect(trigger.staticData).toEqual({});
	});

	it('is put back after n8n has started again in between', async () => {
		await registerElsewhere();
		const trigger = await publish({ replaceExistingWebhook: true });
		await trigger.publish();
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
	});

	it('that came in the meantime is left alone', async () => {
		const trigger = await publish();
		await registerElsewhere();
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
	});

	it('that replaced a replacing one is left alone, and nothing is remembered', async () => {
		await registerElsewhere();
		const trigger = await publish({ replaceExistingWebhook: true });
		const newer = { url: 'https://newer.example.test/', headers: {} };
		await dialog360At(installation.sandbox.url).post('/v1/configs/webhook', newer);
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...newer });
		expect(trigger.staticData).toEqual({});
	});

	it('of another workflow of ours counts as such, too', async () => {
		const first = await publish({}, 'first');
		await expect(publish({}, 'second')).rejects.toThrow(`already points to ${await first.url()}`);
		const second = await publish({ replaceExistingWebhook: true }, 'second');
		expect(registered()?.url).toBe(await second.url());
		await second.unpublish();
		expect(registered()?.url).toBe(await first.url());
		expect(await first.hook('checkExists')).toBe(true);
	});
});

describe("workflows that took over somebody else's webhook one after the other", () => {
	const takeOver = (id: string, more: Parameters<typeof publish>[2] = {}) =>
		publish({ replaceExistingWebhook: true }, id, more);
	const takeOverAll = async (...ids: string[]) => {
		const workflows: PublishedTrigger[] = [];
		for (const id of ids) workflows.push(await takeOver(id));
		return workflows;
	};
	/** What n8n does with all that is published when it starts. */
	const startAgain = async (workflows: PublishedTrigger[]) => {
		for (const workflow of workflows) await workflow.publish();
	};
	const theirs = { provider: 'dialog360', ...elsewhere };

	const orders = [
		[0, 1, 2],
		[0, 2, 1],
		[1, 0, 2],
		[1, 2, 0],
		[2, 0, 1],
		[2, 1, 0],
	];

	describe.each([
		['', async () => undefined],
		[', after a restart of n8n', startAgain],
	])('give it back%s', (_, between) => {
		it.each(orders)('unpublished in the order %i, %i, %i', async (...order) => {
			await registerElsewhere();
			const workflows = await takeOverAll('a', 'b', 'c');
			await between(workflows);
			const left = [...workflows];
			for (const which of order) {
				const workflow = workflows[which]!;
				await workflow.unpublish();
				left.splice(left.indexOf(workflow), 1);
				const last = left.at(-1);
				if (last === undefined) expect(registered()).toEqual(theirs);
				else expect(registered()?.url).toBe(await last.url());
			}
		});
	});

	it('leave nothing where nothing was', async () => {
		const [a, b] = await takeOverAll('a', 'b');
		await a?.unpublish();
		await b?.unpublish();
		expect(registered()).toBeUndefined();
	});

	it('give it back where one was published again in between', async () => {
		await registerElsewhere();
		const [a, b] = await takeOverAll('a', 'b');
		await a?.unpublish();
		await a?.publish();
		expect(registered()?.url).toBe(await a?.url());
		await b?.unpublish();
		await a?.unpublish();
		expect(registered()).toEqual(theirs);
	});

	it('put back what somebody else has set in between', async () => {
		const [a] = await takeOverAll('a');
		await registerElsewhere();
		const b = await takeOver('b');
		await a?.unpublish();
		await b.unpublish();
		expect(registered()).toEqual(theirs);
	});

	it('give it back where one ends while another hears test events', async () => {
		await registerElsewhere();
		const a = await takeOver('a');
		const test = await takeOver('b', { isTest: true });
		await a.unpublish();
		expect(registered()?.url).toBe(await test.url());
		await test.unpublish();
		expect(registered()).toEqual(theirs);
	});

	it('give it back where one is published while it hears test events', async () => {
		await registerElsewhere();
		const test = await takeOver('a', { isTest: true });
		const a = await takeOver('a');
		await test.unpublish();
		expect(registered()?.url).toBe(await a.url());
		await a.unpublish();
		expect(registered()).toEqual(theirs);
	});

	it('give it back where two end at the same moment', async () => {
		await registerElsewhere();
		const [a, b] = await takeOverAll('a', 'b');
		const before = writes();
		installation.sandbox.addFault({ call: 'setWebhook', times: 1, effect: { delayMs: 300 } });
		const ending = b!.unpublish();
		await until(async () => (writes() > before ? true : undefined), {
			what: () => "b gives a's address back",
			timeout: 10_000,
		});
		await a!.unpublish();
		await ending;
		expect(registered()).toEqual(theirs);
	});

	it('give it back where the provider refused the end of one', async () => {
		await registerElsewhere();
		const a = await takeOver('a');
		installation.sandbox.addFault({ call: 'setWebhook', times: 1, effect: { answer: { status: 500, body: {} } } });
		await expect(a.unpublish()).rejects.toThrow();
		const b = await takeOver('b');
		await a.unpublish();
		await b.unpublish();
		expect(registered()).toEqual(theirs);
	});

	it('take it and give it back where the store is away', async () => {
		await registerElsewhere();
		const redis = await RedisServer.start();
		const store = { store: 'redis', signingSecret, url: redis.url };
		const a = await takeOver('a', { store });
		const b = await takeOver('b', { store });
		await redis.stop();
		const c = await takeOver('c', { store });
		expect(registered()?.url).toBe(await c.url());
		for (const [ending, next] of [
			[c, b],
			[b, a],
		] as const) {
			await ending.unpublish();
			expect(registered()?.url).toBe(await next.url());
		}
		await a.unpublish();
		expect(registered()).toEqual(theirs);
	});

	it('keep its secrets sealed', async () => {
		await registerElsewhere();
		const workflows = await takeOverAll('a', 'b');
		const kept = JSON.stringify(workflows.map(({ staticData }) => staticData));
		for (const secret of ['their-key', 'password', 'dGhlaXJz']) expect(kept).not.toContain(secret);
		for (const workflow of workflows) {
			await workflow.unpublish();
			expect(workflow.staticData).toEqual({});
		}
	});
});

describe('a provider that says no', () => {
	const withAccount = async (wrong: object) => {
		const spec = triggerSpec(installation);
		const account = { ...installation.account, ...wrong };
		return await installation.host.publish({
			...spec,
			credentials: { whatsAppOtp360DialogApi: account },
		});
	};

	it('is quoted with what to do', async () => {
		await expect(withAccount({ apiKey: 'wrong' })).rejects.toMatchObject({
			...{ name: 'NodeApiError', message: '360dialog does not know this API key' },
			description: containing("Check 'API Key' in the credential"),
		});
		await expect(withAccount({ baseUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({
			...{ name: 'NodeApiError', message: '127.0.0.1:1 refused the connection' },
			description: containing("'Base URL'"),
		});
	});

	it('leaves nothing registered half', async () => {
		installation.sandbox.addFault({
			call: 'setWebhook',
			times: 1,
			effect: { answer: { status: 500, body: {} } },
		});
		await expect(publish()).rejects.toMatchObject({ message: 'The provider had an internal error' });
		expect(registered()).toBeUndefined();
		const trigger = await publish();
		expect(registered()?.url).toBe(await trigger.url());
	});

	it('is not taken for one that has no webhook', async () => {
		await registerElsewhere();
		const trigger = await publish({ replaceExistingWebhook: true });
		for (const [status, body] of [
			[500, {}],
			[403, 'bad json'],
			[200, '<html>'],
			[200, []],
		] as const) {
			installation.sandbox.addFault({
				call: 'getWebhook',
				times: 1,
				effect: { answer: { status, body } },
			});
			await expect(trigger.hook('checkExists')).rejects.toMatchObject({ name: 'NodeApiError' });
		}
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
	});
});

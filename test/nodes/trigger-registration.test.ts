import type { INodeParameters } from 'n8n-workflow';
import { until } from '../../dev/n8n/wait-until';
import { useInstallation } from '../support/installation';
import { triggerSpec } from '../support/listening-workflow';
import { matching, saying } from '../support/matchers';
import type { CredentialData, PublishedTrigger, TriggerSpec } from '../support/n8n-core';
import { RedisServer } from '../support/redis-server';
import { testWith } from '../support/required-tools';
import { dialog360At } from '../support/sandbox-callers';
import { signingSecret, storeType } from '../support/store-credentials';

const installation = useInstallation();
const published: PublishedTrigger[] = [];

afterEach(async () => {
	for (const trigger of published.splice(0)) await trigger.stop();
});

async function publish(
	options: INodeParameters = {},
	id = 'the-node',
	{ store, ...more }: Pick<TriggerSpec, 'id' | 'name' | 'isTest'> & { store?: CredentialData } = {},
): Promise<PublishedTrigger> {
	const spec = triggerSpec(installation, { options });
	const trigger = await installation.host.publish({
		...spec,
		...more,
		trigger: { ...spec.trigger, id, webhookId: id },
		credentials: { ...spec.credentials, ...(store && { [storeType]: store }) },
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

/** Sets the webhook of another system at the provider. */
async function registerElsewhere(): Promise<void> {
	const { status } = await dialog360At(installation.sandbox.url).post('/v1/configs/webhook', elsewhere);
	expect(status).toBe(200);
}

test('publishing registers the address and a secret at the provider, and unpublishing removes them', async () => {
	const trigger = await publish();
	expect(registered()).toEqual({
		provider: 'dialog360',
		url: await trigger.url(),
		headers: { 'x-whatsapp-otp-secret': matching(/^[0-9a-f]{64}$/) },
	});
	await trigger.unpublish();
	expect(registered()).toBeUndefined();
});

test('publishing again does not write the same registration again', async () => {
	const trigger = await publish();
	expect(await trigger.hook('checkExists')).toBe(true);
	await trigger.publish();
	expect(writes()).toBe(1);
});

test.each([
	['the secret differs', { 'x-whatsapp-otp-secret': 'of another installation' }],
	['there is no secret', {}],
])('publishing writes the address again if %s', async (_what, headers) => {
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

test('the workflow contains no secret', async () => {
	const trigger = await publish();
	expect(trigger.staticData).toEqual({ isPublished: true });
	expect(installation.host.log.text()).not.toContain(Object.values(registered()?.headers ?? {})[0]);
});

describe('a webhook of another system', () => {
	it.each([[403], [404]])(
		'stops the activation with an error that shows its address if it can have no other beside it: %i',
		async (status) => {
			await registerElsewhere();
			installation.sandbox.addFault({ call: 'getMultiWebhook', effect: { answer: { status, body: { error: 'no' } } } });
			await expect(publish()).rejects.toMatchObject({
				name: 'NodeOperationError',
				message:
					'The webhook of this number at 360dialog already points to https://crm.example.test/hooks/whatsapp. ' +
					"To take it over until you unpublish this workflow, turn on 'Replace Existing Webhook' in this trigger's " +
					'options. Or remove that address at the provider first.',
				description: undefined,
			});
			expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
			expect(writes()).toBe(1);
		},
	);

	it('is replaced if the option is on, and restored when the workflow is unpublished', async () => {
		await registerElsewhere();
		const trigger = await publish({ replaceExistingWebhook: true });
		expect(registered()?.url).toBe(await trigger.url());
		const kept = JSON.stringify(trigger.staticData);
		for (const secret of ['their-key', 'password', 'dGhlaXJz']) expect(kept).not.toContain(secret);
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
		expect(trigger.staticData).toEqual({});
	});

	it('is restored also after a restart of n8n', async () => {
		await registerElsewhere();
		const trigger = await publish({ replaceExistingWebhook: true });
		await trigger.publish();
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
	});

	it('that was set while the workflow was published does not change', async () => {
		const trigger = await publish();
		await registerElsewhere();
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
	});

	it('that replaced the one of the trigger does not change, and the previous webhook is forgotten', async () => {
		await registerElsewhere();
		const trigger = await publish({ replaceExistingWebhook: true });
		const newer = { url: 'https://newer.example.test/', headers: {} };
		await dialog360At(installation.sandbox.url).post('/v1/configs/webhook', newer);
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...newer });
		expect(trigger.staticData).toEqual({});
	});

	it('can also be that of another workflow with this trigger', async () => {
		const first = await publish({}, 'first');
		await expect(publish({}, 'second')).rejects.toThrow('already points to the workflow');
		const second = await publish({ replaceExistingWebhook: true }, 'second');
		expect(registered()?.url).toBe(await second.url());
		await second.unpublish();
		expect(registered()?.url).toBe(await first.url());
		expect(await first.hook('checkExists')).toBe(true);
	});
});

/*
 * From a look at a new builder's first ten minutes: when n8n publishes or listens for test events, it shows the message
 * of an error alone. The fix stood in the description, so builders did not see it. The message must say both.
 */
describe('the error if the webhook is taken', () => {
	const taken = 'The webhook of this number at 360dialog already points to';
	const option = "'Replace Existing Webhook' in this trigger's options";
	const withoutRoom = () =>
		installation.sandbox.addFault({ call: 'getMultiWebhook', effect: { answer: { status: 404, body: {} } } });
	const registerAt = async (url: string) => {
		withoutRoom();
		await dialog360At(installation.sandbox.url).post('/v1/configs/webhook', { url, headers: {} });
	};
	const refusal = async (publishing: Promise<unknown>): Promise<string> => {
		const error: unknown = await publishing.then(
			() => undefined,
			(reason: unknown) => reason,
		);
		expect(error).toMatchObject({ name: 'NodeOperationError', description: undefined });
		return error instanceof Error ? error.message : '';
	};

	it('names the other workflow, and says how to publish beside it', async () => {
		await publish({}, 'first', { name: 'Fall back to SMS' });
		expect(await refusal(publish({}, 'second'))).toBe(
			`${taken} the workflow 'Fall back to SMS' of this n8n. ` +
				`Unpublish that workflow first, or turn on ${option} to take the webhook over.`,
		);
	});

	it('says how to listen for test events while another workflow is published', async () => {
		const first = await publish({}, 'first', { name: 'Fall back to SMS' });
		expect(await refusal(publish({}, 'second', { isTest: true }))).toBe(
			`${taken} the workflow 'Fall back to SMS' of this n8n. ` +
				`Unpublish that workflow first, or turn on ${option} to borrow the webhook for this test.`,
		);
		const test = await publish({ replaceExistingWebhook: true }, 'second', { isTest: true });
		await test.unpublish();
		expect(registered()?.url).toBe(await first.url());
	});

	it('says how to listen for test events while another system has the webhook', async () => {
		await registerAt(elsewhere.url);
		expect(await refusal(publish({}, 'the-node', { isTest: true }))).toBe(
			`${taken} https://crm.example.test/hooks/whatsapp. To borrow the webhook for this test, turn on ${option}. ` +
				'Or remove that address at the provider first.',
		);
	});

	it('names another trigger in the same workflow', async () => {
		await publish({}, 'first', { id: 'two-triggers' });
		expect(await refusal(publish({}, 'second', { id: 'two-triggers' }))).toBe(
			`${taken} another trigger in this workflow. Remove one of the two triggers: a number needs only one.`,
		);
	});

	// A node of another type, or a trigger with another store, leaves no note with its name.
	it.each(['webhook', 'webhook-test'])('says that an address is of this n8n if no name is known: %s', async (path) => {
		const own = await publish();
		const address = (await own.url()).replace(/\/webhook\/.*/, `/${path}/of-another-node`);
		await own.unpublish();
		await registerAt(address);
		const message = `${taken} another workflow of this n8n: ${address}. Unpublish that workflow first, or turn on`;
		expect(await refusal(publish())).toContain(message);
		expect(await refusal(publish({}, 'the-node', { isTest: true }))).toContain(message);
	});

	it('does not take another system on the same host for a workflow', async () => {
		const own = await publish();
		const address = (await own.url()).replace(/\/webhook\/.*/, '/crm/hooks');
		await own.unpublish();
		await registerAt(address);
		expect(await refusal(publish())).toContain(`${taken} ${address}. To take it over`);
	});

	testWith(['Redis'], 'says that the other workflow is of another n8n with the same store', async () => {
		const redis = await RedisServer.start();
		const store = { store: 'redis', signingSecret, url: redis.url };
		const other = await publish({}, 'first', { name: 'Fall back to SMS', store });
		const spec = triggerSpec(installation);
		const asking = installation.host.publish({
			...spec,
			trigger: { ...spec.trigger, id: 'second', webhookId: 'second' },
			credentials: { ...spec.credentials, [storeType]: store },
			webhookBaseUrl: 'http://localhost:1/webhook',
		});
		expect(await refusal(asking)).toContain(
			`${taken} the workflow 'Fall back to SMS' of another n8n: ${await other.url()}. Unpublish that workflow first`,
		);
		await other.unpublish();
		await redis.stop();
	});
});

/*
 * From public reports: the domain of n8n changed, and the old address of the same trigger stood at the provider. It
 * must be named for what it is, and must never come back. A copy of n8n has the same addresses, so nothing is taken
 * silently.
 */
describe('the address of the same workflow at a former domain', () => {
	const former = (trigger: string) => trigger.replace(/^http:\/\/[^/]+/, 'https://old.example.test');
	/** A trigger that was published at another domain, and whose n8n stopped without unpublishing it. */
	async function movedFrom(): Promise<string> {
		const trigger = await publish();
		const url = former(await trigger.url());
		await trigger.unpublish();
		await dialog360At(installation.sandbox.url).post('/v1/configs/webhook', { url, headers: {} });
		return url;
	}

	it('stops the activation with an error that says what it is', async () => {
		const url = await movedFrom();
		await expect(publish()).rejects.toMatchObject({
			message: saying(
				`The webhook of this number at 360dialog points to this workflow at another domain: ${url}. `,
				"'Replace Existing Webhook'",
			),
		});
		expect(registered()?.url).toBe(url);
	});

	it('is replaced if the option is on, and does not come back', async () => {
		await movedFrom();
		const trigger = await publish({ replaceExistingWebhook: true });
		expect(registered()?.url).toBe(await trigger.url());
		await trigger.unpublish();
		expect(registered()).toBeUndefined();
	});

	it('does not come back as the previous webhook of a test either', async () => {
		await movedFrom();
		const test = await publish({ replaceExistingWebhook: true }, 'the-node', { isTest: true });
		expect(registered()?.url).toBe(await test.url());
		await test.unpublish();
		expect(registered()).toBeUndefined();
	});

	it('leaves the webhook that was replaced before the move to be restored', async () => {
		await registerElsewhere();
		const trigger = await publish({ replaceExistingWebhook: true });
		const url = former(await trigger.url());
		await dialog360At(installation.sandbox.url).post('/v1/configs/webhook', { url, headers: {} });
		await trigger.publish();
		expect(registered()?.url).toBe(await trigger.url());
		await trigger.unpublish();
		expect(registered()).toEqual({ provider: 'dialog360', ...elsewhere });
	});
});

describe('workflows that replace a webhook of another system one after the other', () => {
	const takeOver = (id: string, more: Parameters<typeof publish>[2] = {}) =>
		publish({ replaceExistingWebhook: true }, id, more);
	const takeOverAll = async (...ids: string[]) => {
		const workflows: PublishedTrigger[] = [];
		for (const id of ids) workflows.push(await takeOver(id));
		return workflows;
	};
	/** n8n publishes all published workflows again when it starts. */
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
	])('that are unpublished%s', (_, between) => {
		it('restore it if the newest ends first', async () => {
			await registerElsewhere();
			const workflows = await takeOverAll('a', 'b', 'c');
			await between(workflows);
			const [a, b, c] = workflows;
			await c?.unpublish();
			expect(registered()?.url).toBe(await b?.url());
			await b?.unpublish();
			expect(registered()?.url).toBe(await a?.url());
			await a?.unpublish();
			expect(registered()).toEqual(theirs);
		});

		// Each remembers one webhook (docs/decisions/0013-one-predecessor.md).
		it.each(orders)('in the order %i, %i, %i leave no address at which nothing listens', async (...order) => {
			await registerElsewhere();
			const workflows = await takeOverAll('a', 'b', 'c');
			await between(workflows);
			const left = [...workflows];
			for (const which of order) {
				const workflow = workflows[which]!;
				await workflow.unpublish();
				left.splice(left.indexOf(workflow), 1);
				const alive = [undefined, elsewhere.url, ...(await Promise.all(left.map((one) => one.url())))];
				expect(alive).toContain(registered()?.url);
			}
			expect([undefined, elsewhere.url]).toContain(registered()?.url);
		});
	});

	it('leave no webhook if there was none before', async () => {
		const [a, b] = await takeOverAll('a', 'b');
		await a?.unpublish();
		await b?.unpublish();
		expect(registered()).toBeUndefined();
	});

	it('restore no address of one that ended before', async () => {
		await registerElsewhere();
		const [a, b] = await takeOverAll('a', 'b');
		await a?.unpublish();
		expect(registered()?.url).toBe(await b?.url());
		await b?.unpublish();
		expect(registered()).toBeUndefined();
	});

	it('restore a webhook that another system set in between', async () => {
		const [a] = await takeOverAll('a');
		await registerElsewhere();
		const b = await takeOver('b');
		await a?.unpublish();
		await b.unpublish();
		expect(registered()).toEqual(theirs);
	});

	it('restore it if the other one only receives test events in between', async () => {
		await registerElsewhere();
		const a = await takeOver('a');
		const test = await takeOver('b', { isTest: true });
		expect(registered()?.url).toBe(await test.url());
		await test.unpublish();
		expect(registered()?.url).toBe(await a.url());
		await a.unpublish();
		expect(registered()).toEqual(theirs);
	});

	it('restore it if one is published while it receives test events', async () => {
		await registerElsewhere();
		const test = await takeOver('a', { isTest: true });
		const a = await takeOver('a');
		await test.unpublish();
		expect(registered()?.url).toBe(await a.url());
		await a.unpublish();
		expect(registered()).toEqual(theirs);
	});

	it('restore no address of one that ends at the same moment', async () => {
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
		expect([undefined, theirs]).toContainEqual(registered());
	});

	it('restore it if the provider refused the removal of one', async () => {
		await registerElsewhere();
		const a = await takeOver('a');
		installation.sandbox.addFault({ call: 'setWebhook', times: 1, effect: { answer: { status: 500, body: {} } } });
		await expect(a.unpublish()).rejects.toThrow();
		const b = await takeOver('b');
		await b.unpublish();
		await a.unpublish();
		expect(registered()).toEqual(theirs);
	});

	testWith(['Redis'], 'replace and restore it if the store is down', async () => {
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

	it('keep its secrets encrypted', async () => {
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

describe('a provider that refuses the registration', () => {
	const withAccount = async (wrong: object) => {
		const spec = triggerSpec(installation);
		const account = { ...installation.account, ...wrong };
		return await installation.host.publish({
			...spec,
			credentials: { whatsAppOtp360DialogApi: account },
		});
	};

	it('is quoted in an error that says what to do', async () => {
		await expect(withAccount({ apiKey: 'wrong' })).rejects.toMatchObject({
			name: 'NodeApiError',
			message: saying('360dialog does not know this API key. ', "Check 'API Key' in the credential"),
		});
		await expect(withAccount({ baseUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({
			name: 'NodeApiError',
			message: saying('127.0.0.1:1 refused the connection. ', "'Base URL'"),
		});
	});

	it('leaves no partial registration', async () => {
		installation.sandbox.addFault({
			call: 'setWebhook',
			times: 1,
			effect: { answer: { status: 500, body: {} } },
		});
		await expect(publish()).rejects.toThrow('The provider had an internal error. ');
		expect(registered()).toBeUndefined();
		const trigger = await publish();
		expect(registered()?.url).toBe(await trigger.url());
	});

	it('is not treated as a provider without a webhook', async () => {
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

import type { INodeExecutionData } from 'n8n-workflow';
import type { Host, RunSpec, TriggerSpec } from '../support/n8n-core';
import { sample, sampleTrigger, startSample, type SampleHost } from '../support/n8n-core/sample';

let host: Host;
let server: SampleHost['server'];
let credentials: SampleHost['credentials'];
let asking: SampleHost['asking'];
let started: SampleHost;

beforeAll(async () => {
	started = await startSample();
	({ host, server, credentials, asking } = started);
});
beforeEach(() => {
	server.forget();
	host.log.clear();
});
afterAll(() => started[Symbol.asyncDispose]());

const paths = (items: INodeExecutionData[] = []): unknown[] => items.map(({ json }) => json.path);

describe('a run', () => {
	it('evaluates expressions item by item, sends the credential and pairs the items', async () => {
		const result = await host.runWorkflow({
			nodes: [
				{ name: 'Ask', type: sample, parameters: { path: '=/of/{{ $json.name }}?{{ $("Start").item.json.name }}' } },
				{ name: 'After', type: sample, parameters: { path: '=/after/{{ $("Start").item.json.name }}' } },
			],
			credentials,
			input: [{ name: 'ann' }, { name: 'bob' }],
		});
		expect(result).toMatchObject({ status: 'success' });
		expect(result.node('Ask').outputs[0]).toEqual([
			{ json: { path: '/of/ann?ann', status: 200 }, pairedItem: { item: 0 } },
			{ json: { path: '/of/bob?bob', status: 200 }, pairedItem: { item: 1 } },
		]);
		expect(paths(result.node('After').outputs[0])).toEqual(['/after/ann', '/after/bob']);
		expect(result.node('Ask').hints).toEqual([{ message: '2 answered', location: 'outputPane' }]);
		expect(server.calls[0]?.headers['x-api-key']).toBe('the right key');
	});

	it('keeps outputs apart and goes on behind each', async () => {
		const result = await host.runWorkflow({
			...asking(['/refuse', '/fine']),
			connections: { Start: [['Ask']], Ask: [['Yes'], ['No', 'Neither']] },
		});
		expect(paths(result.node('Yes').outputs[0])).toEqual(['/fine']);
		expect(result.node('No').outputs[0]).toEqual([{ json: { refused: true }, pairedItem: { item: 0 } }]);
		expect(Object.keys(result.runs).sort()).toEqual(['Ask', 'Neither', 'No', 'Start', 'Yes']);
		expect(() => result.node('Missing')).toThrow("Missing didn't run. Ran: Start, Ask, Yes, No, Neither.");
	});

	it('stops at an item that fails, with the node and item that did', async () => {
		const result = await host.runWorkflow(asking(['/fine', '/status/500']));
		expect(result.status).toBe('error');
		expect(result.node('Ask').error).toMatchObject({ context: { itemIndex: 1 }, node: { name: 'Ask' } });
		expect(result.error?.message).toBe(result.node('Ask').error?.message);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)('goes on after a failure: %s', async (onError) => {
		const result = await host.runWorkflow({
			...asking(['/status/500', '/fine'], { onError }),
			connections: { Start: [['Ask']], Ask: [['Yes'], ['No'], ['Failed']] },
		});
		const [yes, no, failed] = result.node('Ask').outputs;
		const stated = onError === 'continueErrorOutput' ? failed : yes?.slice(0, 1);
		expect(stated).toMatchObject([{ json: { error: 'The service was not able to process your request' } }]);
		expect(paths(yes).at(-1)).toBe('/fine');
		expect(no).toEqual([]);
		expect('Failed' in result.runs).toBe(onError === 'continueErrorOutput');
	});

	it('retries a node that failed', async () => {
		const flaky = asking(['/flaky'], { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 });
		expect((await host.runWorkflow(flaky)).status).toBe('success');
		expect(server.calls).toHaveLength(3);
	});

	it('ends as canceled when it is stopped', async () => {
		const controller = new AbortController();
		const running = host.runWorkflow({ ...asking(['/hang']), signal: controller.signal });
		await server.nextCall();
		controller.abort();
		expect((await running).status).toBe('canceled');
	});

	it('throws rather than hang', async () => {
		const hanging = host.runWorkflow({ ...asking(['/hang']), timeout: 3000 });
		await expect(hanging).rejects.toThrow('still running Ask after 3000 ms');
	});

	it("says what n8n's editor would mark as missing", async () => {
		const result = await host.runWorkflow(asking(['/fine'], { parameters: {} }));
		expect(result).toMatchObject({ status: 'error', runs: {} });
		expect(result.error?.message).toMatch('Parameter "Path" is required');
	});

	it('keeps what was logged and what n8n would save', async () => {
		const result = await host.runWorkflow(asking(['/fine?code=123456']));
		expect(host.log.entries).toContainEqual(
			expect.objectContaining({ level: 'debug', message: 'Asking for /fine?code=123456' }),
		);
		expect(host.log.text()).toContain('123456');
		expect(result.kept()).toContain('123456');
		expect(result.kept()).not.toContain('the right key');
	});
});

describe('a run that waits', () => {
	const waiting = (operation: string): RunSpec => ({
		...asking(['/fine'], { parameters: { operation, path: '/' } }),
		connections: { Start: [['Ask']], Ask: [['First'], ['Second']] },
	});
	const post = async (url: string, word: string): Promise<string> => {
		return await (await fetch(url, { method: 'POST', body: new URLSearchParams({ word }) })).text();
	};

	it.each([
		['wait', 'has finished already'],
		['sendAndWait', 'No action required'],
	])('goes on when its page is answered: %s', async (operation, farewell) => {
		const result = await host.runWorkflow(waiting(operation));
		expect(result).toMatchObject({ status: 'waiting', waitTill: new Date('2100-01-01T00:00:00Z') });
		const url = await host.resumeUrl(result);
		expect(await (await fetch(url)).text()).toBe('<form method="post">');
		expect(await post(url, 'now')).toBe('<p>No');
		expect(await post(url, 'please')).toBe('<p>Thank you');
		const resumed = await host.resumed(result);
		expect(resumed.status).toBe('success');
		expect(resumed.node('Second').outputs[0]).toEqual([{ json: { word: 'please' }, pairedItem: { item: 0 } }]);
		expect('First' in resumed.runs).toBe(false);
		expect(await post(url, 'please')).toContain(farewell);
	});

	it('takes no other token', async () => {
		const url = await host.resumeUrl(await host.runWorkflow(waiting('wait')));
		expect((await fetch(url.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).status).toBe(401);
	});

	it('hands on its input by the first output when its time is up', async () => {
		const resumed = await host.resumeByTime(await host.runWorkflow(waiting('wait')));
		expect(paths(resumed.node('First').outputs[0])).toEqual(['/fine']);
		expect('Second' in resumed.runs).toBe(false);
	});
});

describe('a credential', () => {
	it('logs in when it has no token, once more after a 401, and keeps the new token', async () => {
		const spec = asking(['/session', '/expire', '/session'], {
			parameters: { path: '={{ $json.path }}', login: 'session' },
		});
		const session = await host.saveCredential('sampleSessionApi', { baseUrl: server.url });
		const result = await host.runWorkflow({ ...spec, credentials: { sampleSessionApi: session } });
		expect(result.status).toBe('success');
		const called = ['/login', '/session', '/expire', '/session', '/login', '/session'];
		expect(server.calls.map(({ path }) => path)).toEqual(called);
		const [, , , , , last] = server.calls;
		const { token } = await host.readCredential(session);
		expect(last?.headers.authorization).toBe(`Bearer ${token}`);
	});

	it('is tested by its own request and rules', async () => {
		const test = (key: string) => host.testCredential('sampleApi', { baseUrl: server.url, key });
		expect(await test('the right key')).toEqual({ status: 'OK', message: 'Connection successful!' });
		expect(await test('another')).toEqual({ status: 'Error', message: 'The key is not known' });
		const session = await host.testCredential('sampleSessionApi', { baseUrl: server.url });
		expect(session.status).toBe('OK');
		const nowhere = await host.testCredential('sampleApi', { baseUrl: 'http://127.0.0.1:1', key: '' });
		expect(nowhere).toEqual({ status: 'Error', message: 'ECONNREFUSED' });
	});
});

describe('a webhook', () => {
	const secret = { 'x-secret': 'between us' };
	const trigger = (): TriggerSpec => ({
		trigger: { type: sampleTrigger },
		nodes: [{ name: 'Ask', type: sample, parameters: { path: '={{ $json.path }}' } }],
		credentials,
		staticData: { secret: 'between us' },
	});

	it('starts a run with what it returns', async () => {
		const { response, run, returned } = await host.runWebhook({
			...trigger(),
			request: { headers: { ...secret, 'content-type': 'application/json' }, rawBody: '{ "path": "/fine" }' },
		});
		expect(returned?.webhookResponse).toEqual({ taken: true });
		expect(run?.node('Trigger').outputs).toEqual([[{ json: { path: '/fine', bytes: 19 }, pairedItem: { item: 0 } }]]);
		expect(paths(run?.node('Ask').outputs[0])).toEqual(['/fine']);
		// Not what it returned: its description lacks `responseData: ''`.
		expect(response).toMatchObject({ status: 200, body: 'firstEntryJson' });
	});

	it('answers a refusal without starting a run', async () => {
		const result = await host.runWebhook({ ...trigger(), request: { json: { path: '/fine' } } });
		expect(result.response).toMatchObject({
			status: 401,
			headers: { 'content-type': 'application/json; charset=utf-8' },
			body: '{"message":"Who are you?"}',
		});
		expect(result.returned).toEqual({ noWebhookResponse: true });
		expect(result.run).toBeUndefined();
	});

	it('may start nothing, answer a handshake, or fail', async () => {
		const nothing = await host.runWebhook({ ...trigger(), request: { headers: secret, json: { nothing: true } } });
		expect(nothing).toMatchObject({ response: { status: 200, body: '{"message":"Webhook call received"}' } });
		expect(nothing.run).toBeUndefined();
		const handshake = { method: 'GET', query: { 'hub.challenge': '42' } };
		const setup = await host.runWebhook({ ...trigger(), webhookName: 'setup', request: handshake });
		expect(setup.response).toMatchObject({ status: 200, body: '42' });
		const failed = await host.runWebhook({ ...trigger(), request: { headers: secret, json: { explode: true } } });
		expect(failed).toMatchObject({ response: { status: 500 }, error: new Error('It exploded') });
		const garbled = { headers: { ...secret, 'content-type': 'application/json' }, rawBody: '{' };
		expect((await host.runWebhook({ ...trigger(), request: garbled })).response.status).toBe(422);
	});

	it('is registered, called at the address it registered, and removed', async () => {
		const published = await host.publish({ ...trigger(), staticData: {} });
		expect(published.staticData).toEqual({ subscription: 'subscription-7', secret: 'between us' });
		const { url } = JSON.parse(server.calls[0]?.body ?? '') as { url: string };
		expect(url).toBe(await published.url());
		const headers = { ...secret, 'content-type': 'application/json' };
		await fetch(url, { method: 'POST', headers, body: '{ "path": "/called" }' });
		expect(paths((await published.next()).run?.node('Ask').outputs[0])).toEqual(['/called']);
		await published.unpublish();
		expect(published.staticData).toEqual({ secret: 'between us' });
		expect(server.calls.map(({ method, path }) => `${method} ${path}`)).toContain(
			'DELETE /subscriptions/subscription-7',
		);
		expect((await fetch(url, { method: 'POST' })).status).toBe(404);
	});

	it('has hooks that can be called one by one', async () => {
		expect((await host.runHook('checkExists', trigger())).returned).toBe(false);
		const { staticData } = await host.runHook('create', { ...trigger(), staticData: {} });
		expect((await host.runHook('checkExists', { ...trigger(), staticData })).returned).toBe(true);
	});
});

describe("an edited node's lists", () => {
	it('are searched with its credential and parameters', async () => {
		const found = await host.listSearch('searchColours', { type: sample, credentials }, 're');
		expect(found).toEqual({ results: ['red', 'green'].map((name) => ({ name, value: name })) });
		const options = await host.loadOptions('getColours', {
			type: sample,
			credentials,
			parameters: { path: '/colours' },
		});
		expect(options).toHaveLength(3);
		await expect(host.loadOptions('getShapes', { type: sample, credentials })).rejects.toThrow(
			'has no method getShapes',
		);
	});
});

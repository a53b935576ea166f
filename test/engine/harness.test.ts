import { startHost, type Host, type RunSpec } from './harness';
import { builtSample } from './harness/sample';
import { startSampleServer, type SampleServer } from './harness/sample-server';

const sample = 'n8n-nodes-harness-sample.sample';
let host: Host;
let server: SampleServer;
let credentials: NonNullable<RunSpec['credentials']>;

beforeAll(async () => {
	host = await startHost(await builtSample());
	server = await startSampleServer();
	credentials = { sampleApi: { baseUrl: server.url, key: 'the right key' }, sampleSessionApi: { baseUrl: server.url } };
});
beforeEach(() => server.forget());
afterAll(async () => {
	await server[Symbol.asyncDispose]();
	await host.close();
});

describe('a workflow run', () => {
	it('evaluates expressions item by item, sends the credential and pairs the items', async () => {
		const result = await host.runWorkflow({
			nodes: [
				{ name: 'Ask', type: sample, parameters: { path: '=/people/{{ $json.name }}?of={{ $("Start").item.json.name }}' } },
				{ name: 'After', type: sample, parameters: { path: '=/after/{{ $("Start").item.json.name }}' } },
			],
			credentials,
			input: [{ name: 'ann' }, { name: 'bob' }],
		});
		expect(result.error).toBeUndefined();
		expect(result.status).toBe('success');
		expect(result.node('Ask').outputs[0]).toEqual([
			{ json: { path: '/people/ann?of=ann', status: 200 }, pairedItem: { item: 0 } },
			{ json: { path: '/people/bob?of=bob', status: 200 }, pairedItem: { item: 1 } },
		]);
		expect(result.node('After').outputs[0]?.map(({ json }) => json.path)).toEqual(['/after/ann', '/after/bob']);
		expect(result.node('Ask').hints).toEqual([{ message: '2 answered', location: 'outputPane' }]);
		expect(server.calls[0]?.headers['x-api-key']).toBe('the right key');
	});
});

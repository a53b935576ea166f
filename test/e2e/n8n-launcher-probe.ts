import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The secret that the probe's service expects and the probe's credential contains. */
export const TOKEN = 'probe-token';

const NODE = `
class Probe {
	constructor() {
		this.description = {
			displayName: 'Probe', name: 'probe', group: ['transform'], version: 1,
			description: 'Asks the probe service', defaults: { name: 'Probe' },
			inputs: ['main'], outputs: ['main', 'main'], outputNames: ['Known', 'Unknown'],
			credentials: [{ name: 'launcherProbeApi', required: true }],
			properties: [{ displayName: 'Word', name: 'word', type: 'string', default: '' }],
		};
	}
	async execute() {
		const { baseUrl } = await this.getCredentials('launcherProbeApi');
		const word = this.getNodeParameter('word', 0);
		const options = { url: baseUrl + '/words/' + word, json: true };
		const { httpRequestWithAuthentication } = this.helpers;
		const answer = await httpRequestWithAuthentication.call(this, 'launcherProbeApi', options);
		const item = { json: answer, pairedItem: { item: 0 } };
		return answer.known ? [[item], []] : [[], [item]];
	}
}
exports.Probe = Probe;
`;

const TRIGGER = `
class ProbeTrigger {
	constructor() {
		this.description = {
			displayName: 'Probe Trigger', name: 'probeTrigger', group: ['trigger'], version: 1,
			description: 'Its provider takes no webhook', defaults: { name: 'Probe Trigger' },
			inputs: [], outputs: ['main'], properties: [],
			webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
		};
		this.webhookMethods = { default: {
			checkExists: async () => false,
			create: async () => { throw new Error('the provider refuses this webhook'); },
			delete: async () => true,
		} };
	}
	async webhook() { return { workflowData: [[{ json: {} }]] }; }
}
exports.ProbeTrigger = ProbeTrigger;
`;

const CREDENTIAL = `
class LauncherProbeApi {
	constructor() {
		this.name = 'launcherProbeApi';
		this.displayName = 'Launcher Probe API';
		this.properties = [
			{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
			{ displayName: 'Token', name: 'token', type: 'string', default: '' },
		];
		const headers = { 'x-token': '={{$credentials.token}}' };
		this.authenticate = { type: 'generic', properties: { headers } };
		this.test = { request: { baseURL: '={{$credentials.baseUrl}}', url: '/words/hello' } };
	}
}
exports.LauncherProbeApi = LauncherProbeApi;
`;

const MANIFEST = {
	name: 'n8n-nodes-launcher-probe',
	version: '1.0.0',
	files: ['dist'],
	n8n: {
		n8nNodesApiVersion: 1,
		nodes: ['dist/Probe.node.js', 'dist/ProbeTrigger.node.js'],
		credentials: ['dist/LauncherProbeApi.credentials.js'],
	},
};

const FILES = {
	'package.json': JSON.stringify(MANIFEST),
	'dist/Probe.node.js': NODE,
	'dist/ProbeTrigger.node.js': TRIGGER,
	'dist/LauncherProbeApi.credentials.js': CREDENTIAL,
};

/** Packs a community package of two nodes and a credential, with `changes` to its files. @returns the tarball */
export async function packProbe(folder: string, changes: Record<string, string> = {}): Promise<string> {
	for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		await writeFile(join(folder, name), text);
	}
	const { stdout } = await run('npm', ['pack', '--silent', '--ignore-scripts'], { cwd: folder });
	return join(folder, stdout.trim());
}

/** The service that the probe calls. It knows the word 'hello', and refuses requests without the token. */
export async function startProbeService(): Promise<{ server: Server; baseUrl: string }> {
	const server = createServer((request, response) => {
		const isAllowed = request.headers['x-token'] === TOKEN;
		const word = request.url?.split('/').at(-1);
		response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' });
		response.end(JSON.stringify(isAllowed ? { word, known: word === 'hello' } : { message: 'wrong token' }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('not a TCP port');
	return { server, baseUrl: `http://127.0.0.1:${address.port}` };
}

/** A workflow as the editor exports it: with ids of another n8n, and fields that the public API refuses. */
export const exportedWorkflow = (path: string) => ({
	id: 'fromElsewhere',
	name: 'Ask the probe',
	active: true,
	versionId: '6d1f6f8c-0000-4000-8000-000000000000',
	meta: { instanceId: 'another' },
	tags: [],
	pinData: {},
	settings: { executionOrder: 'v1', timeSavedMode: 'fixed', unheardOf: true },
	nodes: [
		{
			id: '6d1f6f8c-0000-4000-8000-000000000001',
			webhookId: '6d1f6f8c-0000-4000-8000-000000000001',
			name: 'Ask',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0],
			parameters: { httpMethod: 'POST', path, responseMode: 'responseNode', options: {} },
		},
		{
			id: '6d1f6f8c-0000-4000-8000-000000000002',
			name: 'Probe',
			type: 'n8n-nodes-launcher-probe.probe',
			typeVersion: 1,
			position: [220, 0],
			parameters: { word: '={{ $json.body.word }}' },
			credentials: { launcherProbeApi: { id: 'fromElsewhere', name: 'Probe account' } },
			issues: {},
		},
		{
			id: '6d1f6f8c-0000-4000-8000-000000000003',
			name: 'Answer',
			type: 'n8n-nodes-base.respondToWebhook',
			typeVersion: 1.4,
			position: [440, 0],
			parameters: { respondWith: 'firstIncomingItem', options: {} },
		},
	],
	connections: {
		Ask: { main: [[{ node: 'Probe', type: 'main', index: 0 }]] },
		Probe: {
			main: [[{ node: 'Answer', type: 'main', index: 0 }], [{ node: 'Answer', type: 'main', index: 0 }]],
		},
	},
});

/** A workflow that can not be published, because the provider refuses the webhook of its trigger. */
export const refusedWorkflow = {
	name: 'Listen to the probe',
	nodes: [
		{
			id: '6d1f6f8c-0000-4000-8000-000000000004',
			webhookId: '6d1f6f8c-0000-4000-8000-000000000004',
			name: 'Probe Trigger',
			type: 'n8n-nodes-launcher-probe.probeTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
	],
	connections: {},
};

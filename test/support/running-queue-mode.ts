import { readFileSync } from 'node:fs';
import axios from 'axios';
import { executionsOf, logsIn, type Written } from '../../dev/leak-search';
import type { N8nApi } from '../../dev/n8n/api';
import { launchQueueN8n, type QueueN8n } from '../../dev/n8n/queue';
import type { Started } from '../../dev/n8n/start-process';
import { sandboxCredentials } from '../../dev/sandbox-credentials';
import { packedTarball } from '../../dev/tarball';
import deliveryEvents from '../../examples/delivery-events.json';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { copyCodeTemplate } from './message-samples';
import { Database } from './postgres-database';
import { RedisServer } from './redis-server';
import { newFolder } from './running-n8n';
import { waitingWorkflow } from './waiting-workflow';

export const signingSecret = 'a signing secret of the queue test';

const store = { whatsAppOtpStoreApi: { id: null, name: 'Shared store' } };
const account = { whatsAppOtp360DialogApi: { id: null, name: '360dialog account' } };

const operations = {
	send: {
		provider: 'dialog360',
		resource: 'otp',
		operation: 'send',
		to: '={{ $json.body.phone }}',
		template: { __rl: true, mode: 'name', value: 'verification_code' },
		language: 'en_US',
		options: { idempotencyKey: '={{ $json.body.key }}' },
	},
	verify: {
		provider: 'dialog360',
		resource: 'otp',
		operation: 'verify',
		identifyBy: 'verificationId',
		verificationId: '={{ $json.body.verificationId }}',
		code: '={{ $json.body.code }}',
	},
	get: { provider: 'dialog360', resource: 'otp', operation: 'get', verificationId: '={{ $json.body.verificationId }}' },
};

type Operation = keyof typeof operations;

/** The name of the node that a person posts to. */
export const posted = 'Posted';

/** Workflows with 'Send and Wait for Code', by name. The second one waits a minute. */
const waits = { wait: {}, 'wait-a-minute': { waitLimit: 60 } };

/** A workflow of a webhook, one operation, and an answer with its output. */
function flow(path: string, operation: Operation, credentials: Record<string, unknown>): unknown {
	const otp = { name: 'OTP', type: 'n8n-nodes-whatsapp-otp.whatsAppOtp', typeVersion: 1, credentials };
	const nodes = [
		{
			name: posted,
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { httpMethod: 'POST', path, responseMode: 'responseNode', options: {} },
		},
		{ ...otp, parameters: operations[operation] },
		{
			name: 'Answer',
			type: 'n8n-nodes-base.respondToWebhook',
			typeVersion: 1.1,
			parameters: { respondWith: 'json', responseBody: '={{ $json }}', options: {} },
		},
	];
	const to = (node: string) => [{ node, type: 'main', index: 0 }];
	return {
		name: path,
		nodes: nodes.map((node, i) => ({ ...node, id: `${path} ${i}`, position: [i * 220, 0] })),
		connections: { [posted]: { main: [to('OTP')] }, OTP: { main: [to('Answer'), to('Answer')] } },
		settings: { executionOrder: 'v1' },
	};
}

/** The example workflow, with a shared store. */
const events = {
	...deliveryEvents,
	nodes: deliveryEvents.nodes.map((node) =>
		node.credentials === undefined ? node : { ...node, credentials: { ...node.credentials, ...store } },
	),
};

export interface QueueMode {
	n8n: QueueN8n;
	api: N8nApi;
	sandbox: Sandbox;
	/** The Redis of the store, and that of n8n's queue. */
	redis: { store: RedisServer; queue: RedisServer };
	database: Database;
	/** The ids of the workflows by name. */
	workflows: Record<string, string>;
	/** Calls a published workflow. @returns its answer */
	post(path: string, body: unknown): Promise<{ status: number; data: unknown }>;
	stop(): Promise<void>;
}

/** Starts n8n in queue mode with two workers and a webhook process, a shared store, and the sandbox. */
export async function startQueueMode(): Promise<QueueMode> {
	const closing: Array<() => unknown> = [];
	const stop = async (): Promise<void> => {
		for (const close of closing.splice(0).reverse()) await close();
	};
	try {
		const database = Database.create();
		closing.push(() => database.drop());
		const redis = { store: await RedisServer.start('--appendonly', 'yes'), queue: await RedisServer.start() };
		closing.push(() => Promise.all([redis.store.stop(), redis.queue.stop()]));
		const sandbox = await startSandbox();
		closing.push(() => sandbox.stop());
		sandbox.setTemplate({ name: 'verification_code', components: copyCodeTemplate().components });
		const n8n = await launchQueueN8n({
			dataFolder: await newFolder(),
			packageTarball: packedTarball(),
			postgres: database,
			redis: redis.queue,
			workers: 2,
		});
		closing.push(() => n8n.stop());
		const { api } = n8n.main;
		const workflows = await furnish(api, sandbox, redis.store);
		const post = (path: string, body: unknown) =>
			axios.post<unknown>(`${n8n.webhook.url}/webhook/${path}`, body, { proxy: false, validateStatus: () => true });
		return { n8n, api, sandbox, redis, database, workflows, post, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

async function furnish(api: N8nApi, sandbox: Sandbox, redis: RedisServer): Promise<Record<string, string>> {
	const type = 'whatsAppOtpStoreApi';
	const shared = { store: 'redis', signingSecret, url: redis.url };
	const file = { store: 'sqlite', signingSecret };
	const [first] = sandboxCredentials(sandbox.url);
	if (first === undefined) throw new Error('The sandbox has no account');
	const credentials = {
		[first.type]: await api.ensureCredential(first),
		[type]: await api.ensureCredential({ name: 'Shared store', type, data: shared }),
	};
	const inFile = { ...credentials, [type]: await api.ensureCredential({ name: 'A file', type, data: file }) };
	const ids: Record<string, string> = {};
	const publish = async (name: string, workflow: unknown, by: Record<string, string> = credentials) => {
		const id = await api.ensureWorkflow(workflow, { credentials: by });
		await api.publish(id);
		ids[name] = id;
	};
	const all = { ...account, ...store };
	await publish('events', events);
	for (const operation of ['send', 'verify', 'get'] as const) {
		await publish(operation, flow(operation, operation, all));
	}
	for (const [name, options] of Object.entries(waits)) {
		await publish(name, waitingWorkflow({ name, credentials: store, options }));
	}
	for (const operation of ['send', 'verify'] as const) {
		await publish(`${operation}-embedded`, flow(`${operation}-embedded`, operation, account));
		await publish(`${operation}-in-file`, flow(`${operation}-in-file`, operation, all), inFile);
	}
	for (const path of Object.keys(ids).filter((name) => name !== 'events')) await api.waitForWebhook(path);
	return ids;
}

/** The ids of the executions that a worker has started and finished. */
export function workOf(worker: Started): { started: string[]; finished: string[] } {
	const log = readFileSync(worker.logFile, 'utf8');
	const ids = (what: string) =>
		[...log.matchAll(new RegExp(`Worker ${what} execution (\\d+) `, 'g'))].map(([, id = '']) => id);
	return { started: ids('started'), finished: ids('finished') };
}

/** All that the processes and both Redis servers have written. n8n's queue counts as part of its database. */
export async function writtenIn({ n8n, api, redis, database, workflows }: QueueMode): Promise<Written> {
	return {
		logs: n8n.dataFolders.flatMap(logsIn),
		database: [
			{ place: 'PostgreSQL', text: database.dump('execution_data') },
			{ place: "n8n's Redis", text: (await redis.queue.dump()).toString('latin1') },
		],
		executions: await executionsOf(api, Object.values(workflows)),
		store: [{ place: 'the store', text: (await redis.store.dump()).toString('latin1') }],
	};
}

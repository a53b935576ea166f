import { z } from 'zod';
import { defaultEngine } from '../verification';
import { CountingReceiver } from './support/counting-receiver';
import { Executions } from './support/executions';
import { inTurns, type Figure, type Sample } from './support/figure';
import { idleTriggerType } from './support/idle-trigger';
import { LoadClient, type Post } from './support/load-client';
import type { BenchServer, Servers } from './support/servers';
import { freshVerifications } from './support/verifications';
import { dialog360Credential, noOperation, otpTriggerType, publishRow, webhookNode } from './support/workflows';

const connections = 10;
const unit = 'webhooks/s';
const bare = "n8n's own Webhook, No Operation";

/** A delivery receipt as Meta and 360dialog send it (docs/reference/providers.md 1.10). */
function receipt(id: string, callbackData?: string) {
	const status = {
		id,
		status: 'delivered',
		timestamp: String(Math.floor(Date.now() / 1000)),
		recipient_id: '12015553931',
		...(callbackData === undefined ? {} : { biz_opaque_callback_data: callbackData }),
		conversation: { id: 'c'.repeat(32), origin: { type: 'authentication' } },
		pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'authentication' },
	};
	const metadata = { display_phone_number: '12015550100', phone_number_id: '106540352242922' };
	const value = { messaging_product: 'whatsapp', metadata, statuses: [status] };
	return {
		object: 'whatsapp_business_account',
		entry: [{ id: '102290129340398', changes: [{ field: 'messages', value }] }],
	};
}

let foreign = 0;

/** A receipt of a message that another system sent from the same number. */
function foreignReceipt() {
	foreign += 1;
	return receipt(`wamid.foreign${foreign}`);
}

type Bodies = (count: number) => Promise<unknown[]>;

interface Contender {
	address: string;
	/** The number of executions that each webhook starts. */
	starts: 0 | 1;
	expect?: Post['expect'];
	/** Each webhook has to arrive here before its turn ends. */
	receiver?: CountingReceiver;
}

const heard = (answer: unknown) => void z.literal('OK').parse(answer);

interface WebhookBench extends BenchServer {
	client: LoadClient;
	executions: Executions;
}

async function withClient(server: BenchServer, work: (bench: WebhookBench) => Promise<Sample[]>): Promise<Sample[]> {
	const bench = { ...server, client: new LoadClient(connections), executions: new Executions(server.n8n) };
	try {
		return await work(bench);
	} finally {
		bench.client.close();
		bench.executions.close();
	}
}

/** Our trigger, registered at the provider and followed by No Operation like the others. */
async function ourTrigger(bench: WebhookBench, options: Record<string, unknown> = {}): Promise<string> {
	const credentials = await dialog360Credential(bench);
	const parameters = { provider: 'dialog360', events: ['message.delivered'], options };
	const node = { name: 'Trigger', type: otpTriggerType, typeVersion: 2, parameters, credentials, webhookId: 'ours' };
	return await publishRow(bench.n8n, 'ours/webhook', [node, noOperation]);
}

async function idleTrigger({ n8n }: WebhookBench): Promise<string> {
	const node = { name: 'Trigger', type: idleTriggerType, typeVersion: 2, parameters: {}, webhookId: 'idle' };
	return await publishRow(n8n, 'idle/webhook', [node, noOperation]);
}

const bareWebhook = ({ n8n }: WebhookBench) => publishRow(n8n, 'bare', [webhookNode('bare'), noOperation]);

/** Posts the same bodies with the same headers to both addresses. */
async function compare(
	bench: WebhookBench,
	pace: Pace,
	bodies: Bodies,
	ours: Contender,
	peers: Contender,
): Promise<Sample[]> {
	const { client, executions, provider } = bench;
	const headers = provider.webhookHeaders;
	const turn =
		({ address, starts, expect, receiver }: Contender, all: readonly unknown[]) =>
		async () => {
			const before = executions.started();
			await client.post(all.map((body) => ({ address, body, headers, expect })));
			await executions.ended();
			const begun = executions.started() - before;
			if (begun !== starts * all.length)
				throw new Error(`${all.length} webhooks to ${address} started ${begun} executions`);
			const passed = receiver?.take() ?? all.length;
			if (passed !== all.length) throw new Error(`Of ${all.length} webhooks, ${passed} were passed on`);
		};
	const prepare = async () => {
		const all = await bodies(pace.webhooks);
		return { ours: [turn(ours, all)], peers: [turn(peers, all)] };
	};
	return await inTurns(pace.rounds, prepare, (milliseconds) => (1000 * pace.webhooks) / milliseconds);
}

interface Pace {
	rounds: number;
	/** Webhooks per turn. */
	webhooks: number;
}

const foreignReceipts: Bodies = async (count) => Array.from({ length: count }, foreignReceipt);

/** Receipts of our own messages. This process opens the store of that n8n. */
function receiptsIn({ n8n }: WebhookBench): Bodies {
	const engine = defaultEngine({ N8N_USER_FOLDER: n8n.dataFolder });
	return async (count) =>
		(await freshVerifications(engine, count)).map(({ messageId, sendId }) => receipt(messageId, sendId));
}

/** Our trigger for messages of other systems, after one receipt of our own, as on a number that sends codes. */
async function trustingTrigger(bench: WebhookBench, options: Record<string, unknown> = {}): Promise<Contender> {
	const address = await ourTrigger(bench, options);
	const [body] = await receiptsIn(bench)(1);
	await bench.client.post([{ address, body, headers: bench.provider.webhookHeaders, expect: heard }]);
	await bench.executions.ended();
	return { address, starts: 0 };
}

const ignored = (settings: keyof Pick<Servers, 'recommended' | 'defaults'>, pace: Pace) => async (servers: Servers) =>
	withClient(await servers[settings](), async (bench) => {
		const ours = await trustingTrigger(bench);
		return await compare(bench, pace, foreignReceipts, ours, { address: await bareWebhook(bench), starts: 1 });
	});

const event = (settings: keyof Pick<Servers, 'recommended' | 'defaults'>, pace: Pace) => async (servers: Servers) =>
	withClient(await servers[settings](), async (bench) => {
		const ours = { address: await ourTrigger(bench), starts: 1, expect: heard } as const;
		return await compare(bench, pace, receiptsIn(bench), ours, { address: await bareWebhook(bench), starts: 1 });
	});

/** What a builder wires today for two systems on one number: n8n's own Webhook, then a request with the same body. */
function handWiredPassing({ n8n }: WebhookBench, url: string): Promise<string> {
	const parameters = { method: 'POST', url, sendBody: true, specifyBody: 'json', jsonBody: '={{ $json.body }}' };
	const request = { name: 'Pass on', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, parameters };
	return publishRow(n8n, 'passing', [webhookNode('passing'), request]);
}

export const webhookPassed: Figure = {
	name: 'webhook.passed',
	title: 'Delivery webhooks of messages of other systems, passed on to another address',
	unit,
	peer: "n8n's own Webhook, HTTP Request",
	bound: { atLeast: 3 },
	measure: async (servers) => {
		const receiver = await CountingReceiver.start();
		try {
			return await withClient(await servers.recommended(), async (bench) => {
				const ours = { ...(await trustingTrigger(bench, { passEventsOnTo: receiver.url })), receiver };
				receiver.take();
				const peers = { address: await handWiredPassing(bench, receiver.url), starts: 1, receiver } as const;
				return await compare(bench, { rounds: 15, webhooks: 60 }, foreignReceipts, ours, peers);
			});
		} finally {
			receiver.stop();
		}
	},
};

export const webhookIgnored: Figure = {
	name: 'webhook.ignored',
	title: 'Delivery webhooks of messages of other systems, which start no execution',
	unit,
	peer: bare,
	bound: { atLeast: 4 },
	measure: ignored('recommended', { rounds: 15, webhooks: 60 }),
};

export const webhookIgnoredTrigger: Figure = {
	name: 'webhook.ignored.trigger',
	title: 'Delivery webhooks of messages of other systems, which start no execution',
	unit,
	peer: 'a trigger node that does nothing',
	bound: { atLeast: 0.9 },
	measure: async (servers) =>
		withClient(await servers.recommended(), async (bench) => {
			const ours = await trustingTrigger(bench);
			const peers = { address: await idleTrigger(bench), starts: 0 } as const;
			return await compare(bench, { rounds: 41, webhooks: 120 }, foreignReceipts, ours, peers);
		}),
};

export const webhookEvent: Figure = {
	name: 'webhook.event',
	title: 'Delivery webhooks that start an execution',
	unit,
	peer: bare,
	bound: { atLeast: 0.95 },
	measure: event('recommended', { rounds: 31, webhooks: 40 }),
};

export const webhookIgnoredDefaults: Figure = {
	name: 'webhook.ignored.defaults',
	title: "Delivery webhooks of messages of other systems, under n8n's defaults",
	unit,
	peer: bare,
	measure: ignored('defaults', { rounds: 7, webhooks: 20 }),
};

export const webhookEventDefaults: Figure = {
	name: 'webhook.event.defaults',
	title: "Delivery webhooks that start an execution, under n8n's defaults",
	unit,
	peer: bare,
	measure: event('defaults', { rounds: 7, webhooks: 20 }),
};

import { z } from 'zod';
import type { N8n } from '../dev/n8n/launch';
import { defaultEngine } from '../verification';
import { Executions } from './support/executions';
import { inTurns, type Figure, type Sample } from './support/figure';
import { LoadClient, type Post } from './support/load-client';
import type { Servers } from './support/servers';
import { entriesOf, freshVerifications, type Entry } from './support/verifications';
import { noOperation, otpType, publishRow, webhookNode, type Node } from './support/workflows';

// Rounds differ by more than the distance to the bound, so the median needs many of them.
const rounds = 31;
const turns = 2;
const connections = 5;
const requestsATurn = 20;

const result = z.object({ result: z.string() });
const echo = z.object({ body: z.object({ code: z.string() }) });
const fields = z.object({ code: z.string() });

const verificationId = '={{ $json.body.verificationId }}';
const code = '={{ $json.body.code }}';

const verify: Node = {
	name: 'Verify',
	type: otpType,
	typeVersion: 1,
	parameters: {
		provider: 'dialog360',
		resource: 'otp',
		operation: 'verify',
		identifyBy: 'verificationId',
		verificationId,
		code,
		options: {},
	},
};

/** n8n's own node, which only evaluates the two values that Verify gets. */
const editFields: Node = {
	name: 'Edit Fields',
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	parameters: {
		assignments: {
			assignments: [
				{ id: 'verificationId', name: 'verificationId', value: verificationId, type: 'string' },
				{ id: 'code', name: 'code', value: code, type: 'string' },
			],
		},
		options: {},
	},
};

interface Peer {
	/** The path of the webhook and the name of the workflow. */
	path: string;
	/** The node in place of Verify. */
	node: Node;
	/** @returns the posted code, read from the answer */
	codeOf(answer: unknown): string;
}

const nothing: Peer = { path: 'nothing', node: noOperation, codeOf: (answer) => echo.parse(answer).body.code };
const fieldsAlone: Peer = { path: 'fields', node: editFields, codeOf: (answer) => fields.parse(answer).code };

export const flowVerify: Figure = {
	name: 'flow.verify',
	title: 'Webhook, Verify, answer in a real n8n',
	unit: 'requests/s',
	peer: 'Webhook, No Operation, answer',
	bound: { atLeast: 0.9 },
	measure: (servers) => measure(servers, nothing),
};

/** Compares with a workflow that evaluates the same expressions. */
export const flowVerifyFields: Figure = {
	name: 'flow.verify.fields',
	title: 'The same, compared with a node that only reads the two values',
	unit: 'requests/s',
	peer: "Webhook, n8n's Edit Fields with the same two expressions, answer",
	measure: (servers) => measure(servers, fieldsAlone),
};

async function measure(servers: Servers, peer: Peer): Promise<Sample[]> {
	const { n8n } = await servers.recommended();
	const { ours, peers } = await addresses(n8n, peer);
	// This process opens the store of that n8n.
	const engine = defaultEngine({ N8N_USER_FOLDER: n8n.dataFolder });
	const [client, executions] = [new LoadClient(connections), new Executions(n8n)];
	const stepsOf = (shares: readonly Entry[][], address: string, expect: (entry: Entry, answer: unknown) => void) =>
		shares.map((share) => {
			const posts = share.map((entry): Post => {
				const body = { verificationId: entry.verificationId, code: entry.code };
				return { address, body, expect: (answer) => expect(entry, answer) };
			});
			return async () => {
				await client.post(posts);
				await executions.ended();
			};
		});
	const prepare = async () => {
		const entries = entriesOf(await freshVerifications(engine, (turns / 2) * requestsATurn));
		const shares = Array.from({ length: turns }, (_, i) => entries.slice(i * requestsATurn, (i + 1) * requestsATurn));
		return {
			ours: stepsOf(shares, ours, ({ expected }, answer) => expectSame(result.parse(answer).result, expected)),
			peers: stepsOf(shares, peers, (entry, answer) => expectSame(peer.codeOf(answer), entry.code)),
		};
	};
	try {
		return await inTurns(rounds, prepare, (milliseconds) => (1000 * requestsATurn) / milliseconds);
	} finally {
		client.close();
		executions.close();
	}
}

/** Publishes two workflows that differ in one node. Both receive and answer with n8n's own nodes. */
async function addresses(n8n: N8n, { path, node }: Peer) {
	const webhook = { responseMode: 'responseNode' };
	const respond = {
		name: 'Respond',
		type: 'n8n-nodes-base.respondToWebhook',
		typeVersion: 1.1,
		parameters: { respondWith: 'json', responseBody: '={{ $json }}', options: {} },
	};
	return {
		ours: await publishRow(n8n, 'verify', [webhookNode('verify', webhook), verify, respond], 2),
		peers: await publishRow(n8n, path, [webhookNode(path, webhook), node, respond]),
	};
}

function expectSame(answered: string, expected: string): void {
	if (answered !== expected) throw new Error(`The workflow answered ${answered} instead of ${expected}`);
}

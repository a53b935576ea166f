import { z } from 'zod';
import type { N8n } from '../dev/n8n/launch';
import { defaultEngine } from '../verification';
import { Crew, type Post } from './support/load-client';
import { Executions } from './support/executions';
import { inTurns, type Figure, type Sample } from './support/figure';
import type { Servers } from './support/servers';
import { entriesOf, freshVerifications, type Entry } from './support/verifications';
import { noOperation, otpType, publishRow, webhookNode, type Node } from './support/workflows';

// They differ by more than what lies between the figure and its limit: the median of a few says little.
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
	...{ name: 'Verify', type: otpType, typeVersion: 1 },
	parameters: {
		...{ provider: 'dialog360', resource: 'otp', operation: 'verify', identifyBy: 'verificationId' },
		...{ verificationId, code, options: {} },
	},
};

/** n8n's own node that does no more than evaluate what Verify is given. */
const editFields: Node = {
	...{ name: 'Edit Fields', type: 'n8n-nodes-base.set', typeVersion: 3.4 },
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
	/** Of the webhook, and the workflow's name. */
	path: string;
	/** In the place of Verify. */
	node: Node;
	/** @returns the code that was posted, out of the answer */
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

/** What is left of the difference when both evaluate the same expressions. */
export const flowVerifyFields: Figure = {
	name: 'flow.verify.fields',
	title: 'The same, beside a node that only reads the two values',
	unit: 'requests/s',
	peer: "Webhook, n8n's Edit Fields with the same two expressions, answer",
	measure: (servers) => measure(servers, fieldsAlone),
};

async function measure(servers: Servers, peer: Peer): Promise<Sample[]> {
	const { n8n } = await servers.recommended();
	const { ours, peers } = await addresses(n8n, peer);
	// The store of that n8n, from a second process.
	const engine = defaultEngine({ N8N_USER_FOLDER: n8n.dataFolder });
	const [crew, executions] = [new Crew(connections), new Executions(n8n)];
	const stepsOf = (shares: readonly Entry[][], address: string, expect: (entry: Entry, answer: unknown) => void) =>
		shares.map((share) => {
			const posts = share.map((entry): Post => {
				const body = { verificationId: entry.verificationId, code: entry.code };
				return { address, body, expect: (answer) => expect(entry, answer) };
			});
			return async () => {
				await crew.post(posts);
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
		crew.leave();
		executions.close();
	}
}

/** Two workflows that differ in one node: both read the request and write the answer by n8n's own nodes. */
async function addresses(n8n: N8n, { path, node }: Peer) {
	const webhook = { responseMode: 'responseNode' };
	const respond = {
		...{ name: 'Respond', type: 'n8n-nodes-base.respondToWebhook', typeVersion: 1.1 },
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

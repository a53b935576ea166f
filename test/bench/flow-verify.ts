import { z } from 'zod';
import type { N8n } from '../../sandbox/n8n/launch';
import { embeddedEngine } from '../../verification';
import { Crew, type Post } from './crew';
import { Executions } from './executions';
import { inTurns, type Figure } from './figure';
import { entriesOf, freshVerifications } from './verifications';
import { noOperation, otpType, publishRow, webhookNode } from './workflows';

const rounds = 13;
const turns = 2;
const connections = 5;
const requestsATurn = 20;

const answered = z.object({ result: z.string() });
const echoed = z.object({ body: z.object({ code: z.string() }) });

/** Two workflows that differ in one node: both read the request and write the answer by n8n's own nodes. */
async function addresses(n8n: N8n) {
	const webhook = { responseMode: 'responseNode' };
	const respond = {
		...{ name: 'Respond', type: 'n8n-nodes-base.respondToWebhook', typeVersion: 1.1 },
		parameters: { respondWith: 'json', responseBody: '={{ $json }}', options: {} },
	};
	const verify = {
		...{ name: 'Verify', type: otpType, typeVersion: 1 },
		parameters: {
			...{ provider: 'dialog360', resource: 'otp', operation: 'verify', identifyBy: 'verificationId' },
			...{ verificationId: '={{ $json.body.verificationId }}', code: '={{ $json.body.code }}', options: {} },
		},
	};
	return {
		ours: await publishRow(n8n, 'verify', [webhookNode('verify', webhook), verify, respond], 2),
		peers: await publishRow(n8n, 'nothing', [webhookNode('nothing', webhook), noOperation, respond]),
	};
}

function expectResult(expected: string): Post['expect'] {
	return (answer) => {
		const { result } = answered.parse(answer);
		if (result !== expected) throw new Error(`The workflow answered ${result} instead of ${expected}`);
	};
}

function expectEcho(code: string): Post['expect'] {
	return (answer) => {
		if (echoed.parse(answer).body.code !== code) throw new Error('The workflow answered with something else');
	};
}

export const flowVerify: Figure = {
	name: 'flow.verify',
	title: 'Webhook, Verify, answer in a real n8n',
	unit: 'requests/s',
	peer: 'Webhook, No Operation, answer',
	bound: { atLeast: 0.9 },
	async measure(servers) {
		const { n8n } = await servers.recommended();
		const { ours, peers } = await addresses(n8n);
		// The store of that n8n, from a second process.
		const engine = embeddedEngine({ N8N_USER_FOLDER: n8n.dataFolder });
		const [crew, executions] = [new Crew(connections), new Executions(n8n)];
		const step = (posts: readonly Post[]) => async () => {
			await crew.post(posts);
			await executions.ended();
		};
		const prepare = async () => {
			const entries = entriesOf(await freshVerifications(engine, (turns / 2) * requestsATurn));
			const shares = Array.from({ length: turns }, (_, i) => entries.slice(i * requestsATurn, (i + 1) * requestsATurn));
			const postTo = (address: string, expect: (entry: (typeof entries)[number]) => Post['expect']) =>
				shares.map((share) =>
					step(
						share.map((entry) => {
							const { verificationId, code } = entry;
							return { address, body: { verificationId, code }, expect: expect(entry) };
						}),
					),
				);
			return {
				ours: postTo(ours, ({ expected }) => expectResult(expected)),
				peers: postTo(peers, ({ code }) => expectEcho(code)),
			};
		};
		try {
			return await inTurns(rounds, prepare, (milliseconds) => (1000 * requestsATurn) / milliseconds);
		} finally {
			crew.leave();
			executions.close();
		}
	},
};

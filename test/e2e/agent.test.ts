/**
 * Report: an agent that used the node as its tool got an empty answer for each refused send and each wrong code,
 * because n8n gives an agent the first output only. What must hold: the agent reads each result, and never a code that
 * Send made (docs/reference/n8n-host.md, 'Which output an answer leaves by').
 */
import axios from 'axios';
import type { Playground } from '../../dev/playground';
import { openAgentPlayground, type AgentPlayground } from '../support/agent-playground';
import type { ChatModel, Step } from '../support/chat-model';
import { openingTime } from '../support/running-n8n';

const http = axios.create({ proxy: false, validateStatus: () => true });

/** The versions of n8n's Agent node that run tools themselves (2) and through n8n's engine (3). */
const agentVersions = [2.2, 3.1];

let agents: AgentPlayground;
let playground: Playground;
let model: ChatModel;
let phones = 0;

const newPhone = () => `+4915${String(2000 + (phones += 1))}55512`;
const fromAgent = (name: string) => `={{ $fromAI('${name}', '', 'string') }}`;

const operations = {
	Send_code: { operation: 'send', to: fromAgent('phone'), template: byName('verification_code') },
	Check_code: { operation: 'verify', verificationId: fromAgent('verificationId'), code: fromAgent('code') },
	Check_by_phone: { operation: 'verify', identifyBy: 'phone', to: fromAgent('phone'), code: fromAgent('code') },
	Generate_code: { operation: 'generate', to: fromAgent('phone') },
	Use_vonage: { operation: 'send', to: fromAgent('phone'), provider: 'vonage' },
};

function byName(value: string) {
	return { __rl: true, mode: 'name', value };
}

/** A webhook, an agent of this version, a chat model, and one tool for each of the operations. */
function workflow(version: number): unknown {
	const credentials = { whatsAppOtp360DialogApi: { id: null, name: '360dialog account' } };
	const tools = Object.entries(operations).map(([name, parameters]) => ({
		name,
		type: 'n8n-nodes-whatsapp-otp.whatsAppOtpTool',
		typeVersion: 1,
		credentials,
		parameters: { provider: 'dialog360', resource: 'otp', ...parameters },
	}));
	const path = pathOf(version);
	const nodes = [
		{
			name: 'Asked',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
		},
		{
			name: 'Agent',
			type: '@n8n/n8n-nodes-langchain.agent',
			typeVersion: version,
			parameters: { promptType: 'define', text: '={{ $json.body.text }}', options: { maxIterations: 20 } },
		},
		{
			name: 'Model',
			type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
			typeVersion: 1.2,
			credentials: { openAiApi: { id: null, name: 'Chat model' } },
			parameters: { model: { __rl: true, mode: 'id', value: 'planned' }, options: {} },
		},
		...tools,
	];
	const link = (type: string, node = 'Agent') => ({ [type]: [[{ node, type, index: 0 }]] });
	return {
		name: `Agent ${version}`,
		nodes: nodes.map((node, index) => ({ id: `node-${version}-${index}`, position: [0, 0], ...node })),
		connections: {
			Asked: link('main'),
			Model: link('ai_languageModel'),
			...Object.fromEntries(tools.map(({ name }) => [name, link('ai_tool')])),
		},
		settings: { executionOrder: 'v1' },
	};
}

const pathOf = (version: number) => `agent/${version}`;

beforeAll(async () => {
	agents = await openAgentPlayground();
	({ model, playground } = agents);
	const { credentials } = agents;
	const { api } = playground.n8n;
	for (const version of agentVersions) {
		await api.publish(await api.ensureWorkflow(workflow(version), { credentials }));
	}
}, openingTime);
afterAll(() => agents?.stop());

/** Asks the agent, which takes these steps. @returns what the tools told it */
async function ask(version: number, steps: Step[]): Promise<unknown[]> {
	model.plan(steps);
	const address = await playground.n8n.api.waitForWebhook(pathOf(version));
	const answer = await http.post<unknown>(address, { text: 'Sign me in' });
	expect(answer).toMatchObject({ status: 200, data: { output: 'Done' } });
	return model.answers.map((text) => JSON.parse(text) as unknown);
}

async function codeOn(to: string): Promise<string> {
	const [message] = await playground.sandbox.waitForMessages({ to });
	return message?.code ?? '';
}

const another = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

const idIn = (answer = '') => /"verificationId":"([\w-]{32})"/.exec(answer)?.[1];

describe.each(agentVersions)('the node as a tool of agent version %d', (version) => {
	it('tells the agent each result', async () => {
		const phone = newPhone();
		let heardBefore: string[] = [];
		const send: Step = () => ({ tool: 'Send_code', arguments: { phone } });
		const check =
			(code: (right: string) => string): Step =>
			async ([sent]) => {
				if (heardBefore.length === 0) heardBefore = [...model.heard];
				const entered = code(await codeOn(phone));
				return { tool: 'Check_code', arguments: { verificationId: idIn(sent), code: entered } };
			};
		const right = (code: string) => code;
		const answers = await ask(version, [send, send, check(another), check(right), check(right)]);
		expect(answers).toMatchObject([
			[{ result: 'sent', to: phone, status: 'pending' }],
			[{ result: 'cooldown' }],
			[{ result: 'invalid_code', verified: false, attemptsRemaining: 4 }],
			[{ result: 'approved', verified: true }],
			[{ result: 'already_used', verified: false }],
		]);
		const code = await codeOn(phone);
		expect(heardBefore).toHaveLength(3);
		expect(heardBefore.filter((text) => text.includes(code))).toEqual([]);
		expect(model.answers.filter((text) => text.includes(code))).toEqual([]);
	});

	it('tells the agent of a wrong number and an unknown verification', async () => {
		const answers = await ask(version, [
			() => ({ tool: 'Send_code', arguments: { phone: '+49' } }),
			() => ({ tool: 'Check_code', arguments: { verificationId: 'a'.repeat(32), code: '000000' } }),
			() => ({ tool: 'Check_by_phone', arguments: { phone: newPhone(), code: '000000' } }),
		]);
		expect(answers).toMatchObject([
			[{ result: 'invalid_phone' }],
			[{ result: 'not_found', verified: false }],
			[{ result: 'not_found', verified: false }],
		]);
	});
});

describe('an operation that an agent can not use', () => {
	it.each([
		['Generate', 'Generate_code', /An agent can't use the operation 'Generate'/],
		['an unknown provider', 'Use_vonage', /'Provider' has an unknown value/],
	])('stops with a sentence: %s', async (_what, tool, sentence) => {
		const phone = newPhone();
		const [answer] = await ask(3.1, [() => ({ tool, arguments: { phone } })]);
		expect(JSON.stringify(answer)).toMatch(sentence);
		expect(JSON.stringify(answer)).not.toMatch(/\d{6}/);
	});
});

/** The example of an agent that checks whom it talks to. A persuaded agent must not be able to skip the check. */
import axios from 'axios';
import { z } from 'zod';
import type { Playground } from '../../dev/playground';
import agentExample from '../../examples/agent.json';
import { openAgentPlayground, type AgentPlayground } from '../support/agent-playground';
import type { ChatModel, Step } from '../support/chat-model';
import { openingTime } from '../support/running-n8n';

const http = axios.create({ proxy: false, validateStatus: () => true });

let agents: AgentPlayground;
let playground: Playground;
let model: ChatModel;
let address: string;
let phones = 0;

const newPhone = () => `+4915${String(3000 + (phones += 1))}55512`;

/** The chat answers other programs only if it is public. */
function withPublicChat(): unknown {
	const nodes = agentExample.nodes.map((node) =>
		node.name === 'A customer writes' ? { ...node, parameters: { ...node.parameters, public: true } } : node,
	);
	return { ...agentExample, nodes };
}

beforeAll(async () => {
	agents = await openAgentPlayground();
	({ model, playground } = agents);
	const { credentials } = agents;
	const { api } = playground.n8n;
	await api.publish(await api.ensureWorkflow(withPublicChat(), { credentials }));
	const chat = agentExample.nodes.find(({ name }) => name === 'A customer writes');
	address = await api.waitForWebhook(`${chat?.webhookId}/chat`);
}, openingTime);
afterAll(() => agents?.stop());

/** Writes to the agent, which takes these steps. @returns what the tools told it */
async function write(steps: Step[]): Promise<string[]> {
	model.plan(steps);
	const message = { action: 'sendMessage', sessionId: `session ${phones}`, chatInput: 'Change my address' };
	const answer = await http.post<unknown>(address, message);
	expect(answer).toMatchObject({ status: 200, data: { output: 'Done' } });
	return [...model.answers];
}

const idIn = (answer = '') => /"verificationId":"([\w-]{32})"/.exec(answer)?.[1] ?? '';
const codeOn = async (to: string) => (await playground.sandbox.waitForMessages({ to }))[0]?.code ?? '';
const another = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

const send =
	(phone: string): Step =>
	() => ({ tool: 'Send_code', arguments: { phone } });
const check =
	(phone: string, entered = (code: string) => code): Step =>
	async ([sent]) => ({
		tool: 'Check_code',
		arguments: { verificationId: idIn(sent), code: entered(await codeOn(phone)) },
	});
const change: Step = ([sent]) => ({
	tool: 'Change_address',
	arguments: { verificationId: idIn(sent), address: '1 New Street' },
});

const resultSchema = z.string().transform((text) => JSON.parse(text) as unknown);

it('changes the address of the person who entered the right code', async () => {
	const phone = newPhone();
	const [sent, checked, changed] = (await write([send(phone), check(phone), change])).map((text) =>
		resultSchema.parse(text),
	);
	expect(sent).toMatchObject([{ result: 'sent' }]);
	expect(checked).toMatchObject([{ result: 'approved', verified: true }]);
	expect(JSON.stringify(changed)).toContain('changed');
	expect(JSON.stringify(changed)).toContain(phone);
});

it('refuses a persuaded agent that skips the check', async () => {
	const phone = newPhone();
	const [, early, wrong, late] = await write([send(phone), change, check(phone, another), change]);
	expect(early).toContain('refused');
	expect(wrong).toContain('invalid_code');
	expect(late).toContain('refused');
});

it('refuses an id that the agent made up', async () => {
	const made = 'A'.repeat(32);
	const [answer] = await write([
		() => ({ tool: 'Change_address', arguments: { verificationId: made, address: '1 New Street' } }),
	]);
	expect(answer).not.toContain('changed');
});

it('tells the agent each result in at most 600 characters', async () => {
	const phone = newPhone();
	const answers = await write([send(phone), send(phone), check(phone, another), check(phone)]);
	for (const answer of answers) expect(answer.length).toBeLessThanOrEqual(600);
});

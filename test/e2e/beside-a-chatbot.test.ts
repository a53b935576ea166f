/** The example 'Beside a chatbot' in a real n8n: one number, a chatbot behind n8n's Webhook node, and the trigger. */
import { z } from 'zod';
import { outputOf } from '../../dev/n8n/executions';
import { until } from '../../dev/n8n/wait-until';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import example from '../../examples/beside-a-chatbot.json';
import { accounts } from '../../sandbox/accounts';
import { openPlaygroundForTest, openingTime } from '../support/running-n8n';
import { callerOf, dialog360At } from '../support/sandbox-callers';

type Example = typeof example;
type Node = Example['nodes'][number];

const chatbotNodes = ['Chatbot', 'Is it a message?', 'Put your chatbot here'];
const triggerName = 'WhatsApp reports';
const shownAddress = 'https://example.com/webhook/chatbot';

let playground: Playground;
let credentials: Record<string, string>;
let chatbotUrl: string;
let lastNumber = 12015553970;
const newNumber = () => String((lastNumber += 1));

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	await setUpTemplateIn(playground);
	const { api, url } = playground.n8n;
	await api.unpublish(playground.workflows.deliveryEvents);
	await api.unpublish(playground.workflows.templateAlert);
	chatbotUrl = `${url}/webhook/chatbot`;
	const known = await api.listCredentials();
	const idOf = (name: string) => known.find((one) => one.name === name)?.id ?? '';
	credentials = {
		whatsAppOtp360DialogApi: idOf('360dialog account'),
		whatsAppOtpMetaCloudApi: idOf('Meta Cloud API account'),
	};
}, openingTime);
afterAll(() => playground?.stop());

/** Adds a part of the example as a separate workflow, so that each part can be published alone. */
async function addPart(name: string, nodes: Array<{ name: string }>): Promise<string> {
	const all = Object.entries({ ...example.connections, ...toChallenge });
	const connections = Object.fromEntries(all.filter(([source]) => nodes.some((node) => node.name === source)));
	const text = JSON.stringify({ name, nodes, connections, settings: example.settings });
	const workflow: unknown = JSON.parse(text.replaceAll(shownAddress, chatbotUrl));
	return await playground.n8n.api.ensureWorkflow(workflow, { credentials });
}

/** Meta asks a callback for its challenge before it registers it. So a chatbot that registers itself must answer. */
const handshake = [
	{
		id: 'handshake',
		name: 'Handshake',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		position: [0, 400],
		parameters: { httpMethod: 'GET', path: 'chatbot', responseMode: 'responseNode', options: {} },
		webhookId: 'handshake',
	},
	{
		id: 'challenge',
		name: 'Challenge',
		type: 'n8n-nodes-base.respondToWebhook',
		typeVersion: 1.1,
		position: [260, 400],
		parameters: { respondWith: 'text', responseBody: "={{ $json.query['hub.challenge'] }}", options: {} },
	},
];
const toChallenge = { Handshake: { main: [[{ node: 'Challenge', type: 'main', index: 0 }]] } };

function addChatbot(name: string): Promise<string> {
	const own = example.nodes.filter((node) => chatbotNodes.includes(node.name));
	return addPart(name, [...own, ...handshake]);
}

/** The half of the trigger. Each has another webhook id, as a copy in the editor has. */
function addTrigger(name: string, change: (node: Node) => object): Promise<string> {
	const own = example.nodes.filter((node) => !chatbotNodes.includes(node.name));
	return addPart(
		name,
		own.map((node) => (node.name === triggerName ? { ...node, webhookId: name, ...change(node) } : node)),
	);
}

const incomingSchema = z.object({
	body: z.object({
		entry: z.tuple([
			z.object({
				changes: z.tuple([
					z.object({ value: z.object({ messages: z.tuple([z.object({ text: z.object({ body: z.string() }) })]) }) }),
				]),
			}),
		]),
	}),
});

/** The texts of people that reached the chatbot, in the order of arrival. */
async function textsIn(chatbot: string): Promise<string[]> {
	const all = await playground.n8n.api.executions({ workflowId: chatbot, includeData: true, limit: 100 });
	return all
		.flatMap((execution) => outputOf(execution, 'Put your chatbot here'))
		.map((item) => incomingSchema.parse(item).body.entry[0].changes[0].value.messages[0].text.body)
		.reverse();
}

async function waitForText(chatbot: string, text: string): Promise<void> {
	const isThere = async () => (await textsIn(chatbot)).includes(text) || undefined;
	await until(isThere, { what: () => `the chatbot got '${text}'` });
}

const write = (provider: 'dialog360' | 'metaCloud', text: string) =>
	playground.sandbox.write({ provider, from: newNumber(), text });

/** Sends a code, and waits until the workflow with the trigger has started with its delivery. */
async function expectDeliveryEvent(workflow: string, send: (to: string) => Promise<void>): Promise<void> {
	const to = newNumber();
	await send(to);
	const isOfNumber = (items: object[]) => items.some((item) => JSON.stringify(item).includes(to));
	await playground.n8n.api.waitForExecution(
		workflow,
		(run) => triggerName in run.nodes && isOfNumber(outputOf(run, triggerName)),
	);
}

/** Waits until the provider has not got rid of a message, because the chatbot is away. */
async function waitForRefusal(): Promise<void> {
	const open = () => playground.sandbox.webhooks({ event: 'text', state: 'trying' });
	const isRefused = async () => open().some(({ attempts }) => attempts.length > 0) || undefined;
	await until(isRefused, { what: () => 'a message was refused' });
	expect(open().flatMap(({ attempts }) => attempts.map(({ status }) => status))).toContain(502);
}

/** The status of no webhook is still open. */
async function waitForWebhooks(): Promise<void> {
	const isOver = async () => playground.sandbox.webhooks().every(({ state }) => state !== 'trying') || undefined;
	await until(isOver, { what: () => 'the sandbox had delivered every webhook' });
}

async function expectTexts(chatbot: string, texts: string[]): Promise<void> {
	await waitForWebhooks();
	const isIdle = async () => {
		const running = await playground.n8n.api.executions({ workflowId: chatbot, status: 'running' });
		return running.length === 0 || undefined;
	};
	await until(isIdle, { what: () => 'every execution of the chatbot had ended' });
	expect(await textsIn(chatbot)).toEqual(texts);
}

describe('at 360dialog', () => {
	const send = async (to: string) => {
		const address = await playground.n8n.api.waitForWebhook('sign-in/send');
		const answer = await fetch(address, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ phone: `+${to}` }),
		});
		expect(answer.status).toBe(200);
	};

	it('a chatbot that registered its address before keeps it, and the trigger gets a copy', async () => {
		const { api } = playground.n8n;
		const chatbot = await addChatbot('Chatbot first');
		await api.publish(chatbot);
		await api.waitForWebhook('chatbot');
		const admin = dialog360At(playground.sandbox.url);
		expect(await admin.post('/v1/configs/webhook', { url: chatbotUrl })).toMatchObject({ status: 200 });

		const twice = await addTrigger('Each event twice', () => ({}));
		await expect(api.publish(twice)).rejects.toThrow(
			`360dialog already sends its events to ${chatbotUrl}, which would get each of them twice`,
		);
		const trigger = await addTrigger('Trigger second', ({ parameters }) => ({
			parameters: { ...parameters, options: {} },
		}));
		await api.publish(trigger);
		write('dialog360', 'one');
		await waitForText(chatbot, 'one');
		await expectDeliveryEvent(trigger, send);
		await api.unpublish(trigger);
		write('dialog360', 'two');
		await waitForText(chatbot, 'two');
		await expectTexts(chatbot, ['one', 'two']);
		await api.unpublish(chatbot);
	});

	it('a chatbot that comes later gets what people wrote before, and goes again without harm', async () => {
		const { api } = playground.n8n;
		const admin = dialog360At(playground.sandbox.url);
		await admin.post('/v1/configs/webhook', { url: '' });
		const trigger = await addTrigger('Trigger first', () => ({}));
		await api.publish(trigger);
		write('dialog360', 'before');
		await waitForRefusal();
		const chatbot = await addChatbot('Chatbot second');
		await api.publish(chatbot);
		await waitForText(chatbot, 'before');
		write('dialog360', 'after');
		await waitForText(chatbot, 'after');
		await expectTexts(chatbot, ['before', 'after']);
		await api.unpublish(chatbot);
		await expectDeliveryEvent(trigger, send);
		await api.unpublish(trigger);
		expect(playground.sandbox.subscriptions().filter(({ provider }) => provider === 'dialog360')).toEqual([]);
	});
});

describe('at Meta, with the app of the chatbot', () => {
	const { appId, appSecret } = accounts.metaCloud;

	/** The chatbot's address as the app's own callback. */
	async function registerChatbot(): Promise<void> {
		const app = callerOf(`${playground.sandbox.url}/meta/v25.0`, { Authorization: `Bearer ${appId}|${appSecret}` });
		const subscription = {
			object: 'whatsapp_business_account',
			callback_url: chatbotUrl,
			verify_token: 'chatbot',
			fields: 'messages',
		};
		expect(await app.post(`/${appId}/subscriptions`, subscription)).toMatchObject({ status: 200 });
		const account = callerOf(`${playground.sandbox.url}/meta/v25.0`, {
			Authorization: `Bearer ${accounts.metaCloud.accessToken}`,
		});
		const path = `/${accounts.metaCloud.businessAccountId}/subscribed_apps`;
		expect(await account.post(path, {})).toMatchObject({ status: 200 });
	}

	const atMeta = (options: object) => () => ({
		parameters: {
			provider: 'metaCloud',
			events: ['message.delivered', 'message.failed'],
			options: { passEventsOnTo: shownAddress, ...options },
		},
		credentials: { whatsAppOtpMetaCloudApi: { id: null, name: 'Meta Cloud API account' } },
	});

	it('each message arrives once, whether the chatbot or the trigger comes first and goes first', async () => {
		const { api } = playground.n8n;
		const chatbot = await addChatbot('Chatbot at Meta');
		await api.publish(chatbot);
		await api.waitForWebhook('chatbot');
		await registerChatbot();
		write('metaCloud', 'without the trigger');
		await waitForText(chatbot, 'without the trigger');

		const careful = await addTrigger('Trigger at Meta without the option', atMeta({}));
		await expect(api.publish(careful)).rejects.toThrow(`already points to another workflow of this n8n: ${chatbotUrl}`);
		const trigger = await addTrigger('Trigger at Meta', atMeta({ replaceExistingWebhook: true }));
		await api.publish(trigger);
		write('metaCloud', 'with both');
		await waitForText(chatbot, 'with both');
		await api.unpublish(trigger);
		write('metaCloud', 'after the trigger');
		await waitForText(chatbot, 'after the trigger');

		// The other way around.
		await api.publish(trigger);
		await api.unpublish(chatbot);
		write('metaCloud', 'while the chatbot was away');
		await waitForRefusal();
		await api.publish(chatbot);
		await waitForText(chatbot, 'while the chatbot was away');
		await expectTexts(chatbot, ['without the trigger', 'with both', 'after the trigger', 'while the chatbot was away']);
		await api.unpublish(trigger);
		await api.unpublish(chatbot);
	});
});

import axios from 'axios';
import { outputOf } from '../../dev/n8n/executions';
import { openSession } from '../../dev/n8n/owner';
import { until } from '../../dev/n8n/wait-until';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import deliveryEvents from '../../examples/delivery-events.json';
import { accounts } from '../../sandbox/accounts';
import { copyCodeTemplate } from '../support/message-samples';
import { openPlaygroundForTest, openingTime } from '../support/running-n8n';
import { sendAndListenWorkflow } from '../support/send-and-listen-workflow';
import { startReceiver } from '../support/webhook-receiver';
import { metaSender, webhookSenders } from '../support/webhook-senders';

const elsewhere = { url: 'https://example.com/elsewhere?token=secret', headers: { 'x-token': 'secret' } };
const http = axios.create({ proxy: false, validateStatus: () => true });

/** Also if n8n refuses one because its database is slow: an older status starts no execution. */
const inOrder = { order: 'strict' } as const;

let playground: Playground;
let workflowId: string;

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	workflowId = playground.workflows.deliveryEvents;
	playground.sandbox.setSchedule(inOrder);
	await setUpTemplateIn(playground);
}, openingTime);
afterAll(() => playground?.stop());

const registered = () =>
	playground.sandbox
		.subscriptions()
		.filter(({ provider }) => provider === 'dialog360')
		.map(({ url, headers }) => ({ url, headers }));

/** Sets another webhook, as another system with the same account would. */
async function registerElsewhere(url = elsewhere.url): Promise<void> {
	const headers = { 'D360-API-KEY': accounts.dialog360.apiKey };
	const address = `${playground.sandbox.url}/360dialog/v1/configs/webhook`;
	expect((await http.post(address, { ...elsewhere, url }, { headers })).status).toBe(200);
	expect(registered()).toEqual([{ ...elsewhere, url }]);
}

let lastNumber = 12015553900;

/** Sends a code to a new number. @returns the id of the message at the provider */
async function send(): Promise<string> {
	const to = String((lastNumber += 1));
	const address = await playground.n8n.api.waitForWebhook('sign-in/send');
	expect(await http.post(address, { phone: `+${to}` })).toMatchObject({ status: 200 });
	const [message] = await playground.sandbox.waitForMessages({ to });
	return message?.id ?? '';
}

/** The events that started executions, once there are `minimum`. n8n answers a webhook before the execution starts. */
async function heard(messageId: string, minimum: number, by = workflowId): Promise<unknown[]> {
	const enough = async () => {
		const events = await heardSoFar(messageId, by);
		return events.length >= minimum ? events : undefined;
	};
	const what = () => `${minimum} events of ${messageId} were heard. Its webhooks: ${webhooksOf(messageId)}`;
	return await until(enough, { what });
}

/** What the sandbox has posted and what it was answered. */
const webhooksOf = (messageId: string) =>
	JSON.stringify(
		playground.sandbox.webhooks({ messageId }).map(({ events, url, attempts }) => ({ events, url, attempts })),
	);

async function heardSoFar(messageId: string, by: string): Promise<unknown[]> {
	const { api } = playground.n8n;
	const running = () => api.executions({ workflowId: by, status: 'running' });
	const isIdle = async () => (await running()).length === 0 || undefined;
	await until(isIdle, { what: () => 'every execution had ended' });
	const executions = await api.executions({ workflowId: by, includeData: true, limit: 100 });
	return executions
		.flatMap((execution) =>
			outputOf(execution, by === workflowId ? (deliveryEvents.nodes[0]?.name ?? '') : 'WhatsApp tells'),
		)
		.filter((item) => item.messageId === messageId)
		.map(({ event }) => event)
		.sort();
}

/** Waits until the executions of all webhooks that were answered before have ended. */
async function heardLater(): Promise<void> {
	playground.sandbox.setSchedule({ statuses: ['sent', 'delivered'], duplicates: 0, order: 'strict' });
	await heard(await send(), 2);
}

const delivered = (messageId: string, count: number) =>
	playground.sandbox.waitForWebhooks({ messageId, state: 'delivered' }, { count });

describe('publishing', () => {
	let chatbot: Awaited<ReturnType<typeof startReceiver>> | undefined;
	afterEach(async () => {
		playground.sandbox.clearFaults();
		await playground.n8n.api.unpublish(workflowId).catch(() => undefined);
		await chatbot?.stop();
		chatbot = undefined;
	});

	it('registers n8n with a secret at the provider, and unpublishing removes it', async () => {
		const [webhook] = registered();
		const { webhookId } = deliveryEvents.nodes[0] ?? {};
		expect(webhook).toEqual({
			url: `${playground.n8n.url}/webhook/${webhookId}/webhook`,
			headers: { 'x-whatsapp-otp-secret': expect.stringMatching(/^\S{32,}$/) as string },
		});
		await playground.n8n.api.unpublish(workflowId);
		expect(registered()).toEqual([]);
	});

	it('leaves a webhook with another address where it is, and gets a copy of each event', async () => {
		chatbot = await startReceiver();
		await registerElsewhere(chatbot.url);
		const before = registered();
		await playground.n8n.api.publish(workflowId);
		expect(registered()).toMatchObject([...before, { url: expect.stringContaining(playground.n8n.url) as string }]);
		const messageId = await send();
		await expect(heard(messageId, 2)).resolves.toEqual(['message.delivered', 'message.sent']);
		expect(chatbot.received.list()).toHaveLength(2);
		await playground.n8n.api.unpublish(workflowId);
		expect(registered()).toEqual(before);
	});

	it('names the other address if there is no room beside it, and changes nothing', async () => {
		await registerElsewhere();
		const fault = { call: 'getMultiWebhook', effect: { answer: { status: 404, body: { error: 'not found' } } } };
		playground.sandbox.addFault(fault);
		const publishing = playground.n8n.api.publish(workflowId);
		await expect(publishing).rejects.toThrow(/already points to https:\/\/example\.com\/elsewhere(?!\?)/);
		expect(registered()).toEqual([elsewhere]);
		await playground.n8n.api.unpublish(workflowId);
		expect(registered()).toEqual([elsewhere]);
	});

	it('replaces a webhook if the option is on, and unpublishing restores it', async () => {
		await registerElsewhere();
		await configure({ replaceExistingWebhook: true });
		await playground.n8n.api.publish(workflowId);
		expect(registered()).toMatchObject([{ url: expect.stringContaining(playground.n8n.url) as string }]);
		await playground.n8n.api.unpublish(workflowId);
		expect(registered()).toEqual([elsewhere]);
	});
});

/** Saves the example with other options of its trigger. */
async function configure(options: Record<string, unknown>): Promise<void> {
	const nodes = deliveryEvents.nodes.map((node) =>
		node.name === deliveryEvents.nodes[0]?.name ? { ...node, parameters: { ...node.parameters, options } } : node,
	);
	const credentials = await playground.n8n.api.listCredentials();
	const credential = credentials.find(({ name }) => name === '360dialog account');
	await playground.n8n.api.ensureWorkflow(
		{ ...deliveryEvents, nodes },
		{ credentials: { whatsAppOtp360DialogApi: credential?.id ?? '' } },
	);
}

describe('an event of the provider', () => {
	beforeAll(async () => {
		playground.sandbox.reset({ keep: ['templates'] });
		playground.sandbox.setSchedule(inOrder);
		await playground.n8n.api.publish(workflowId);
	});

	it('starts no execution without the secret', async () => {
		playground.sandbox.setSchedule({ statuses: ['sent'], wrongSecret: true });
		const forged = await send();
		const [attempt] = await playground.sandbox.waitForWebhooks({ messageId: forged });
		const { url = '', body } = attempt ?? {};
		for (const headers of [{}, { 'x-whatsapp-otp-secret': '' }, { 'x-whatsapp-otp-secret': 'wrong' }]) {
			await expect(http.post(url, body, { headers })).resolves.toMatchObject({ status: 401 });
		}
		const statuses = () => playground.sandbox.webhooks({ messageId: forged })[0]?.attempts.map(({ status }) => status);
		const isAnswered = async () => statuses()?.[0] !== undefined || undefined;
		await until(isAnswered, { what: () => 'the forged webhook was answered' });
		expect(statuses()).toContain(401);

		playground.sandbox.setSchedule({ statuses: ['sent', 'delivered'], wrongSecret: false });
		const real = await send();
		await delivered(real, 2);
		await heardLater();
		await expect(heard(real, 2)).resolves.toEqual(['message.delivered', 'message.sent']);
		await expect(heard(forged, 0)).resolves.toEqual([]);
	});

	it('starts one execution, also if the webhook is repeated', async () => {
		playground.sandbox.setSchedule({ statuses: ['sent', 'delivered'], duplicates: 3, order: 'strict' });
		const messageId = await send();
		await delivered(messageId, 8);
		await heardLater();
		await expect(heard(messageId, 2)).resolves.toEqual(['message.delivered', 'message.sent']);
	});

	it('starts no execution if it is older than the known status', async () => {
		playground.sandbox.setSchedule({ statuses: ['sent', 'delivered'], duplicates: 1, order: 'reversed' });
		const messageId = await send();
		await delivered(messageId, 4);
		await heardLater();
		await expect(heard(messageId, 1)).resolves.toEqual(['message.delivered']);
	});
});

describe.each([
	metaSender,
	...webhookSenders.filter(({ account }) => account === 'oneMsg' || account === 'onPremises'),
])('a workflow with a trigger for $account', ({ account, provider, credential }) => {
	let id: string;
	const told = () => playground.sandbox.subscriptions().filter((subscription) => subscription.provider === account);
	const addresses = () => told().map(({ url }) => url.replace(/\?.*/, ''));
	const address = (kind: string) => `${playground.n8n.url}/${kind}/hear-${account}/webhook`;

	beforeAll(async () => {
		playground.sandbox.reset({ keep: ['templates', 'subscriptions'] });
		playground.sandbox.setSchedule(inOrder);
		const { name, language, components } = copyCodeTemplate();
		playground.sandbox.setTemplate({ provider: account, name, language, components });
		const { type, ...own } = (await playground.n8n.api.listCredentials()).find(
			({ name: given }) => given === credential,
		) ?? {
			id: '',
			name: '',
			type: '',
		};
		id = await playground.n8n.api.ensureWorkflow(sendAndListenWorkflow({ account, provider }, { [type]: own }));
		await playground.n8n.api.publish(id);
	});
	afterAll(() => playground.n8n.api.unpublish(id).catch(() => undefined));

	/** Sends by this workflow. @returns the id of the message at the provider */
	async function sendBy(): Promise<string> {
		const to = String((lastNumber += 1));
		const asked = await playground.n8n.api.waitForWebhook(`send-${account}`);
		expect(await http.post(asked, { to: `+${to}` })).toMatchObject({ status: 200 });
		const [message] = await playground.sandbox.waitForMessages({ provider: account, to });
		return message?.id ?? '';
	}

	it('receives delivery events while it is published', async () => {
		expect(addresses()).toEqual([address('webhook')]);
		// Later than n8n has stored the message id: without callback data, only that id leads to the send.
		playground.sandbox.setSchedule({ sentMs: 1000, deliveredMs: 1500 });
		const messageId = await sendBy();
		await playground.sandbox.waitForWebhooks({ provider: account, messageId, state: 'delivered' }, { count: 2 });
		await expect(heard(messageId, 2, id)).resolves.toEqual(['message.delivered', 'message.sent']);
	});

	it('gives its address to test events and gets it back after the first event', async () => {
		const session = await openSession(playground.n8n.url);
		const run = { triggerToStartFrom: { name: 'WhatsApp tells' } };
		const answer = await session.post<unknown>(`/workflows/${id}/run`, run);
		expect(answer.data).toEqual({ data: { waitingForWebhook: true } });
		expect(addresses()).toEqual([address('webhook-test')]);
		await sendBy();
		const isBack = async () => addresses().join() === address('webhook') || undefined;
		await until(isBack, { what: () => 'the webhook was given back' });
	});

	it('receives no events after it is unpublished', async () => {
		await playground.n8n.api.unpublish(id);
		expect(told()).toEqual([]);
	});
});

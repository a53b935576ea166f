import { z } from 'zod';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { anyString, matching } from '../support/matchers';
import { codeMessage, copyCodeTemplate } from '../support/message-samples';
import { dialog360At, messageIdIn, type Caller } from '../support/sandbox-callers';
import { startReceiver, type Received } from '../support/webhook-receiver';

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

const path = '/v1/configs/webhook';
let sandbox: Sandbox;
let dialog360: Caller;
let receiver: Receiver;

beforeAll(async () => {
	sandbox = await startSandbox();
	dialog360 = dialog360At(sandbox.url);
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
	sandbox.reset();
	sandbox.setSchedule({ sentMs: 5, deliveredMs: 20, failedMs: 5 });
	sandbox.setTemplate(seed());
	receiver = await startReceiver();
	await dialog360.post(path, { url: receiver.url, headers: { Authorization: 'Basic c2VjcmV0' } });
});
afterEach(() => receiver.stop());

async function replaceReceiver(...answers: Parameters<typeof startReceiver>): Promise<void> {
	await receiver.stop();
	receiver = await startReceiver(...answers);
	await dialog360.post(path, { url: receiver.url });
}

function seed() {
	const { name, language, components } = copyCodeTemplate();
	return { name, language, components };
}

const change = z.object({ value: z.object({ statuses: z.array(z.record(z.unknown())) }) });
const event = z.object({ entry: z.array(z.object({ changes: z.array(change) })) });

const statusesIn = ({ body }: Received) =>
	event.parse(body).entry.flatMap(({ changes }) => changes.flatMap(({ value }) => value.statuses));

async function received(count: number): Promise<Array<Record<string, unknown>>> {
	return (await receiver.received.wait(() => true, { count })).flatMap(statusesIn);
}

async function send(more: object = {}): Promise<string> {
	return messageIdIn(await dialog360.post('/messages', { ...codeMessage(), ...more }));
}

test('a registered webhook is returned with its headers, can be read, and can be removed', async () => {
	const registered = { url: receiver.url, headers: { 'X-Secret': 'abc' } };
	expect((await dialog360.post(path, registered)).data).toEqual(registered);
	expect((await dialog360.get(path)).data).toEqual(registered);
	expect((await dialog360.post(path, { url: 'somewhere' })).status).toBe(400);
	await dialog360.post(path, { url: '' });
	expect((await dialog360.get(path)).data).toEqual({ url: '', headers: {} });
});

test("sent and delivered are reported in Meta's shape, with the registered header, unsigned", async () => {
	const id = await send({ biz_opaque_callback_data: 'verification-7' });
	const [sent, delivered] = await received(2);

	const [first] = receiver.received.list();
	expect(first?.headers.authorization).toBe('Basic c2VjcmV0');
	expect(first?.headers).not.toHaveProperty('x-hub-signature-256');
	expect(first?.body).toMatchObject({
		object: 'whatsapp_business_account',
		entry: [{ changes: [{ field: 'messages', value: { messaging_product: 'whatsapp' } }] }],
	});
	const common = { id, recipient_id: '12015553931', biz_opaque_callback_data: 'verification-7' };
	expect(sent).toMatchObject({
		...common,
		status: 'sent',
		timestamp: matching(/^\d{10}$/),
		conversation: { origin: { type: 'authentication' } },
		pricing: { category: 'authentication' },
	});
	expect(delivered).toMatchObject({ ...common, status: 'delivered' });
	expect(delivered).not.toHaveProperty('conversation');
});

test('read is reported when a person reads the message, and not before delivered', async () => {
	await send();
	sandbox.readMessages({ to: '12015553931' });
	const statuses = await received(3);
	expect(statuses.map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
	expect(sandbox.messages({ status: 'read' })).toHaveLength(1);
});

test('a webhook is retried until the receiver answers with 200', async () => {
	await replaceReceiver([500, 302, 204]);
	sandbox.setSchedule({ statuses: ['sent'] });
	await send();
	const [entry] = await sandbox.waitForWebhooks({ state: 'delivered' });
	expect(entry?.attempts.map(({ status }) => status)).toEqual([500, 302, 204, 200]);
});

test('a message with an ordered failure is accepted first and reported as failed later', async () => {
	sandbox.addFault({ to: '12015553931', effect: { failedWebhook: { code: 131026 } } });
	const id = await send();
	const [failed] = await received(1);
	expect(failed).toMatchObject({
		id,
		status: 'failed',
		errors: [{ code: 131026, title: 'Message undeliverable', error_data: { details: anyString } }],
	});
	expect(failed).not.toHaveProperty('conversation');
	expect(failed).not.toHaveProperty('pricing');
	expect(sandbox.messages()).toMatchObject([{ status: 'failed' }]);
});

describe('the schedule', () => {
	const order = async (count: number) => (await received(count)).map(({ status }) => status);

	test('reverses the order', async () => {
		sandbox.setSchedule({ order: 'reversed', readMs: 40 });
		await send();
		expect(await order(3)).toEqual(['read', 'delivered', 'sent']);
	});

	test('keeps a status until the one before is answered', async () => {
		let answer = (): void => undefined;
		await replaceReceiver([], new Promise((resolve) => (answer = resolve)));
		await send();
		await sandbox.waitForMessages({ status: 'delivered' });
		await send({ to: '12015553932' });
		expect(await order(2)).toEqual(['sent', 'sent']);
		answer();
		expect(await order(4)).toEqual(['sent', 'sent', 'delivered', 'delivered']);
	});

	test.each([
		['normal', 'before', [503, 200, 503], ['sent', 'delivered', 'sent', 'sent']],
		['strict', 'after', [503, 503], ['sent', 'sent', 'sent', 'delivered']],
		['reversed', 'after', [503, 503], ['delivered', 'delivered', 'delivered', 'sent']],
	] as const)(
		'%s, leaves the next status %s the repetition of a refused one',
		async (wanted, _when, answers, arrived) => {
			sandbox.setSchedule({ order: wanted, statuses: ['sent', 'delivered'] });
			await replaceReceiver([...answers]);
			await send();
			expect(await order(4)).toEqual(arrived);
		},
	);

	test('repeats events', async () => {
		sandbox.setSchedule({ duplicates: 1 });
		await send();
		expect((await order(4)).toSorted()).toEqual(['delivered', 'delivered', 'sent', 'sent']);
	});

	test('skips statuses', async () => {
		sandbox.setSchedule({ statuses: ['sent', 'read'], readMs: 40 });
		await send();
		expect(await order(2)).toEqual(['sent', 'read']);
	});

	test('puts several statuses into one POST', async () => {
		sandbox.setSchedule({ batch: true });
		await send();
		expect(await order(1)).toEqual(['sent', 'delivered']);
	});

	test('adds a status and fields that do not exist', async () => {
		sandbox.setSchedule({ unknownStatus: true, unknownFields: true });
		await send();
		const statuses = await received(3);
		expect(statuses.map(({ status }) => status)).toContain('in_orbit');
		expect(statuses[0]).toHaveProperty('orbit');
	});

	test('sends a wrong secret', async () => {
		sandbox.setSchedule({ wrongSecret: true });
		await send();
		await received(1);
		expect(receiver.received.list()[0]?.headers.authorization).not.toBe('Basic c2VjcmV0');
	});

	test('turns off webhooks, while the phone still gets messages', async () => {
		sandbox.setSchedule({ enabled: false });
		await send();
		await sandbox.waitForMessages({ status: 'delivered' });
		expect(sandbox.webhooks()).toEqual([]);
	});
});

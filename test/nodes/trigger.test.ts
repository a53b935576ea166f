import type { IDataObject } from 'n8n-workflow';
import { newPhone, sending, useInstallation } from '../support/installation';
import { listen, status, statusesPayload, type ListeningWorkflow } from '../support/listening-workflow';
import { anyString } from '../support/matchers';
import { checkCode, sendCode } from '../support/send-and-check';
import { inSeconds, pass } from '../support/time';

const installation = useInstallation();
let workflow: ListeningWorkflow | undefined;

beforeEach(() => {
	// With these pauses, one webhook is finished before the next one arrives.
	installation.sandbox.setSchedule({ sentMs: 60, deliveredMs: 300, failedMs: 60 });
});
afterEach(async () => {
	await workflow?.trigger.stop();
	workflow = undefined;
});

async function listening(parameters: Parameters<typeof listen>[1] = {}): Promise<ListeningWorkflow> {
	workflow = await listen(installation, parameters);
	return workflow;
}

async function stateOf(verificationId: unknown) {
	const get = { resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' };
	const { json } = await installation.run(get, { input: [{ verificationId } as IDataObject] });
	return json[0]?.[0];
}

const names = (items: IDataObject[]) => items.map(({ event }) => event);

test('the trigger reports sent, delivered and read, with all documented fields', async () => {
	const { hear } = await listening();
	const options = { metadata: '{"userId": 7}', purpose: 'payment' };
	const { to, verificationId } = await sendCode(installation, { options });
	const [sent, delivered] = await hear(2);
	const messageId = installation.sandbox.messages({ to })[0]?.id;
	const about = {
		provider: 'dialog360',
		messageId,
		recipient: to.slice(1),
		occurredAt: inSeconds(0),
		verificationId,
		purpose: 'payment',
		metadata: { userId: 7 },
	};
	expect(sent).toEqual({ event: 'message.sent', deliveryStatus: 'sent', ...about });
	expect(delivered).toEqual({ event: 'message.delivered', deliveryStatus: 'delivered', ...about });
	installation.sandbox.readMessages({ to });
	expect(await hear(1)).toEqual([{ event: 'message.read', deliveryStatus: 'read', ...about }]);
	expect(await stateOf(verificationId)).toMatchObject({
		deliveries: [
			{
				status: 'read',
				sentAt: inSeconds(0),
				deliveredAt: inSeconds(0),
				readAt: inSeconds(0),
			},
		],
	});
});

test('the trigger reports why a code was not delivered, and the verification becomes undeliverable', async () => {
	const { hear } = await listening();
	const to = newPhone();
	installation.sandbox.addFault({
		to,
		effect: { failedWebhook: { code: 131026, details: 'Not on WhatsApp.' } },
	});
	const { verificationId, code } = await sendCode(installation, {}, to);
	const error = {
		code: 131026,
		title: 'Message undeliverable',
		details: 'Not on WhatsApp.',
		class: 'recipient',
	};
	const [failed] = await hear(1);
	expect(failed).toMatchObject({
		event: 'message.failed',
		recipient: to.slice(1),
		verificationId,
		deliveryStatus: 'failed',
		error: { ...error, hint: 'Send this person a code by SMS or e-mail' },
	});
	expect(await stateOf(verificationId)).toMatchObject({
		status: 'undeliverable',
		deliveries: [{ status: 'failed', failedAt: inSeconds(0), error }],
	});
	expect(await checkCode(installation, { verificationId, code })).toMatchObject({
		result: 'undeliverable',
	});
});

test('a late delivery makes an undeliverable verification pending again', async () => {
	const { hear, post } = await listening();
	const to = newPhone();
	installation.sandbox.addFault({ to, effect: { failedWebhook: { code: 131026 } } });
	const { verificationId, code } = await sendCode(installation, {}, to);
	const [failed] = await hear(1);
	const [message] = installation.sandbox.messages({ to });
	const given = { biz_opaque_callback_data: message?.callbackData };
	const late = await post({ json: statusesPayload(status(failed?.messageId, 'delivered', given)) });
	expect(late.items).toMatchObject([{ event: 'message.delivered', deliveryStatus: 'delivered', verificationId }]);
	expect(await stateOf(verificationId)).toMatchObject({
		status: 'pending',
		deliveries: [expect.not.objectContaining({ error: expect.anything() as unknown })],
	});
	expect(await checkCode(installation, { verificationId, code })).toMatchObject({ result: 'approved' });
});

test('an event of our message counts, with or without the callback data that the provider returns', async () => {
	workflow = await listen(installation, {}, { id: 'trigger' });
	const { post } = workflow;
	installation.sandbox.setSchedule({ enabled: false });
	const { to } = await sendCode(installation);
	const [message] = installation.sandbox.messages({ to });
	const report = async (name: string, more = {}) =>
		names((await post({ json: statusesPayload(status(message?.id, name, more)) })).items);
	expect(await report('sent')).toEqual(['message.sent']);
	expect(await report('delivered', { biz_opaque_callback_data: message?.callbackData })).toEqual(['message.delivered']);
	expect(await report('read')).toEqual(['message.read']);
});

test('an event resolves a send whose answer was lost', async () => {
	const { hear } = await listening();
	const to = newPhone();
	installation.sandbox.addFault({ to, times: 1, effect: { loseAnswer: true } });
	const { json } = await installation.run(sending(), { input: [{ to }] });
	const { verificationId } = json[0]?.[0] ?? {};
	const [sent, delivered] = await hear(2);
	expect([sent, delivered]).toMatchObject([
		{ event: 'message.sent', verificationId },
		{ event: 'message.delivered', verificationId },
	]);
	expect(await stateOf(verificationId)).toMatchObject({
		deliveries: [{ status: 'delivered', message: { id: sent?.messageId, waId: to.slice(1) } }],
	});
	expect(installation.sandbox.messages({ to })).toHaveLength(1);
});

describe('the settings decide which events start a run', () => {
	it('by event', async () => {
		const { trigger, hear } = await listening({ events: ['message.read'] });
		const { to } = await sendCode(installation);
		const [first, second] = [await trigger.next(), await trigger.next()];
		expect([first, second].map(({ status, run }) => ({ status, run }))).toEqual([{ status: 200 }, { status: 200 }]);
		installation.sandbox.readMessages({ to });
		expect(names(await hear(1))).toEqual(['message.read']);
	});

	it('by the sender of the message', async () => {
		const foreign = statusesPayload(status('wamid.of.another.system', 'delivered'));
		const own = await listening();
		expect(await own.post({ json: foreign })).toMatchObject({ status: 200, isRun: false });
		await own.trigger.unpublish();
		const all = await listening({ options: { onlyOtpMessages: false } });
		expect((await all.post({ json: foreign })).items).toEqual([
			{
				event: 'message.delivered',
				provider: 'dialog360',
				messageId: 'wamid.of.another.system',
				recipient: '12015553931',
				occurredAt: inSeconds(0),
				deliveryStatus: 'delivered',
				verificationId: null,
				purpose: null,
				metadata: {},
			},
		]);
	});
});

describe('repeated events and events out of order', () => {
	it('start one run for each event', async () => {
		installation.sandbox.setSchedule({ statuses: ['delivered'], duplicates: 2 });
		const { trigger } = await listening();
		await sendCode(installation);
		const outcomes = [await trigger.next(), await trigger.next(), await trigger.next()];
		expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 200]);
		expect(outcomes.filter(({ run }) => run !== undefined)).toHaveLength(1);
	});

	it('lead to the highest status, and older events start no run', async () => {
		installation.sandbox.setSchedule({ order: 'reversed', readMs: 600 });
		const { trigger } = await listening();
		const { verificationId } = await sendCode(installation);
		const outcomes = [await trigger.next(), await trigger.next(), await trigger.next()];
		const events = outcomes.flatMap(({ run }) => run?.node('Trigger').outputs[0] ?? []);
		expect(names(events.map(({ json }) => json))).toEqual(['message.read']);
		expect(await stateOf(verificationId)).toMatchObject({
			deliveries: [{ status: 'read', sentAt: anyString, deliveredAt: anyString, readAt: anyString }],
		});
	});

	it('start one run with several items if they come in one post', async () => {
		installation.sandbox.setSchedule({ batch: true, unknownStatus: true, unknownFields: true });
		const { heard } = await listening();
		await sendCode(installation);
		expect(names(await heard())).toEqual(['message.sent', 'message.delivered']);
	});

	it('start no second run after an hour or a week', async () => {
		const { hear, post } = await listening();
		await sendCode(installation);
		const [, delivered] = await hear(2);
		const again = statusesPayload(status(delivered?.messageId, 'delivered'));
		for (const hours of [1, 7 * 24]) {
			pass(hours * 3600);
			expect(await post({ json: again })).toMatchObject({ status: 200, isRun: false });
		}
	});
});

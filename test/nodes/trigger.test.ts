import type { IDataObject } from 'n8n-workflow';
import { checkCode, sendCode } from '../support/checks';
import { newPhone, sending, useInstallation } from '../support/installation';
import { anyString } from '../support/sandbox-account';
import { inSeconds, pass } from '../support/time';
import { listen, status, statusesPayload, type ListeningWorkflow } from '../support/triggers';

const installation = useInstallation();
let workflow: ListeningWorkflow | undefined;

beforeEach(() => {
	// Far enough apart for one webhook to be done with before the next comes.
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

test('tells what becomes of a code, in the words of the contract', async () => {
	const { hear } = await listening();
	const options = { metadata: '{"userId": 7}', purpose: 'payment' };
	const { to, verificationId } = await sendCode(installation, { options });
	const [sent, delivered] = await hear(2);
	const messageId = installation.sandbox.messages({ to })[0]?.id;
	const about = {
		...{
			provider: 'dialog360',
			messageId,
			recipient: to.slice(1),
			occurredAt: inSeconds(0),
			verificationId,
		},
		...{ purpose: 'payment', metadata: { userId: 7 } },
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
				failedAt: null,
			},
		],
	});
});

test('tells why a code will not arrive, and the verification is undeliverable', async () => {
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
		...{ event: 'message.failed', recipient: to.slice(1), verificationId, deliveryStatus: 'failed' },
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

test('what was delivered after all flips it back', async () => {
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
		deliveries: [{ status: 'delivered', error: null }],
	});
	expect(await checkCode(installation, { verificationId, code })).toMatchObject({ result: 'approved' });
});

test('looks up what lacks the data of our sends until it was seen to come back, and failures ever after', async () => {
	workflow = await listen(installation, {}, { id: 'trigger-that-learns' });
	const { post } = workflow;
	installation.sandbox.setSchedule({ enabled: false });
	const sendOne = async () => {
		const { to } = await sendCode(installation);
		const [message] = installation.sandbox.messages({ to });
		return async (name: string, more = {}) =>
			names((await post({ json: statusesPayload(status(message?.id, name, more)) })).items);
	};
	const tell = await sendOne();
	const given = { biz_opaque_callback_data: installation.sandbox.messages()[0]?.callbackData };
	expect(await tell('sent')).toEqual(['message.sent']);
	expect(await tell('delivered', given)).toEqual(['message.delivered']);
	// As of somebody else's message, though it is ours: no provider gives it back now and then.
	expect(await tell('read')).toEqual([]);
	expect(await tell('read', given)).toEqual(['message.read']);
	expect(await (await sendOne())('failed')).toEqual(['message.failed']);
});

test('resolves a send whose answer was lost', async () => {
	const { hear } = await listening();
	const to = newPhone();
	installation.sandbox.addFault({ to, times: 1, effect: { loseAnswer: true } });
	const { json } = await installation.run(sending(), { input: [{ to }] });
	const { verificationId } = json[1]?.[0] ?? {};
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

describe('only what is asked for starts a run', () => {
	it('by event', async () => {
		const { trigger, hear } = await listening({ events: ['message.read'] });
		const { to } = await sendCode(installation);
		const [first, second] = [await trigger.next(), await trigger.next()];
		expect([first, second].map(({ status, run }) => ({ status, run }))).toEqual([{ status: 200 }, { status: 200 }]);
		installation.sandbox.readMessages({ to });
		expect(names(await hear(1))).toEqual(['message.read']);
	});

	it('by whose message it is', async () => {
		const foreign = statusesPayload(status('wamid.of.somebody.else', 'delivered'));
		const own = await listening();
		expect(await own.post({ json: foreign })).toMatchObject({ status: 200, isRun: false });
		await own.trigger.unpublish();
		const all = await listening({ options: { onlyOtpMessages: false } });
		expect((await all.post({ json: foreign })).items).toEqual([
			{
				...{ event: 'message.delivered', provider: 'dialog360', messageId: 'wamid.of.somebody.else' },
				...{ recipient: '12015553931', occurredAt: inSeconds(0), deliveryStatus: 'delivered' },
				...{ verificationId: null, purpose: null, metadata: {} },
			},
		]);
	});
});

describe('doubled and in disorder', () => {
	it('an event starts one run', async () => {
		installation.sandbox.setSchedule({ statuses: ['delivered'], duplicates: 2 });
		const { trigger } = await listening();
		await sendCode(installation);
		const outcomes = [await trigger.next(), await trigger.next(), await trigger.next()];
		expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 200]);
		expect(outcomes.filter(({ run }) => run !== undefined)).toHaveLength(1);
	});

	it('events end at the highest rank, and older ones are no news', async () => {
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

	it('several in one post are several items of one run', async () => {
		installation.sandbox.setSchedule({ batch: true, unknownStatus: true, unknownFields: true });
		const { heard } = await listening();
		await sendCode(installation);
		expect(names(await heard())).toEqual(['message.sent', 'message.delivered']);
	});

	it('the same event is no news an hour later, nor in a week', async () => {
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

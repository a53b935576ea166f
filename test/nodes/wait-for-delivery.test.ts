/** 'Wait for Delivery' of Send and Resend. The trigger listens to the webhooks of the sandbox. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { codeOn, newPhone, sending, useInstallation, verifying, type RunOptions } from '../support/installation';
import { listen, type ListeningWorkflow } from '../support/listening-workflow';
import { anyString, containing } from '../support/matchers';
import { RedisServer } from '../support/redis-server';
import { testsThatNeed } from '../support/required-tools';
import { nextPause, pass, skipPauses } from '../support/time';

const { it: withRedis } = testsThatNeed('Redis');
const installation = useInstallation();
const neverReported = containing('No delivery of this provider was ever reported');

let workflow: ListeningWorkflow | undefined;

afterEach(async () => {
	await workflow?.trigger.unpublish();
	workflow = undefined;
	jest.restoreAllMocks();
	await RedisServer.stopAll();
});

const listening = async () => (workflow = await listen(installation));

const sendAnd = (input: IDataObject[], options: INodeParameters = {}, more: RunOptions = {}) =>
	installation.run(sending({ options: { waitForDelivery: 30, ...options } }), { input, ...more });

/** Milliseconds between two looks into the store. */
const interval = 1000;

/** Stops the Redis of the codes while the run waits for the delivery, so after its message was recorded. */
async function sendAndStopRedis() {
	const redis = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
	const store = { store: 'redis', signingSecret: 'a signing secret of this test', url: redis.url };
	const credentials = { whatsAppOtp360DialogApi: installation.account, whatsAppOtpStoreApi: store };
	const to = newPhone();
	const waits = nextPause(interval);
	const sent = sendAnd([{ to }], {}, { credentials });
	await waits;
	await redis.stop();
	return { redis, credentials, to, sent };
}

const continued = (operation: string, verificationId: unknown, more: INodeParameters = {}) =>
	installation.run(
		{ resource: 'otp', operation, verificationId: '={{ $json.verificationId }}', ...more },
		{ input: [{ verificationId } as IDataObject] },
	);

describe('a send that waits for its delivery', () => {
	it('shows a hint if no delivery was ever reported', async () => {
		skipPauses();
		const { json, hints } = await sendAnd([{ to: newPhone() }]);
		expect(json).toMatchObject([[{ result: 'undelivered', reason: anyString }], []]);
		expect(hints).toContainEqual(neverReported);
	});

	it.each([
		['delivered', {}],
		['read', { readMs: 250 }],
	])('leaves by Sent when the message is %s', async (_status, schedule) => {
		await listening();
		installation.sandbox.setSchedule(schedule);
		const to = newPhone();
		const { json, hints } = await sendAnd([{ to }]);
		expect(json).toMatchObject([
			[],
			[{ result: 'sent', to, message: { status: expect.stringMatching(/delivered|read/) as string } }],
		]);
		expect(hints).toEqual([]);
		// The provider is asked for nothing but the send.
		expect(installation.sandbox.requests().filter(({ path }) => path.includes('messages'))).toHaveLength(1);
	});

	it('leaves by Not Sent as undeliverable when the message fails', async () => {
		await listening();
		const to = newPhone();
		installation.sandbox.addFault({ to, effect: { failedWebhook: { code: 131026 } } });
		const { json } = await sendAnd([{ to }]);
		expect(json).toMatchObject([[{ result: 'undeliverable', to, providerError: { code: 131026 } }], []]);
		expect(Object.keys(json[0]?.[0] ?? {}).slice(0, 2)).toEqual(['result', 'reason']);
	});

	withRedis('leaves by Not Sent with its id if the store does not answer any more', async () => {
		const { to, sent } = await sendAndStopRedis();
		pass(30);
		const { json, error } = await sent;
		const reason = containing('refused the connection. The code stays valid');
		expect(error).toBeUndefined();
		expect(json).toMatchObject([[{ result: 'undelivered', reason, to, verificationId: anyString }], []]);
	});

	withRedis('goes on waiting while the store does not answer for a moment', async () => {
		await listening();
		const { redis, credentials, to, sent } = await sendAndStopRedis();
		await redis.launch();
		const input = [{ to, code: codeOn(installation.sandbox, to) }];
		const byPhone = verifying({ identifyBy: 'phone', to: '={{ $json.to }}' });
		expect((await installation.run(byPhone, { input, credentials })).json[1]).toMatchObject([{ result: 'approved' }]);
		// A person who entered the code has received it.
		expect((await sent).json).toMatchObject([[], [{ result: 'sent', to }]]);
	});

	it('leaves by Not Sent as undelivered when the time is over, and the code stays valid', async () => {
		skipPauses();
		const to = newPhone();
		const { json, hints } = await sendAnd([{ to }]);
		expect(json).toMatchObject([
			[{ result: 'undelivered', status: 'pending', to, reason: containing('30 seconds') }],
			[],
		]);
		// The tests before have reported deliveries.
		expect(hints).not.toContainEqual(neverReported);
		const { verificationId } = json[0]?.[0] ?? {};
		const checked = await installation.run(verifying(), {
			input: [{ verificationId, code: codeOn(installation.sandbox, to) }],
		});
		expect(checked.json[1]).toMatchObject([{ result: 'approved' }]);
	});

	it('can be continued by Generate, with the same attempts', async () => {
		skipPauses();
		const { json } = await sendAnd([{ to: newPhone() }]);
		const { verificationId } = json[0]?.[0] ?? {};
		await installation.run(verifying(), { input: [{ verificationId, code: '000000' }] });
		pass(30);
		const issued = await continued('generate', verificationId, { identifyBy: 'verificationId' });
		expect(issued.json[1]).toMatchObject([{ result: 'issued', verificationId, attemptsRemaining: 4 }]);
	});

	it('leaves by Sent when the person enters the code before a report', async () => {
		const to = newPhone();
		const running = sendAnd([{ to }]);
		await installation.sandbox.waitForMessages({ to });
		const code = codeOn(installation.sandbox, to);
		await installation.run(verifying({ identifyBy: 'phone', to }), { input: [{ code }] });
		expect((await running).json[1]).toMatchObject([{ result: 'sent', status: 'approved' }]);
	});

	it('leaves by Not Sent when the verification is canceled', async () => {
		const key = 'canceled while it waits';
		const to = newPhone();
		const waits = nextPause(interval);
		const running = sendAnd([{ to }], { idempotencyKey: key });
		await waits;
		const same = await sendAnd([{ to }], { idempotencyKey: key, waitForDelivery: 0 });
		await continued('cancel', same.json[1]?.[0]?.verificationId);
		expect((await running).json).toMatchObject([[{ result: 'canceled', status: 'canceled' }], []]);
	});

	it('waits again when it is repeated, and sends nothing', async () => {
		skipPauses();
		const to = newPhone();
		const options = { idempotencyKey: 'repeated' };
		await sendAnd([{ to }], options);
		expect((await sendAnd([{ to }], options)).json).toMatchObject([[{ result: 'undelivered' }], []]);
		expect(installation.sandbox.messages({ to })).toHaveLength(1);
	});

	it('stops when the execution is canceled', async () => {
		const stop = new AbortController();
		const to = newPhone();
		const running = sendAnd([{ to }], {}, { signal: stop.signal });
		await installation.sandbox.waitForMessages({ to });
		stop.abort();
		expect((await running).status).toBe('canceled');
	});

	it('delays no other item, also with a concurrency of one', async () => {
		await listening();
		installation.sandbox.setSchedule({ statuses: ['read'] });
		const phones = Array.from({ length: 20 }, newPhone);
		const running = sendAnd(
			phones.map((to) => ({ to })),
			{ concurrency: 1 },
		);
		// No message is reported before all are sent.
		await installation.sandbox.waitForMessages({}, { count: 20 });
		installation.sandbox.readMessages();
		const { json } = await running;
		expect(json[1]?.map(({ to }) => to)).toEqual(phones);
	});

	it('of a test number does not wait', async () => {
		const to = newPhone();
		const testNumbers = { number: [{ phone: to, code: '123456' }] };
		expect((await sendAnd([{ to }], { testNumbers })).json[1]).toMatchObject([{ result: 'sent', isTest: true }]);
	});

	it.each([-1, 601, 'soon'])('is refused with the time %p', async (waitForDelivery) => {
		const { error } = await sendAnd([{ to: newPhone() }], { waitForDelivery });
		expect(error?.message).toContain("'Wait for Delivery'");
	});
});

describe('a resend that waits for its delivery', () => {
	it('waits for its own message', async () => {
		await listening();
		const to = newPhone();
		const first = await sendAnd([{ to }]);
		const { verificationId } = first.json[1]?.[0] ?? {};
		pass(30);
		installation.sandbox.setSchedule({ enabled: false });
		skipPauses();
		const options = { waitForDelivery: 30 };
		const resent = await continued('resend', verificationId, { ...sending(), operation: 'resend', options });
		expect(resent.json).toMatchObject([[{ result: 'undelivered', isResend: true }], []]);
	});
});

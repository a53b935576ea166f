import { Container } from '@n8n/di';
import { InstanceSettings } from 'n8n-core';
import type { IDataObject } from 'n8n-workflow';
import type { NewFault } from '../../sandbox/faults';
import {
	byName,
	codeOn,
	newPhone,
	sending,
	startInstallation,
	useInstallation,
	verifying,
	type StartedInstallation,
} from '../support/installation';
import { anyString, containing } from '../support/matchers';
import { checkCode } from '../support/send-and-check';
import { pass, skipPauses } from '../support/time';

const installation = useInstallation();

afterEach(() => jest.restoreAllMocks());

/** Sends to a number whose first `times` sends have this effect. */
async function sendUnder(effect: NewFault['effect'], times: number) {
	const to = newPhone();
	installation.sandbox.addFault({ call: 'send', to, times, effect });
	const ran = await installation.run(sending(), { input: [{ to }] });
	const asked = installation.sandbox.requests({ call: 'send' }).length;
	return { to, ...ran, outcome: ran.json[0]?.[0], asked };
}

describe('a provider that limits the rate', () => {
	it.each([
		['throughput', { error: { code: 130429 } }],
		['calls', { answer: { status: 429, body: { error: { message: 'too fast', code: 613 } } } }],
		[
			'the gateway',
			{
				answer: {
					status: 400,
					body: {
						meta: {
							developer_message: 'You have exceeded the limit of 1 request every 2 seconds. Try again later.',
						},
					},
				},
			},
		],
		['Meta not well', { error: { code: 131016 } }],
		['an answer that holds no message', { answer: { status: 200, body: { messages: [] } } }],
	])('is called again after 1 and 4 seconds: %s', async (_what, effect) => {
		const pauses = skipPauses();
		const { json, asked } = await sendUnder(effect, 2);
		expect(json[1]).toMatchObject([{ result: 'sent', isResend: false }]);
		expect(pauses).toEqual([1000, 4000]);
		expect(asked).toBe(3);
		expect(installation.sandbox.messages()).toHaveLength(1);
	});

	it('is called again after 1, 4 and 16 seconds if the limit is for one number', async () => {
		const pauses = skipPauses();
		const { json, asked } = await sendUnder({ error: { code: 131056 } }, 3);
		expect(json[1]).toMatchObject([{ result: 'sent' }]);
		expect(pauses).toEqual([1000, 4000, 16_000]);
		expect(asked).toBe(4);
	});

	it('is called again after the time that it asks for', async () => {
		const pauses = skipPauses();
		const answer = { status: 429, body: {}, headers: { 'retry-after': '2' } };
		expect((await sendUnder({ answer }, 2)).json[1]).toMatchObject([{ result: 'sent' }]);
		expect(pauses).toEqual([2000, 4000]);
	});

	it.each([
		[130429, 'rate_limited', 60, 'Too many messages a second from this phone number', 'throttle'],
		[131016, 'unknown', undefined, 'WhatsApp cannot accept the message at the moment', 'transient'],
	])('in the end is reported, and the send counts nowhere: %i', async (code, result, seconds, reason, kind) => {
		skipPauses();
		const { to, outcome, asked } = await sendUnder({ error: { code } }, 3);
		expect(outcome).toMatchObject({
			result,
			reason,
			to,
			providerError: { code, class: kind },
		});
		expect(outcome?.retryAfterSeconds).toBe(seconds);
		expect(asked).toBe(3);
		pass(5);
		const { json } = await installation.run(sending(), { input: [{ to }] });
		expect(json[1]).toMatchObject([{ result: 'sent', isResend: false, sendsRemaining: 3 }]);
	});
});

describe('Retry On Fail', () => {
	const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

	it('does not send twice if the answer of the provider was lost', async () => {
		const phones = [newPhone(), newPhone()];
		const [lost = '', broken = ''] = phones;
		installation.sandbox.addFault({ to: lost, times: 1, effect: { loseAnswer: true } });
		installation.sandbox.addFault({ to: broken, times: 2, effect: { error: { code: 131042 } } });
		const { json, status } = await installation.run(sending(), {
			input: phones.map((to) => ({ to })),
			node: retrying,
		});
		expect(status).toBe('success');
		expect(json[1]).toMatchObject([{ result: 'sent', to: broken }]);
		expect(json[0]).toMatchObject([{ result: 'unknown', to: lost, status: 'pending', verificationId: anyString }]);
		expect(installation.sandbox.messages({ to: lost })).toHaveLength(1);
		expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(1 + 3);
		const get = { resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' };
		const found = await installation.run(get, { input: json[0] ?? [] });
		expect(found.json[0]).toMatchObject([{ deliveries: [{ status: 'unknown', message: {} }] }]);
		expect(JSON.stringify(found.json)).not.toContain('"id"');
		const input = [{ verificationId: json[0]?.[0]?.verificationId, code: codeOn(installation.sandbox, lost) }];
		expect((await installation.run(verifying(), { input })).json[1]).toMatchObject([{ result: 'approved' }]);
	});

	it('repeats an undeliverable result without a second call', async () => {
		const phones = [newPhone(), newPhone()];
		const [unreachable = '', broken = ''] = phones;
		installation.sandbox.addFault({ to: unreachable, effect: { error: { code: 131026 } } });
		installation.sandbox.addFault({ to: broken, times: 1, effect: { error: { code: 131042 } } });
		const { json } = await installation.run(sending(), {
			input: phones.map((to) => ({ to })),
			node: retrying,
		});
		expect(json[0]).toMatchObject([
			{ result: 'undeliverable', to: unreachable, providerError: { code: 131026, class: 'recipient' } },
		]);
		expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(1 + 2);
	});
});

test('a node sends again each time that a loop reaches it', async () => {
	const to = newPhone();
	installation.sandbox.addFault({ to, times: 1, effect: { error: { code: 131026 } } });
	const { result } = await installation.run(sending(), {
		input: [{ to }],
		connections: { Start: [['OTP']], OTP: [['OTP'], ['Done']] },
	});
	const [first, second] = result.runs.OTP ?? [];
	expect(first?.outputs[0]).toMatchObject([{ json: { result: 'undeliverable', to } }]);
	expect(second?.outputs[1]).toMatchObject([{ json: { result: 'sent', to, isResend: false } }]);
	expect(result.node('Done').outputs[0]).toHaveLength(1);
});

const cancel = async (sent: IDataObject) => {
	const parameters = { resource: 'otp', operation: 'cancel', verificationId: '={{ $json.verificationId }}' };
	return await installation.run(parameters, { input: [sent] });
};

describe('an idempotency key', () => {
	const keyed = async (to: string, key: string, template = 'verification_code') =>
		await installation.run(sending({ ...byName(template), options: { idempotencyKey: key } }), {
			input: [{ to }],
		});

	it('makes one send of two runs', async () => {
		const to = newPhone();
		const [first, second] = [await keyed(to, 'order 7'), await keyed(to, 'order 7')];
		expect(second.json).toEqual(first.json);
		expect(installation.sandbox.messages({ to })).toHaveLength(1);
	});

	it.each<[string, (sent: IDataObject, code: string) => Promise<unknown>]>([
		['already_used', async (sent, code) => await checkCode(installation, { ...sent, code })],
		['expired', async () => pass(3600)],
		['canceled', cancel],
	])('never says sent after the end of the verification, but %s', async (result, end) => {
		const to = newPhone();
		const { json: first } = await keyed(to, `order ${result}`);
		const sent = first[1]?.[0] ?? {};
		await end(sent, codeOn(installation.sandbox, to));
		const { json } = await keyed(to, `order ${result}`);
		expect(json).toMatchObject([[{ result, verificationId: sent.verificationId, to, reason: anyString }], []]);
		expect(installation.sandbox.messages({ to })).toHaveLength(1);
	});

	it('that is reused for another message fails and says what to do', async () => {
		const to = newPhone();
		await keyed(to, 'order 8');
		const { error } = await keyed(to, 'order 8', 'another_template');
		expect(error).toMatchObject({
			message: 'The idempotency key was used for another send within the last 24 hours [item 0]',
			description: containing("'Idempotency Key'"),
			itemIndex: 0,
		});
	});

	it('can be reused after 24 hours, and for another number at once', async () => {
		const [to, other] = [newPhone(), newPhone()];
		await keyed(to, 'order 9');
		expect((await keyed(other, 'order 9')).json[1]).toMatchObject([{ result: 'sent', to: other }]);
		pass(24 * 3600 + 601);
		expect((await keyed(to, 'order 9')).json[1]).toMatchObject([{ result: 'sent', isResend: false }]);
		expect(installation.sandbox.messages({ to })).toHaveLength(2);
	});
});

/**
 * Report: a second n8n on the same store, or one that was set up anew, answered 'sent' and sent no message. Its
 * workflow, node and execution number were those of an earlier send. What must hold:
 * docs/reference/verification-rules.md 1.20 and 7.30.
 */
describe('two installations with one store', () => {
	let installations: StartedInstallation[];

	beforeEach(async () => {
		installations = [await startInstallation(), await startInstallation()];
	});
	afterEach(() => Promise.all(installations.map((each) => each.stop())));

	/** The first execution of this workflow in one of the two, whose database knows no other execution. */
	async function firstExecution(index: 0 | 1, instanceId: string, to: string) {
		const { run, sandbox } = installations[index] ?? installation;
		jest.replaceProperty(Container.get(InstanceSettings), 'instanceId', instanceId);
		const { json, result } = await run(sending(), { input: [{ to }], id: 'sign-in' });
		expect(result.executionId).toBe('1');
		return { json, messages: sandbox.messages({ to }) };
	}

	it('send a message each, with the same workflow, node and execution number', async () => {
		const to = newPhone();
		const first = await firstExecution(0, 'one n8n', to);
		expect(first).toMatchObject({ json: [[], [{ result: 'sent', isResend: false }]], messages: [{}] });
		pass(30);
		const second = await firstExecution(1, 'another n8n', to);
		expect(second).toMatchObject({ json: [[], [{ result: 'sent' }]], messages: [{}] });
	});

	it('that have the same encryption key never say sent after the end of the verification', async () => {
		const to = newPhone();
		const { json, messages } = await firstExecution(0, 'one n8n', to);
		const { verificationId } = json[1]?.[0] ?? {};
		const checked = await checkCode(installations[0] ?? installation, { verificationId, code: messages[0]?.code });
		expect(checked).toMatchObject({ result: 'approved' });
		const again = await firstExecution(1, 'one n8n', to);
		expect(again).toMatchObject({ json: [[{ result: 'already_used', verificationId }], []], messages: [] });
	});
});

import type { NewFault } from '../../sandbox/faults';
import { codeOn, newPhone, sending, useInstallation, verifying, type RunOptions } from '../support/installation';
import { anyString, containing, matching } from '../support/matchers';
import { inSeconds, pass, RequestTimeouts, skipPauses } from '../support/time';

const installation = useInstallation();

afterEach(() => jest.restoreAllMocks());

type Effect = NewFault['effect'];

/** Sends to a number whose sends have this effect. By default, the first one only. */
async function sendUnder(effect: Effect, times = 1, to = newPhone(), options: RunOptions = {}) {
	installation.sandbox.addFault({ call: 'send', to, times, effect });
	const ran = await installation.run(sending(), { input: [{ to }], ...options });
	return {
		to,
		...ran,
		outcome: ran.json[0]?.[0],
		asked: installation.sandbox.requests({ call: 'send' }).length,
	};
}

/** The failed send counts for no limit: the next one is possible after 5 s, with the first cool-down. */
async function expectNothingCounted(to: string): Promise<void> {
	pass(5);
	const { json } = await installation.run(sending(), { input: [{ to }] });
	expect(json[1]).toMatchObject([
		{ result: 'sent', isResend: false, sendsRemaining: 3, resendAvailableAt: inSeconds(30), to },
	]);
}

describe('an error that the builder must correct stops the run, names the setting and counts for no limit', () => {
	it.each([
		[190, 'The access token is invalid or has expired', 'credential'],
		[131005, 'The access token lacks a permission', 'Give the token'],
		[132001, 'There is no approved template with this name in this language', "'Template' and 'Language'"],
		[132015, 'WhatsApp has paused or disabled the template', 'another template'],
		[132000, 'The template has parameters other than the code', "'Template'"],
		[131042, "The business account's payment method does not work", 'Business Manager'],
		[131031, 'Meta has restricted or locked the business account', 'Business Support Home'],
		[131008, 'A parameter of the message is missing or invalid', "'Template'"],
	])('error code %i', async (code, message, fix) => {
		const { to, status, error, asked } = await sendUnder({ error: { code } });
		expect(status).toBe('error');
		expect(error).toEqual({
			name: 'NodeApiError',
			message: `${message} [item 0]`,
			itemIndex: 0,
			description: matching(/\. The provider said: \(#\d+\) .*\(\d+\)$/),
		});
		expect(error?.description).toContain(fix);
		expect(asked).toBe(1);
		await expectNothingCounted(to);
	});

	it('each time it happens', async () => {
		const to = newPhone();
		for (let time = 0; time < 8; time += 1) {
			await sendUnder({ error: { code: 131042 } }, 1, to);
			pass(5);
		}
		await expectNothingCounted(to);
	});

	it('for a wrong API key', async () => {
		const to = newPhone();
		const account = { ...installation.account, apiKey: 'not-the-key-of-this-number' };
		const credentials = { whatsAppOtp360DialogApi: account };
		const { error, result } = await installation.run(sending(), { input: [{ to }], credentials });
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: '360dialog does not know this API key [item 0]',
			itemIndex: 0,
			description: containing("Check 'API Key' in the credential"),
		});
		expect(result.kept() + installation.host.log.text()).not.toContain(account.apiKey);
		await expectNothingCounted(to);
	});

	it('without a credential', async () => {
		const { error, status } = await installation.run(sending(), {
			input: [{ to: newPhone() }],
			credentials: {},
		});
		expect(status).toBe('error');
		expect(error?.message).toMatch(/credential/i);
	});

	it('for an address that is not 360dialog', async () => {
		const account = { ...installation.account, baseUrl: `${installation.sandbox.url}/nowhere` };
		const credentials = { whatsAppOtp360DialogApi: account };
		const { error } = await installation.run(sending(), { input: [{ to: newPhone() }], credentials });
		expect(error).toMatchObject({
			message: matching(/ \[item 0\]$/),
			description: containing("'Base URL'"),
		});
	});

	it('for a rejection in an unknown format', async () => {
		const { error, to } = await sendUnder({ answer: { status: 403, body: 'bad json' } });
		expect(error).toMatchObject({ message: 'The credential does not have permission to do this [item 0]' });
		await expectNothingCounted(to);
	});
});

describe('a person whom WhatsApp can not reach', () => {
	it.each([
		[131026, "WhatsApp can't deliver to this number"],
		[131021, "WhatsApp can't deliver to this number"],
		[131049, 'Meta decided not to deliver this message'],
	])('is undeliverable: %i', async (code, reason) => {
		const { to, outcome, asked, status } = await sendUnder({ error: { code, details: 'because' } });
		expect(status).toBe('success');
		expect(outcome).toMatchObject({
			result: 'undeliverable',
			status: 'undeliverable',
			to,
			reason,
			verificationId: anyString,
			providerError: { code, title: matching(/^\(#\d+\) /), details: 'because', class: 'recipient' },
		});
		expect(asked).toBe(1);
		const input = [{ verificationId: outcome?.verificationId, code: '123456' }];
		const { json } = await installation.run(verifying(), { input });
		expect(json[0]).toMatchObject([{ result: 'undeliverable', verified: false, attemptsRemaining: 5 }]);
	});
});

describe('a provider that does not answer', () => {
	const down = { baseUrl: 'http://127.0.0.1:1', apiKey: 'any' };

	it('is called three times, then the send fails and counts for no limit', async () => {
		const pauses = skipPauses();
		const to = newPhone();
		const credentials = { whatsAppOtp360DialogApi: down };
		const { json, status } = await installation.run(sending(), { input: [{ to }], credentials });
		expect(status).toBe('success');
		expect(json[0]).toMatchObject([
			{
				result: 'unknown',
				reason: '127.0.0.1:1 refused the connection; nothing was sent',
				to,
			},
		]);
		expect(pauses).toEqual([1000, 4000]);
		await expectNothingCounted(to);
	});

	it('is named with the setting to check, if the operation needs its answer', async () => {
		const credentials = { whatsAppOtp360DialogApi: down };
		const list = { resource: 'template', operation: 'getAll' };
		const { error } = await installation.run(list, { credentials });
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: '127.0.0.1:1 refused the connection [item 0]',
			itemIndex: 0,
			description: containing("'Base URL'"),
		});
	});

	it('leads to an unknown result if it is too slow', async () => {
		const timeouts = new RequestTimeouts(20);
		const slow = sendUnder({ delayMs: 600_000 });
		await timeouts.expire(installation.sandbox, 1);
		const { to, outcome, asked } = await slow;
		expect(outcome).toMatchObject({
			result: 'unknown',
			verificationId: anyString,
			status: 'pending',
			to,
			reason: matching(/did not answer within 20 seconds; the code may have been sent$/),
		});
		expect(asked).toBe(1);
		const { json } = await installation.run(sending(), { input: [{ to }] });
		expect(json[0]).toMatchObject([{ result: 'cooldown', retryAfterSeconds: 30 }]);
	});

	it.each([{ loseAnswer: true }, { dropRequest: true }] as const)('leads to an unknown result: %j', async (effect) => {
		const { to, outcome, asked } = await sendUnder(effect);
		expect(outcome).toMatchObject({
			result: 'unknown',
			status: 'pending',
			reason: matching(/closed the connection before it answered; the code may have been sent$/),
		});
		expect(asked).toBe(1);
		const messages = installation.sandbox.messages({ to });
		expect(messages).toHaveLength('loseAnswer' in effect ? 1 : 0);
		if (messages.length === 0) return;
		const input = [{ verificationId: outcome?.verificationId, code: codeOn(installation.sandbox, to) }];
		expect((await installation.run(verifying(), { input })).json[1]).toMatchObject([{ result: 'approved' }]);
	});

	it.each([
		[{ status: 500, body: {} }],
		[{ status: 502, body: '<html>Bad Gateway</html>' }],
		[{ status: 200, body: 'OK' }],
	])('may have sent the code: %j', async (answer) => {
		const { outcome, asked } = await sendUnder({ answer });
		expect(outcome).toMatchObject({ result: 'unknown', status: 'pending', reason: anyString });
		expect(outcome).toMatchObject({ providerError: { code: answer.status, class: 'transient' } });
		expect(asked).toBe(1);
	});
});

describe('items with errors', () => {
	it('do not stop the other items', async () => {
		const timeouts = new RequestTimeouts(20);
		const phones = [newPhone(), newPhone(), newPhone(), newPhone(), newPhone()];
		const effects: Effect[] = [{ delayMs: 600_000 }, { loseAnswer: true }, { error: { code: 131026 } }];
		for (const [index, effect] of effects.entries()) installation.sandbox.addFault({ to: phones[index], effect });
		const running = installation.run(sending(), { input: phones.map((to) => ({ to })) });
		await timeouts.expire(installation.sandbox, phones.length);
		const { json, pairs, status } = await running;
		expect(status).toBe('success');
		expect(json[1]?.map(({ to }) => to)).toEqual(phones.slice(3));
		expect(json[0]?.map(({ result }) => result)).toEqual(['unknown', 'unknown', 'undeliverable']);
		expect(pairs).toEqual([
			[{ item: 0 }, { item: 1 }, { item: 2 }],
			[{ item: 3 }, { item: 4 }],
		]);
	});

	it('each have their own message and item number, also if all fail in the same way', async () => {
		const account = { ...installation.account, apiKey: 'not-the-key-of-this-number' };
		const { json } = await installation.run(sending(), {
			input: [{ to: newPhone() }, { to: '' }, { to: newPhone() }],
			credentials: { whatsAppOtp360DialogApi: account },
			node: { onError: 'continueRegularOutput' },
		});
		expect(json).toMatchObject([
			[
				{ error: '360dialog does not know this API key [item 0]' },
				{ result: 'invalid_phone' },
				{ error: '360dialog does not know this API key [item 2]' },
			],
			[],
		]);
	});
});

import { newPhone, sending, useInstallation, verifying } from '../support/installation';
import { matching } from '../support/matchers';
import { pass } from '../support/time';

const installation = useInstallation();

/** Sends for a purpose. With another purpose each time, only the limits of the phone apply. */
async function send(to: string, purpose = 'authentication') {
	const { json } = await installation.run(sending({ options: { purpose } }), { input: [{ to }] });
	return json[1]?.[0] ?? json[0]?.[0] ?? {};
}

const sends = () => installation.sandbox.requests({ call: 'send' }).length;

test('a send after 29 seconds must wait one more second, and the provider is not called', async () => {
	const to = newPhone();
	await send(to);
	pass(29);
	expect(await send(to)).toEqual({
		result: 'cooldown',
		reason: matching(/ in 1 s$/),
		retryAfterSeconds: 1,
		to,
		isResend: false,
		provider: 'dialog360',
		template: { name: 'verification_code', language: 'en_US' },
		purpose: 'authentication',
		metadata: {},
	});
	expect(sends()).toBe(1);
	pass(1);
	expect(await send(to)).toMatchObject({ result: 'sent', isResend: false });
});

test('the fifth send to a phone in ten minutes is refused with the limit and the time to wait', async () => {
	const to = newPhone();
	for (const purpose of ['one', 'two', 'three', 'four']) {
		expect(await send(to, purpose)).toMatchObject({ result: 'sent', isResend: false });
		pass(10);
	}
	expect(await send(to, 'five')).toMatchObject({
		result: 'rate_limited',
		limit: 'sends per phone in 10 minutes',
		retryAfterSeconds: 600 - 40,
		reason: 'The limit of sends per phone in 10 minutes is reached; try again in 560 s',
		to,
		purpose: 'five',
	});
	expect(sends()).toBe(4);
	expect(await send(newPhone(), 'five')).toMatchObject({ result: 'sent' });
	pass(560);
	expect(await send(to, 'five')).toMatchObject({ result: 'sent' });
});

test('the seventh send in an hour and the thirteenth in a day are refused with the limit', async () => {
	const to = newPhone();
	const began = Date.now();
	const since = () => (Date.now() - began) / 1000;
	for (let sent = 0; sent < 6; sent += 1) {
		expect(await send(to, `purpose ${sent}`)).toMatchObject({ result: 'sent' });
		pass(300);
	}
	const hourly = {
		result: 'rate_limited',
		limit: 'sends per phone in an hour',
		retryAfterSeconds: 3600 - since(),
	};
	expect(await send(to, 'seventh')).toMatchObject(hourly);
	pass(3600);
	for (let sent = 6; sent < 12; sent += 1) {
		expect(await send(to, `purpose ${sent}`)).toMatchObject({ result: 'sent' });
		pass(300);
	}
	pass(3600);
	const daily = {
		result: 'rate_limited',
		limit: 'sends per phone in 24 hours',
		retryAfterSeconds: 24 * 3600 - since(),
	};
	expect(await send(to, 'thirteenth')).toMatchObject(daily);
	expect(sends()).toBe(12);
	pass(24 * 3600 - since());
	expect(await send(to, 'thirteenth')).toMatchObject({ result: 'sent' });
});

test('two spellings of one Brazilian number share a limit, and the message goes to the number as typed', async () => {
	expect(await send('+5511987654321')).toMatchObject({ result: 'sent', to: '+5511987654321' });
	expect(await send('+551187654321')).toMatchObject({ result: 'cooldown' });
	pass(30);
	expect(await send('+551187654321')).toMatchObject({
		result: 'sent',
		isResend: false,
		to: '+551187654321',
	});
	expect(installation.sandbox.messages().map(({ to }) => to)).toEqual(['5511987654321', '551187654321']);
});

test('ten runs at the same time send one message', async () => {
	const to = newPhone();
	const results = (await Promise.all(Array.from({ length: 10 }, () => send(to)))).map(({ result }) => result);
	expect(results.filter((result) => result === 'sent')).toHaveLength(1);
	expect(new Set(results)).toEqual(new Set(['sent', 'cooldown']));
	expect(sends()).toBe(1);
});

test('two runs with one idempotency key send one message, and the second run says that it is in progress', async () => {
	const to = newPhone();
	installation.sandbox.addFault({ to, effect: { delayMs: 6000 } });
	const keyed = async () => {
		const options = { idempotencyKey: 'order 7' };
		const { json } = await installation.run(sending({ options }), { input: [{ to }] });
		return json.flat()[0];
	};
	const first = keyed();
	await installation.sandbox.waitForRequests({ call: 'send' });
	expect(await keyed()).toMatchObject({
		result: 'in_progress',
		to,
		reason: 'The same send is already running',
	});
	const sent = await first;
	expect(sent).toMatchObject({ result: 'sent' });
	expect(await keyed()).toEqual(sent);
	expect(sends()).toBe(1);
});

/** docs/reference/verification-rules.md 1.22 */
test('the limit for all numbers together refuses the next number, and says for how long', async () => {
	const options = { namespace: 'a shop', limits: { limit: { totalHour: 2, totalDay: 10 } } };
	const items = [{ to: newPhone() }, { to: newPhone() }];
	const { json: first } = await installation.run(sending({ options }), { input: items });
	expect(first[1]).toHaveLength(2);
	pass(600);
	const { json } = await installation.run(sending({ options }), { input: [{ to: newPhone() }] });
	expect(json[0]).toMatchObject([
		{ result: 'rate_limited', limit: 'sends of all numbers in an hour', retryAfterSeconds: 3000 },
	]);
	expect(sends()).toBe(2);
});

/** docs/reference/verification-rules.md 1.6 and 1.22 */
test.each([
	['an address', '203.0.113.77', '203.0.113.78'],
	['an address that is missing', undefined, '203.0.113.79'],
])('wrong codes of one caller with %s end in a pause for that caller alone', async (_, clientIp, other) => {
	const checkFrom = async (caller: string | undefined) => {
		const to = newPhone();
		const { json: sent } = await installation.run(sending(), { input: [{ to }] });
		const { verificationId } = sent[1]?.[0] ?? {};
		const code = installation.sandbox.messages({ to })[0]?.code ?? '';
		const wrong = code === '000000' ? '111111' : '000000';
		const limits = { limit: { failedChecksPerCallerHour: 3 } };
		// As an expression, because a header that is missing gives no text.
		const options = { limits, clientIp: '={{ $json.ip }}' };
		const input = [wrong, wrong, code].map((entry) => ({ verificationId, code: entry, ip: caller }));
		const { json } = await installation.run(verifying({ options }), { input });
		return json
			.flat()
			.map(({ result }) => result)
			.sort();
	};
	expect(await checkFrom(clientIp)).toEqual(['approved', 'invalid_code', 'invalid_code']);
	expect(await checkFrom(clientIp)).toEqual(['invalid_code', 'rate_limited', 'rate_limited']);
	expect(await checkFrom(other)).toEqual(['approved', 'invalid_code', 'invalid_code']);
});

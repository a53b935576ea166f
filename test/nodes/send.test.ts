import type { GenericValue } from 'n8n-workflow';
import { codeOn, newPhone, sending, useInstallation, verifying, wrongCode, type Ran } from '../support/installation';
import { anyString, matching } from '../support/matchers';
import { inSeconds, pass } from '../support/time';

const installation = useInstallation();

/** Sends to one number, with these options of the node. */
async function send(to: GenericValue, options: object = {}): Promise<Ran> {
	return await installation.run(sending({ options: { ...options } }), { input: [{ to }] });
}

const sentTo = (to: string) => installation.sandbox.messages({ to });

test('Send puts a code on the phone and returns all data that the workflow needs', async () => {
	const to = newPhone();
	const { json, pairs, hints } = await send(to);
	expect(json).toEqual([
		[],
		[
			{
				result: 'sent',
				verificationId: matching(/^[\w-]{32}$/),
				status: 'pending',
				isResend: false,
				to,
				provider: 'dialog360',
				template: { name: 'verification_code', language: 'en_US' },
				message: { id: matching(/^wamid\./), status: 'accepted', waId: to.slice(1) },
				expiresAt: inSeconds(300),
				attemptsRemaining: 5,
				sendsRemaining: 3,
				resendAvailableAt: inSeconds(30),
				purpose: 'authentication',
				metadata: {},
			},
		],
	]);
	expect(pairs).toEqual([[], [{ item: 0 }]]);
	expect(hints).toEqual([]);
	const [message] = sentTo(to);
	expect(message?.code).toMatch(/^\d{6}$/);
	expect(json[1]).toMatchObject([{ message: { id: message?.id } }]);
	// docs/reference/providers.md 1.6: the number is sent with its plus, and every status returns our id.
	const [request] = installation.sandbox.requests({ call: 'send' });
	expect(request?.body).toMatchObject({ to, biz_opaque_callback_data: anyString });
});

test('a Send after the cool-down begins a new verification, and the first one stays as it is', async () => {
	const to = newPhone();
	const { json: first } = await send(to);
	const old = codeOn(installation.sandbox, to);
	const { verificationId } = first[1]?.[0] ?? {};
	await installation.run(verifying(), { input: [{ verificationId, code: wrongCode(old) }] });
	pass(30);
	const { json: second } = await send(to);
	expect(second[1]).toMatchObject([
		{
			result: 'sent',
			isResend: false,
			attemptsRemaining: 5,
			sendsRemaining: 3,
			expiresAt: inSeconds(300),
			resendAvailableAt: inSeconds(60),
		},
	]);
	expect(second[1]?.[0]?.verificationId).not.toBe(verificationId);
	const checked = await installation.run(verifying(), { input: [{ verificationId, code: old }] });
	expect(checked.json[1]).toMatchObject([{ result: 'approved', attemptsRemaining: 3 }]);
});

describe('the number', () => {
	it.each([
		['+1 (201) 555-3931', {}, '+12015553931'],
		['(201) 555-3932', { defaultCountry: 'US' }, '+12015553932'],
		['0151 2345 6789', { defaultCountry: 'de' }, '+4915123456789'],
		[2015553933, { defaultCountry: 'US' }, '+12015553933'],
		['+5215512345678', {}, '+5215512345678'],
	])('%p with %j is read as %s', async (to, options, expected) => {
		expect((await send(to, options)).json[1]).toMatchObject([{ result: 'sent', to: expected }]);
		expect(sentTo(expected)).toHaveLength(1);
	});

	it.each([
		['', {}, 'empty'],
		['   ', {}, 'empty'],
		['+1', {}, 'not a phone number'],
		['call me', {}, 'Default Country'],
		['+1201555393', {}, 'too few or too many digits'],
		['+12015553931000', {}, 'too few or too many digits'],
		['2015553931', {}, "no leading + and country code; add them, or set the option 'Default Country'"],
		['2015553931', { defaultCountry: 'XX' }, "'XX' is not a country code"],
		['9'.repeat(41), { defaultCountry: 'US' }, 'too long'],
		['+1 201 555 3931 ext. 7', {}, 'not a phone number'],
	])('%p with %j is refused without a call to the provider', async (to, options, reason) => {
		const { json, pairs, status } = await send(to, {
			...options,
			metadata: '{"userId": 7}',
			purpose: 'payment',
		});
		expect(status).toBe('success');
		expect(json).toEqual([[expect.objectContaining({ result: 'invalid_phone' })], []]);
		expect(json[0]).toMatchObject([
			{ isResend: false, purpose: 'payment', metadata: { userId: 7 }, reason: anyString },
		]);
		expect(json[0]?.[0]?.reason).toContain(reason);
		// First what is wrong, then how to correct it.
		expect(json[0]?.[0]?.reason).toMatch(/; (?:write|add|check|set) /);
		expect(pairs[0]).toEqual([{ item: 0 }]);
		expect(installation.sandbox.requests({ call: 'send' })).toEqual([]);
	});

	it.each([[null], [['+12015553931']], [{ number: '+12015553931' }], [true]])(
		'posted as %j is no number',
		async (to) => {
			const { json, status } = await send(to);
			expect(status).toBe('success');
			expect(json[0]).toMatchObject([{ result: 'invalid_phone' }]);
			expect(installation.sandbox.requests({ call: 'send' })).toEqual([]);
		},
	);

	it('of a country that is not allowed is refused', async () => {
		const to = newPhone();
		const metadata = '{"userId": 7}';
		const { json } = await send(to, { allowedCountries: 'US, CA', metadata });
		expect(json[0]).toMatchObject([{ result: 'blocked_country', to, metadata: { userId: 7 } }]);
		expect(json[0]?.[0]?.reason).toBe("+49*****12 belongs to DE, which is not in 'Allowed Countries'");
		expect(sentTo(to)).toEqual([]);
		expect((await send(to, { allowedCountries: 'us; de' })).json[1]).toMatchObject([{ result: 'sent', to }]);
	});

	it('can be limited by country codes, not by country names', async () => {
		const { error } = await send(newPhone(), { allowedCountries: 'Germany' });
		expect(error?.message).toBe(
			"'Allowed Countries' must be two-letter codes separated by commas, such as US, CA [item 0]",
		);
	});
});

describe('options', () => {
	it.each([60, 300, 600])('set the lifetime of a code to %i seconds', async (expiresIn) => {
		expect((await send(newPhone(), { expiresIn })).json[1]).toMatchObject([{ expiresAt: inSeconds(expiresIn) }]);
	});

	it.each([
		[{ expiresIn: 59 }, "'Expires In (Seconds)' must be a whole number from 60 to 600 [item 0]"],
		[{ expiresIn: 601 }, "'Expires In (Seconds)' must be a whole number from 60 to 600 [item 0]"],
		[{ maxAttempts: 0 }, "'Max Attempts' must be a whole number from 1 to 10 [item 0]"],
		[{ maxAttempts: 11 }, "'Max Attempts' must be a whole number from 1 to 10 [item 0]"],
	])('out of range stop the run and name the range: %j', async (options, message) => {
		const { error } = await send(newPhone(), options);
		expect(error).toMatchObject({
			message,
			description: anyString,
			itemIndex: 0,
			name: 'NodeOperationError',
		});
	});

	it('limit the number of attempts', async () => {
		const to = newPhone();
		const { json } = await send(to, { maxAttempts: 1 });
		const { verificationId, attemptsRemaining } = json[1]?.[0] ?? {};
		expect(attemptsRemaining).toBe(1);
		const input = [{ verificationId, code: wrongCode(codeOn(installation.sandbox, to)) }];
		expect((await installation.run(verifying(), { input })).json[0]).toMatchObject([
			{ result: 'locked', status: 'locked' },
		]);
	});

	it('separate purposes and namespaces', async () => {
		const to = newPhone();
		const ids = [];
		for (const options of [{}, { purpose: 'payment' }, { namespace: 'shop' }]) {
			const { json } = await send(to, options);
			expect(json[1]).toMatchObject([
				{ result: 'sent', isResend: false, purpose: options.purpose ?? 'authentication' },
			]);
			ids.push(json[1]?.[0]?.verificationId);
		}
		expect(new Set(ids).size).toBe(3);
		expect((await send(to, { purpose: ' payment ', namespace: ' ' })).json[0]).toMatchObject([
			{ result: 'cooldown', purpose: 'payment' },
		]);
	});
});

import { stores } from './stores';
import { minute, openVerifier, secret, type Sent, type Verifier, wrong } from './verifier';

// An attacker used his own id and his own code beside the number of a victim. The workflow went on with the number that
// was posted, and signed the attacker in as the victim. The answer must name the number that was verified, and a caller
// must be able to name the number that it expects (docs/reference/verification-rules.md 7.29).
describe.each(stores)('The number of a check, on $name', (store) => {
	let verifier: Verifier;
	let sent: Sent;

	beforeEach(async () => {
		verifier = await openVerifier(store);
		sent = await verifier.send({ to: '+5511987654321' });
	});
	afterEach(() => verifier.store.close());

	const checkAs = (phone: unknown, code: unknown = sent.code, defaultCountry?: string) =>
		verifier.engine.check({
			code,
			namespace: 'default',
			purpose: 'authentication',
			by: { verificationId: sent.ticket.verificationId, expected: { phone, defaultCountry } },
		});

	test('is part of an approval, by id and by phone, and of no other answer', async () => {
		expect((await verifier.check(sent, wrong(sent.code))).to).toBeUndefined();
		expect((await verifier.check(sent, sent.code)).to).toBe('+5511987654321');
		expect((await verifier.check(sent, sent.code)).to).toBeUndefined();
		const other = await verifier.send({ to: '+12015550123' });
		expect((await verifier.check('', other.code, { to: '+1 201 555 0123' })).to).toBe('+12015550123');
	});

	test('is not_found if another one is expected, and uses no attempt', async () => {
		await verifier.send({ to: '+12015550123' });
		expect(await checkAs('+12015550123')).toEqual({ result: 'not_found' });
		expect(await checkAs('+12015550123', wrong(sent.code))).toEqual({ result: 'not_found' });
		expect((await verifier.get(sent))?.attemptsRemaining).toBe(5);
		expect((await checkAs('+5511987654321')).result).toBe('approved');
	});

	test.each([
		['+55 (11) 98765-4321', undefined],
		// Without Brazil's optional digit.
		['+551187654321', undefined],
		['(11) 98765-4321', 'BR'],
	])('is the expected one if it is written as %p with the default country %p', async (phone, country) => {
		expect(await checkAs(phone, sent.code, country)).toMatchObject({ result: 'approved', to: '+5511987654321' });
	});

	test.each(['', '  ', null, undefined, 'x', {}, '+55'])(
		'must be readable if it is expected: not %p',
		async (phone) => {
			expect(await checkAs(phone)).toEqual({ result: 'malformed', reason: expect.stringMatching(/number/) as string });
			expect((await verifier.get(sent))?.attemptsRemaining).toBe(5);
		},
	);

	test('is known after a rotation of the signing secret and a resend', async () => {
		const rotated = verifier.withSecrets('a newer signing secret of the tests', secret);
		verifier.clock.advance(minute);
		const next = await rotated.resend(sent);
		const by = { verificationId: sent.ticket.verificationId, expected: { phone: '+5511987654321' } };
		const request = { code: next.code, namespace: 'default', purpose: 'authentication', by };
		expect(await rotated.engine.check(request)).toMatchObject({ result: 'approved', to: '+5511987654321' });
	});

	test('is looked for in the same way for a provider that checks the code', async () => {
		const { verificationId } = sent.ticket;
		const find = (phone: string) =>
			verifier.engine.find({
				namespace: 'default',
				purpose: 'authentication',
				by: { verificationId, expected: { phone } },
			});
		expect(await find('+5511987654321')).toMatchObject({ verification: { verificationId } });
		expect(await find('+12015550123')).toEqual({ verification: undefined });
		expect(await find('x')).toHaveProperty('reason');
	});
});

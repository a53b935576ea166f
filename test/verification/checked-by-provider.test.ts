import { stores } from './stores';
import { minute, openVerifier, second, type Sent, type Verifier, wrong, wrongCodes } from './verifier';

describe.each(stores)('A code that the provider checks, on $name', (store) => {
	let verifier: Verifier;
	let sent: Sent;

	beforeEach(async () => {
		verifier = await openVerifier(store);
		sent = await verifier.send({ metadata: { order: 7 } });
	});
	afterEach(() => verifier.store.close());

	const end = (state: 'approved' | 'locked' | 'canceled', of = sent, namespace = 'default') =>
		verifier.engine.end({ verificationId: of.ticket.verificationId, namespace }, state);

	test('is approved once if 50 approvals come at the same time', async () => {
		const answers = await Promise.all(Array.from({ length: 50 }, () => end('approved')));
		expect(answers.filter((answer) => answer?.ended)).toHaveLength(1);
		expect(answers.every((answer) => answer?.verification.status === 'approved')).toBe(true);
		expect((await verifier.get(sent))?.verifiedAt).toEqual(new Date(verifier.clock.now));
		expect(await verifier.results(sent, sent.code)).toEqual(['already_used']);
	});

	test.each(['approved', 'locked', 'canceled'] as const)('does not change its state after %s', async (first) => {
		await end(first);
		for (const next of ['approved', 'locked', 'canceled'] as const) {
			expect(await end(next)).toMatchObject({ ended: false, verification: { status: first } });
		}
	});

	test('is approved once if we and the provider approve it at the same time', async () => {
		const [ours, theirs] = await Promise.all([verifier.check(sent, sent.code), end('approved')]);
		expect([ours.result === 'approved', theirs?.ended].filter(Boolean)).toHaveLength(1);
	});

	test('is not approved if it has expired, is unknown or is of another namespace', async () => {
		expect(await end('approved', sent, 'shop')).toBeUndefined();
		const unknown = { verificationId: 'x', namespace: 'default' };
		expect(await verifier.engine.end(unknown, 'approved')).toBeUndefined();
		verifier.clock.advance(5 * minute);
		expect(await end('approved')).toMatchObject({ ended: false, verification: { status: 'expired' } });
	});

	test('is found by the same subject as in a check', async () => {
		const by = { namespace: 'default', purpose: 'authentication' };
		const { verificationId } = sent.ticket;
		const found = { verification: { verificationId, metadata: { order: 7 } } };
		expect(await verifier.engine.find({ ...by, by: { verificationId } })).toMatchObject(found);
		expect(await verifier.engine.find({ ...by, by: { phone: '+1 201 555 0123' } })).toMatchObject(found);
		const none = { verification: undefined };
		expect(await verifier.engine.find({ ...by, purpose: 'payment', by: { verificationId } })).toEqual(none);
		expect(await verifier.engine.find({ ...by, namespace: 'shop', by: { verificationId } })).toEqual(none);
		expect(await verifier.engine.find({ ...by, by: { phone: '+12015550124' } })).toEqual(none);
		expect(await verifier.engine.find({ ...by, by: { phone: 'x' } })).toHaveProperty('reason');
	});

	test('is found by phone, even if a newer verification of the phone has ended', async () => {
		verifier.clock.advance(30 * second);
		const next = await verifier.send();
		const find = () =>
			verifier.engine.find({ namespace: 'default', purpose: 'authentication', by: { phone: '+12015550123' } });
		expect(await find()).toMatchObject({ verification: { verificationId: next.ticket.verificationId } });
		await end('locked', next);
		expect(await find()).toMatchObject({ verification: { verificationId: sent.ticket.verificationId } });
		expect((await verifier.get(sent))?.attemptsRemaining).toBe(5);
		await end('canceled');
		expect(await find()).toMatchObject({ verification: { verificationId: next.ticket.verificationId } });
	});

	test('is found by its message id, with its send', async () => {
		await verifier.accepted(sent, 'wamid.1');
		verifier.clock.advance(30 * second);
		const next = await verifier.resend(sent);
		await verifier.accepted(next, 'wamid.2');
		expect(await verifier.engine.message('dialog360', 'wamid.2')).toMatchObject({
			verification: { verificationId: sent.ticket.verificationId },
			delivery: { sendId: next.ticket.sendId, status: 'accepted' },
		});
		expect(await verifier.engine.message('oneMsg', 'wamid.2')).toBeUndefined();
		expect(await verifier.engine.message('dialog360', 'wamid.3')).toBeUndefined();
		verifier.clock.advance(25 * 60 * minute);
		expect(await verifier.engine.message('dialog360', 'wamid.2')).toBeUndefined();
	});

	test('is not changed by a probe of the store', async () => {
		await verifier.check(sent, wrong(sent.code));
		expect(await verifier.store.probe()).toEqual(expect.any(Array));
		expect(await verifier.results(sent, ...wrongCodes(sent.code, 3), sent.code)).toContain('approved');
	});
});

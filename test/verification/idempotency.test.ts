import { IdempotencyConflictError } from '../../verification/errors';
import { stores } from './stores';
import { hour, minute, openVerifier, second, type Verifier, wrongCodes } from './verifier';

describe.each(stores)('A send with a known idempotency key, as n8n makes it on Retry On Fail, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	const again = { idempotencyKey: 'execution 7, item 0' };

	test('gets the answer of the first send, and no new code', async () => {
		const first = await verifier.send(again);
		await verifier.accepted(first, 'wamid.1');
		expect(await verifier.begin(again)).toMatchObject({
			outcome: 'replayed',
			isResend: false,
			delivery: { status: 'accepted', messageId: 'wamid.1' },
			verification: { verificationId: first.ticket.verificationId, sendsRemaining: 3 },
		});
		expect(await verifier.results(first, first.code)).toEqual(['approved']);
		const later = await verifier.begin(again);
		expect(later).toMatchObject({ outcome: 'replayed', verification: { status: 'approved' }, ended: 'already_used' });
	});

	// A second n8n on the same store answered `sent` with no message (docs/reference/verification-rules.md 7.30).
	test.each([
		['approved', 'already_used'],
		['locked', 'locked'],
		['canceled', 'canceled'],
		['expired', 'expired'],
	])('says that the verification has ended if it is %s, and nothing of it while it is pending', async (end, ended) => {
		const first = await verifier.send(again);
		await verifier.accepted(first, 'wamid.1');
		expect(await verifier.begin(again)).not.toHaveProperty('ended');
		if (end === 'approved') await verifier.check(first, first.code);
		if (end === 'locked') await verifier.results(first, ...wrongCodes(first.code, 5));
		if (end === 'canceled') await verifier.engine.cancel({ ...first.ticket, namespace: 'default' });
		if (end === 'expired') verifier.clock.advance(5 * minute);
		expect(await verifier.begin(again)).toMatchObject({ outcome: 'replayed', ended, verification: { status: end } });
	});

	test('is refused as in_progress while the first one is running', async () => {
		await verifier.send(again);
		verifier.clock.advance(89 * second);
		expect((await verifier.refused(again)).result).toBe('in_progress');
	});

	test('is not sent again if the first answer was lost: it is unknown until a webhook comes', async () => {
		const first = await verifier.send(again);
		verifier.clock.advance(90 * second);
		const replayed = await verifier.begin(again);
		expect(replayed).toMatchObject({ outcome: 'replayed', delivery: { status: 'unknown' } });
		expect(replayed).toMatchObject({ verification: { deliveries: [{ status: 'unknown' }] } });
		await verifier.engine.recordDelivery({
			provider: 'dialog360',
			messageId: 'wamid.1',
			sendId: first.ticket.sendId,
			status: 'delivered',
			occurredAt: verifier.clock.now,
		});
		expect(await verifier.begin(again)).toMatchObject({
			outcome: 'replayed',
			delivery: { status: 'delivered', messageId: 'wamid.1' },
		});
		expect(await verifier.results(first, first.code)).toEqual(['approved']);
	});

	test('is not sent again after a timeout, which is stored as unknown', async () => {
		const first = await verifier.send(again);
		await verifier.engine.recordSend(first.ticket, { outcome: 'unknown' });
		expect(await verifier.begin(again)).toMatchObject({ outcome: 'replayed', delivery: { status: 'unknown' } });
		expect((await verifier.refused()).result).toBe('cooldown');
	});

	test.each([
		['number', { to: '+12015550124', purpose: 'authentication' }, undefined],
		['template', { message: { template: 'other' } }, IdempotencyConflictError],
		['metadata', { metadata: { order: 7 } }, IdempotencyConflictError],
		['own code', { customCode: 'J$FpnYnP' }, IdempotencyConflictError],
		['provider', { provider: 'oneMsg' }, IdempotencyConflictError],
		['lifetime', { policy: { expiresIn: 60 } }, IdempotencyConflictError],
	])('is a conflict for another %s, unless the phone or purpose differs', async (_, change, conflict) => {
		await verifier.send(again);
		const other = verifier.begin({ ...again, ...change });
		// A key belongs to a phone and purpose: the items of one run may send to different numbers.
		if (conflict === undefined) expect((await other).outcome).toBe('begun');
		else await expect(other).rejects.toThrow(conflict);
	});

	test('is sent again when the first one is a day old', async () => {
		const first = await verifier.send(again);
		await verifier.check(first, first.code);
		verifier.clock.advance(23 * hour);
		expect((await verifier.begin(again)).outcome).toBe('replayed');
		verifier.clock.advance(hour + second);
		expect(await verifier.begin(again)).toMatchObject({ outcome: 'begun', isResend: false });
	});

	test('is separate for a resend: its keys belong to the verification', async () => {
		const first = await verifier.send(again);
		verifier.clock.advance(minute);
		const resend = { ...again, verificationId: first.ticket.verificationId };
		const next = await verifier.send(resend);
		await verifier.accepted(next, 'wamid.2');
		expect(await verifier.begin(resend)).toMatchObject({
			outcome: 'replayed',
			isResend: true,
			delivery: { messageId: 'wamid.2' },
		});
	});
});

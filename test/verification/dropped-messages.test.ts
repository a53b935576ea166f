import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import type { DeliveryStatus } from '../../verification/state';
import { stores } from './stores';
import { hour, minute, phoneNumber, second, secret, type Sent, TestClock, Verifier } from './verifier';

const provider = 'dialog360';

describe.each(stores)('A message without a delivery report, on $name', (store) => {
	let place: string;
	let clock: TestClock;
	let verifier: Verifier;

	const open = () => {
		const opened = store.open(place, clock.read);
		return new Verifier(new Engine(opened, new Keyring([secret])), clock, opened);
	};
	beforeEach(async () => {
		place = await store.place();
		clock = new TestClock();
		verifier = open();
	});
	afterEach(() => verifier.store.close());

	/** The send ids of one claim. */
	const claim = async (of = provider) => {
		const dropped = await verifier.engine.claimDropped(of);
		return dropped.map(({ delivery }) => delivery.sendId);
	};
	const statusOf = async (sent: Sent) => {
		const deliveries = (await verifier.get(sent))?.deliveries ?? [];
		return deliveries.find(({ sendId }) => sendId === sent.ticket.sendId)?.status;
	};
	const hear = (sent: Sent, status: DeliveryStatus) =>
		verifier.engine.recordDelivery({
			provider,
			messageId: `wamid.${sent.ticket.sendId}`,
			sendId: sent.ticket.sendId,
			status,
			occurredAt: clock.now,
		});

	test('is claimed once, 15 seconds after its time to live', async () => {
		const sent = await verifier.send({ metadata: { order: 7 } });
		await verifier.accepted(sent, 'wamid.1');
		clock.advance(135 * second - 1);
		expect(await claim()).toEqual([]);
		clock.advance(1);
		expect(await verifier.engine.claimDropped(provider)).toMatchObject([
			{
				verification: { to: '+12015550123', metadata: { order: 7 }, status: 'pending' },
				delivery: {
					status: 'dropped',
					messageId: 'wamid.1',
					times: { sending: clock.now - 135 * second, dropped: clock.now },
				},
			},
		]);
		expect(await claim()).toEqual([]);
		expect(await statusOf(sent)).toBe('dropped');
	});

	test.each([
		[30, 30],
		[240, 240],
		// At most the lifetime of the code.
		[600, 300],
	])('with a time to live of %i seconds is claimed after %i seconds plus 15', async (messageTtl, waits) => {
		const sent = await verifier.send({ messageTtl });
		clock.advance((waits + 15) * second - 1);
		expect(await claim()).toEqual([]);
		clock.advance(1);
		expect(await claim()).toEqual([sent.ticket.sendId]);
	});

	test.each<[DeliveryStatus | 'unanswered', boolean]>([
		['unanswered', true],
		['sent', true],
		['delivered', false],
		['read', false],
		['failed', false],
		['dropped', false],
	])('with the status %s counts as dropped: %s', async (status, isDropped) => {
		const sent = await verifier.send();
		if (status !== 'unanswered') await hear(sent, status);
		clock.advance(3 * minute);
		expect(await claim()).toEqual(isDropped ? [sent.ticket.sendId] : []);
		expect(await statusOf(sent)).toBe(isDropped ? 'dropped' : status);
	});

	test.each([
		['unknown', true],
		['failed', false],
		['withdrawn', false],
	] as const)('with the outcome %s counts as dropped: %s', async (outcome, isDropped) => {
		const sent = await verifier.send();
		await verifier.engine.recordSend(sent.ticket, { outcome });
		clock.advance(3 * minute);
		expect(await claim()).toEqual(isDropped ? [sent.ticket.sendId] : []);
	});

	test('has no message id if the provider gave none', async () => {
		await verifier.send();
		clock.advance(3 * minute);
		const [dropped] = await verifier.engine.claimDropped(provider);
		expect(dropped?.delivery).not.toHaveProperty('messageId');
	});

	test('becomes delivered if the report comes later', async () => {
		const sent = await verifier.send();
		clock.advance(3 * minute);
		await claim();
		expect(await hear(sent, 'delivered')).toMatchObject({ isNew: true, delivery: { status: 'delivered' } });
		expect(await claim()).toEqual([]);
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('leaves its code valid, and does not change a verification that has ended', async () => {
		const sent = await verifier.send();
		const canceled = await verifier.send({ purpose: 'payment' });
		await verifier.engine.cancel({ ...canceled.ticket, namespace: 'default' });
		clock.advance(3 * minute);
		expect((await claim()).sort()).toEqual([sent.ticket.sendId, canceled.ticket.sendId].sort());
		expect((await verifier.get(canceled))?.status).toBe('canceled');
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('is due at a separate time for each resend', async () => {
		const first = await verifier.send();
		clock.advance(minute);
		const second = await verifier.resend(first);
		clock.advance(75_000);
		expect(await claim()).toEqual([first.ticket.sendId]);
		clock.advance(minute - 1);
		expect(await claim()).toEqual([]);
		clock.advance(1);
		expect(await claim()).toEqual([second.ticket.sendId]);
		expect((await verifier.get(first))?.deliveries.map(({ status }) => status)).toEqual(['dropped', 'dropped']);
	});

	test('is claimed for its own provider only', async () => {
		const sent = await verifier.send({ provider: 'oneMsg' });
		clock.advance(3 * minute);
		expect(await claim()).toEqual([]);
		expect(await claim('oneMsg')).toEqual([sent.ticket.sendId]);
	});

	test('is claimed later if no process was running when it was due', async () => {
		const sent = await verifier.send();
		await verifier.store.close();
		clock.advance(20 * hour);
		verifier = open();
		const [dropped] = await verifier.engine.claimDropped(provider);
		expect(dropped?.delivery.sendId).toBe(sent.ticket.sendId);
		// The time when it was due, not the time of the claim.
		expect(dropped?.delivery.times.dropped).toBe(clock.now - 20 * hour + 135 * second);
	});

	test.each([
		['whose verification is deleted', 25 * hour, false],
		['whose verification ended a day ago', 24 * hour + second, true],
	])('%s is not claimed', async (_, later, cancels) => {
		const sent = await verifier.send();
		if (cancels) await verifier.engine.cancel({ ...sent.ticket, namespace: 'default' });
		clock.advance(later);
		expect(await claim()).toEqual([]);
		const next = await verifier.send();
		clock.advance(3 * minute);
		expect(await claim()).toEqual([next.ticket.sendId]);
	});

	test('is found among many that arrived, and many are claimed in several parts', async () => {
		const sendMany = (from: number) =>
			Promise.all(Array.from({ length: 130 }, (_, i) => verifier.send({ to: phoneNumber(from + i) })));
		const arrived = await sendMany(0);
		await Promise.all(arrived.map((sent) => hear(sent, 'delivered')));
		clock.advance(second);
		const lost = await sendMany(1000);
		clock.advance(3 * minute);
		const told: string[] = [];
		for (let part = await claim(); part.length > 0; part = await claim()) {
			expect(part.length).toBeLessThanOrEqual(50);
			told.push(...part);
		}
		expect(told.sort()).toEqual(lost.map(({ ticket }) => ticket.sendId).sort());
	});

	test('is claimed, even if another one was sealed with a secret that is not configured here', async () => {
		const stranger = new Engine(verifier.store, new Keyring(['a secret of another installation']));
		const theirs = new Verifier(stranger, clock, verifier.store);
		await theirs.accepted(await theirs.send({ to: '+12015550124' }), 'wamid.2');
		await theirs.send({ to: '+12015550125' });
		const ours = await verifier.send();
		await verifier.accepted(ours, 'wamid.1');
		clock.advance(135 * second);
		expect(await claim()).toEqual([ours.ticket.sendId]);
	});

	test('makes the claim fail if all were sealed with a secret that is not configured here', async () => {
		const stranger = new Engine(verifier.store, new Keyring(['a secret of another installation']));
		await new Verifier(stranger, clock, verifier.store).send();
		clock.advance(135 * second);
		await expect(claim()).rejects.toThrow('is no longer configured');
	});
});

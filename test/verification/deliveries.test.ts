import type { DeliveryEvent } from '../../verification/deliveries';
import type { DeliveryStatus } from '../../verification/state';
import { stores } from './stores';
import { minute, openVerifier, second, type Sent, type Verifier, wrong } from './verifier';

describe.each(stores)('News of a delivery, on $name', (store) => {
	let verifier: Verifier;
	let sent: Sent;

	beforeEach(async () => {
		verifier = await openVerifier(store);
		sent = await verifier.send({ metadata: { order: 7 } });
	});
	afterEach(() => verifier.store.close());

	const hear = (status: DeliveryStatus, about: Partial<DeliveryEvent> = {}) =>
		verifier.engine.recordDelivery({
			...{ provider: 'dialog360', messageId: 'wamid.1', status, occurredAt: verifier.clock.now },
			...about,
		});
	/** Which of these events were news, and what is known after the last. */
	const hearAll = async (...events: DeliveryStatus[]) => {
		const news: boolean[] = [];
		for (const event of events) news.push((await hear(event))?.isNew ?? false);
		return { news, ends: (await verifier.get(sent))?.deliveries[0]?.status };
	};

	describe('after the provider accepted it', () => {
		beforeEach(() => verifier.accepted(sent, 'wamid.1'));

		test('accepted is not delivered', async () => {
			const verification = await verifier.get(sent);
			expect(verification?.status).toBe('pending');
			expect(verification?.deliveries).toMatchObject([{ status: 'accepted', messageId: 'wamid.1' }]);
			expect(verification?.deliveries[0]?.times).not.toHaveProperty('delivered');
		});

		test.each<[DeliveryStatus[], boolean[], DeliveryStatus]>([
			[['sent', 'delivered', 'read'], [true, true, true], 'read'],
			[['read', 'delivered', 'sent'], [true, false, false], 'read'],
			[['delivered', 'delivered', 'delivered'], [true, false, false], 'delivered'],
			[['sent', 'failed', 'delivered'], [true, true, true], 'delivered'],
			[['failed', 'sent', 'failed'], [true, false, false], 'failed'],
			[['delivered', 'failed', 'dropped'], [true, false, false], 'delivered'],
			[['dropped', 'dropped', 'sent', 'delivered'], [true, false, false, true], 'delivered'],
			[['dropped', 'failed', 'read'], [true, true, true], 'read'],
			[['accepted', 'unknown', 'sending'], [false, false, false], 'accepted'],
		])('%j', async (events, news, ends) => {
			expect(await hearAll(...events)).toEqual({ news, ends });
		});

		test('an event names the verification it belongs to, with its metadata', async () => {
			expect(await hear('delivered', { waId: '12015550123' })).toMatchObject({
				isNew: true,
				verification: { verificationId: sent.ticket.verificationId, metadata: { order: 7 } },
				delivery: { sendId: sent.ticket.sendId, status: 'delivered', waId: '12015550123' },
			});
		});

		test('each status keeps the time it was first reached, late-comers too', async () => {
			const start = verifier.clock.now;
			await hear('read', { occurredAt: start + 3 });
			await hear('delivered', { occurredAt: start + 2 });
			await hear('sent', { occurredAt: start + 1 });
			await hear('sent', { occurredAt: start + 9 });
			expect((await verifier.get(sent))?.deliveries[0]?.times).toEqual({
				...{ sending: start, accepted: start },
				...{ sent: start + 1, delivered: start + 2, read: start + 3 },
			});
		});

		test('the reason of a failure is kept, and gone once it arrived after all', async () => {
			const error = { code: 131026, title: 'Message undeliverable', details: 'None', class: 'recipient' };
			await hear('failed', { error });
			expect(await verifier.get(sent)).toMatchObject({ status: 'undeliverable', deliveries: [{ error }] });
			await hear('delivered');
			const verification = await verifier.get(sent);
			expect(verification?.status).toBe('pending');
			expect(verification?.deliveries[0]).not.toHaveProperty('error');
		});

		test('a code that failed to arrive and then did is good, with the attempts it had', async () => {
			await verifier.check(sent, wrong(sent.code));
			await hear('failed');
			expect(await verifier.results(sent, sent.code)).toEqual(['undeliverable']);
			await hear('delivered');
			expect(await verifier.check(sent, sent.code)).toMatchObject({
				result: 'approved',
				verification: { attemptsRemaining: 3 },
			});
		});

		test('one that arrives after its lifetime comes back to nothing', async () => {
			await hear('failed');
			verifier.clock.advance(5 * minute);
			expect(await hear('delivered')).toMatchObject({ isNew: true, delivery: { status: 'delivered' } });
			expect(await verifier.results(sent, sent.code)).not.toContain('approved');
			expect((await verifier.get(sent))?.status).not.toBe('pending');
		});

		test.each(['approved', 'canceled'] as const)('no news reopens a verification that is %s', async (end) => {
			if (end === 'approved') await verifier.check(sent, sent.code);
			else await verifier.engine.cancel({ ...sent.ticket, namespace: 'default' });
			expect((await hearAll('sent', 'failed', 'delivered', 'read')).ends).toBe('read');
			expect((await verifier.get(sent))?.status).toBe(end);
		});

		test('dropped, which is only inferred, leaves the code good', async () => {
			await hear('dropped');
			expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
		});

		test('a second message of one send, as a gateway that retries makes, does not hide the first', async () => {
			const retried = { messageId: 'wamid.2', sendId: sent.ticket.sendId };
			expect(await hear('sent', retried)).toMatchObject({ isNew: true });
			expect((await verifier.get(sent))?.deliveries).toMatchObject([{ messageId: 'wamid.1', status: 'sent' }]);
			expect(await hear('delivered')).toMatchObject({ isNew: true });
		});

		test('where message and send id contradict each other the send id counts, and all can still be read', async () => {
			const other = await verifier.send({ to: '+12015550124' });
			const mixed = { sendId: other.ticket.sendId, waId: '12015550124' };
			expect(await hear('delivered', mixed)).toMatchObject({
				isNew: true,
				delivery: { sendId: other.ticket.sendId, waId: '12015550124' },
			});
			expect((await verifier.get(other))?.deliveries).toMatchObject([{ status: 'delivered', waId: '12015550124' }]);
			expect((await verifier.get(sent))?.deliveries).toMatchObject([{ status: 'accepted', messageId: 'wamid.1' }]);
		});

		test('messages that are not ours are told apart', async () => {
			expect(await hear('delivered', { messageId: 'wamid.2' })).toBeUndefined();
			expect(await hear('delivered', { provider: 'oneMsg' })).toBeUndefined();
			expect(await hear('delivered', { messageId: '', sendId: '' })).toBeUndefined();
			expect(await hear('delivered', { messageId: "' OR 1=1 --" })).toBeUndefined();
			expect((await verifier.get(sent))?.deliveries[0]?.status).toBe('accepted');
		});
	});

	describe('faster than the answer to the send', () => {
		test('a webhook that gives our id back is taken, and the answer takes nothing back', async () => {
			await hear('delivered', { sendId: sent.ticket.sendId });
			expect(await verifier.accepted(sent, 'wamid.1')).toMatchObject({
				deliveries: [{ status: 'delivered', messageId: 'wamid.1', times: { accepted: verifier.clock.now } }],
			});
			expect(await hear('read')).toMatchObject({ isNew: true });
		});

		test('a failure of the webhook outlasts the acceptance', async () => {
			await hear('failed', { sendId: sent.ticket.sendId });
			expect(await verifier.accepted(sent, 'wamid.1')).toMatchObject({
				status: 'undeliverable',
				deliveries: [{ status: 'failed' }],
			});
		});

		test('a timeout is unknown until the webhook tells', async () => {
			await verifier.engine.recordSend(sent.ticket, { outcome: 'unknown' });
			expect((await verifier.get(sent))?.deliveries[0]?.status).toBe('unknown');
			await hear('sent', { sendId: sent.ticket.sendId });
			expect((await verifier.get(sent))?.deliveries).toMatchObject([{ status: 'sent', messageId: 'wamid.1' }]);
		});

		test('a message that arrived is not withdrawn any more', async () => {
			await hear('delivered', { sendId: sent.ticket.sendId });
			await verifier.engine.recordSend(sent.ticket, { outcome: 'withdrawn' });
			expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
		});
	});

	describe('of several sends', () => {
		let next: Sent;

		beforeEach(async () => {
			await verifier.accepted(sent, 'wamid.1');
			verifier.clock.advance(30 * second);
			next = await verifier.send();
			await verifier.accepted(next, 'wamid.2');
		});

		test('the verification stands until the last of them failed', async () => {
			await hear('failed');
			expect((await verifier.get(sent))?.status).toBe('pending');
			await hear('failed', { messageId: 'wamid.2' });
			expect((await verifier.get(sent))?.status).toBe('undeliverable');
		});

		test('each has a status of its own', async () => {
			await hear('read');
			await hear('failed', { messageId: 'wamid.2' });
			expect((await verifier.get(sent))?.deliveries.map(({ status }) => status)).toEqual(['read', 'failed']);
		});

		test('where only the first arrives, the code of the last is what counts', async () => {
			await hear('failed', { messageId: 'wamid.2' });
			await hear('delivered');
			if (sent.code !== next.code) expect(await verifier.results(sent, sent.code)).toEqual(['invalid_code']);
			expect(await verifier.results(sent, next.code)).toEqual(['approved']);
		});
	});

	test('what a send became is stored under its own ticket only', async () => {
		const other = await verifier.send({ to: '+12015550124' });
		const mixed = { ...sent.ticket, verificationId: other.ticket.verificationId };
		expect(await verifier.engine.recordSend(mixed, { outcome: 'withdrawn' })).toBeUndefined();
		const unknown = { ...sent.ticket, sendId: 'x' };
		expect(await verifier.engine.recordSend(unknown, { outcome: 'failed' })).toBeUndefined();
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('the answer to a send that came back after a day is not worth an error', async () => {
		verifier.clock.advance(25 * 60 * minute);
		expect(await verifier.accepted(sent, 'wamid.1')).toBeUndefined();
	});
});

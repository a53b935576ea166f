import type { DeliveryEvent } from '../../verification/deliveries';
import type { DeliveryStatus } from '../../verification/state';
import { stores } from './stores';
import { minute, openVerifier, second, type Sent, type Verifier, wrong } from './verifier';

describe.each(stores)('A delivery event, on $name', (store) => {
	let verifier: Verifier;
	let sent: Sent;

	beforeEach(async () => {
		verifier = await openVerifier(store);
		sent = await verifier.send({ metadata: { order: 7 } });
	});
	afterEach(() => verifier.store.close());

	const hear = (status: DeliveryStatus, about: Partial<DeliveryEvent> = {}) =>
		verifier.engine.recordDelivery({
			provider: 'dialog360',
			messageId: 'wamid.1',
			status,
			occurredAt: verifier.clock.now,
			...about,
		});
	/** Which of these events were new, and the status after the last one. */
	const hearAll = async (...events: DeliveryStatus[]) => {
		const news: boolean[] = [];
		for (const event of events) news.push((await hear(event))?.isNew ?? false);
		return { news, ends: (await verifier.get(sent))?.deliveries[0]?.status };
	};

	describe('after the provider accepted the message', () => {
		beforeEach(() => verifier.accepted(sent, 'wamid.1'));

		test('is not inferred: accepted does not mean delivered', async () => {
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
		])('merges %j by rank: new are %j, the last status is %s', async (events, news, ends) => {
			expect(await hearAll(...events)).toEqual({ news, ends });
		});

		test('leads to its verification, with the metadata', async () => {
			expect(await hear('delivered', { waId: '12015550123' })).toMatchObject({
				isNew: true,
				verification: { verificationId: sent.ticket.verificationId, metadata: { order: 7 } },
				delivery: { sendId: sent.ticket.sendId, status: 'delivered', waId: '12015550123' },
			});
		});

		test('keeps the first time of each status, also if it comes late', async () => {
			const start = verifier.clock.now;
			await hear('read', { occurredAt: start + 3 });
			await hear('delivered', { occurredAt: start + 2 });
			await hear('sent', { occurredAt: start + 1 });
			await hear('sent', { occurredAt: start + 9 });
			expect((await verifier.get(sent))?.deliveries[0]?.times).toEqual({
				sending: start,
				accepted: start,
				sent: start + 1,
				delivered: start + 2,
				read: start + 3,
			});
		});

		test('stores the reason of a failure, and removes it if the message arrives later', async () => {
			const error = { code: 131026, title: 'Message undeliverable', details: 'None', class: 'recipient' };
			await hear('failed', { error });
			expect(await verifier.get(sent)).toMatchObject({ status: 'undeliverable', deliveries: [{ error }] });
			await hear('delivered');
			const verification = await verifier.get(sent);
			expect(verification?.status).toBe('pending');
			expect(verification?.deliveries[0]).not.toHaveProperty('error');
		});

		test('makes a code valid again that failed first, with the attempts it had', async () => {
			await verifier.check(sent, wrong(sent.code));
			await hear('failed');
			expect(await verifier.results(sent, sent.code)).toEqual(['undeliverable']);
			await hear('delivered');
			expect(await verifier.check(sent, sent.code)).toMatchObject({
				result: 'approved',
				verification: { attemptsRemaining: 3 },
			});
		});

		test('does not reopen a verification that has expired', async () => {
			await hear('failed');
			verifier.clock.advance(5 * minute);
			expect(await hear('delivered')).toMatchObject({ isNew: true, delivery: { status: 'delivered' } });
			expect(await verifier.results(sent, sent.code)).not.toContain('approved');
			expect((await verifier.get(sent))?.status).not.toBe('pending');
		});

		test.each(['approved', 'canceled'] as const)('does not reopen a verification that is %s', async (end) => {
			if (end === 'approved') await verifier.check(sent, sent.code);
			else await verifier.engine.cancel({ ...sent.ticket, namespace: 'default' });
			expect((await hearAll('sent', 'failed', 'delivered', 'read')).ends).toBe('read');
			expect((await verifier.get(sent))?.status).toBe(end);
		});

		test('leaves the code valid if it says dropped, because that is only inferred', async () => {
			await hear('dropped');
			expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
		});

		test('of a second message of one send, from a gateway that retries, does not hide the first one', async () => {
			const retried = { messageId: 'wamid.2', sendId: sent.ticket.sendId };
			expect(await hear('sent', retried)).toMatchObject({ isNew: true });
			expect((await verifier.get(sent))?.deliveries).toMatchObject([{ messageId: 'wamid.1', status: 'sent' }]);
			expect(await hear('delivered')).toMatchObject({ isNew: true });
		});

		test('follows the send id if the message id contradicts it, and all values still open', async () => {
			const other = await verifier.send({ to: '+12015550124' });
			const mixed = { sendId: other.ticket.sendId, waId: '12015550124' };
			expect(await hear('delivered', mixed)).toMatchObject({
				isNew: true,
				delivery: { sendId: other.ticket.sendId, waId: '12015550124' },
			});
			expect((await verifier.get(other))?.deliveries).toMatchObject([{ status: 'delivered', waId: '12015550124' }]);
			expect((await verifier.get(sent))?.deliveries).toMatchObject([{ status: 'accepted', messageId: 'wamid.1' }]);
		});

		test('is not recorded for a message of another system', async () => {
			expect(await hear('delivered', { messageId: 'wamid.2' })).toBeUndefined();
			expect(await hear('delivered', { provider: 'oneMsg' })).toBeUndefined();
			expect(await hear('delivered', { messageId: '', sendId: '' })).toBeUndefined();
			expect(await hear('delivered', { messageId: "' OR 1=1 --" })).toBeUndefined();
			expect((await verifier.get(sent))?.deliveries[0]?.status).toBe('accepted');
		});
	});

	describe('that comes before the answer to the send', () => {
		test('is recorded if it has our send id, and the answer does not undo it', async () => {
			await hear('delivered', { sendId: sent.ticket.sendId });
			expect(await verifier.accepted(sent, 'wamid.1')).toMatchObject({
				deliveries: [{ status: 'delivered', messageId: 'wamid.1', times: { accepted: verifier.clock.now } }],
			});
			expect(await hear('read')).toMatchObject({ isNew: true });
		});

		test('keeps a failure when the send is accepted later', async () => {
			await hear('failed', { sendId: sent.ticket.sendId });
			expect(await verifier.accepted(sent, 'wamid.1')).toMatchObject({
				status: 'undeliverable',
				deliveries: [{ status: 'failed' }],
			});
		});

		test('replaces unknown after a timeout', async () => {
			await verifier.engine.recordSend(sent.ticket, { outcome: 'unknown' });
			expect((await verifier.get(sent))?.deliveries[0]?.status).toBe('unknown');
			await hear('sent', { sendId: sent.ticket.sendId });
			expect((await verifier.get(sent))?.deliveries).toMatchObject([{ status: 'sent', messageId: 'wamid.1' }]);
		});

		test('keeps a delivered message from being withdrawn', async () => {
			await hear('delivered', { sendId: sent.ticket.sendId });
			await verifier.engine.recordSend(sent.ticket, { outcome: 'withdrawn' });
			expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
		});
	});

	describe('of a verification with several sends', () => {
		let next: Sent;

		beforeEach(async () => {
			await verifier.accepted(sent, 'wamid.1');
			verifier.clock.advance(30 * second);
			next = await verifier.resend(sent);
			await verifier.accepted(next, 'wamid.2');
		});

		test('makes it undeliverable only when all sends have failed', async () => {
			await hear('failed');
			expect((await verifier.get(sent))?.status).toBe('pending');
			await hear('failed', { messageId: 'wamid.2' });
			expect((await verifier.get(sent))?.status).toBe('undeliverable');
		});

		test('changes the status of one send only', async () => {
			await hear('read');
			await hear('failed', { messageId: 'wamid.2' });
			expect((await verifier.get(sent))?.deliveries.map(({ status }) => status)).toEqual(['read', 'failed']);
		});

		test('leaves the last code valid if only the first message arrives', async () => {
			await hear('failed', { messageId: 'wamid.2' });
			await hear('delivered');
			if (sent.code !== next.code) expect(await verifier.results(sent, sent.code)).toEqual(['invalid_code']);
			expect(await verifier.results(sent, next.code)).toEqual(['approved']);
		});
	});

	test('is not stored by a report with the ticket of another send', async () => {
		const other = await verifier.send({ to: '+12015550124' });
		const mixed = { ...sent.ticket, verificationId: other.ticket.verificationId };
		expect(await verifier.engine.recordSend(mixed, { outcome: 'withdrawn' })).toBeUndefined();
		const unknown = { ...sent.ticket, sendId: 'x' };
		expect(await verifier.engine.recordSend(unknown, { outcome: 'failed' })).toBeUndefined();
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('is ignored without an error if the answer to the send comes a day later', async () => {
		verifier.clock.advance(25 * 60 * minute);
		expect(await verifier.accepted(sent, 'wamid.1')).toBeUndefined();
	});
});

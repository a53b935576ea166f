import { stores } from './stores';
import { minute, openVerifier, second, type Verifier, wrongCodes } from './verifier';

describe.each(stores)('A send, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	describe('after another send', () => {
		test('is refused within the cool-down, with the seconds to wait', async () => {
			const first = await verifier.send();
			verifier.clock.advance(29 * second);
			const { verificationId } = first.ticket;
			const refusal = await verifier.refused({ verificationId });
			expect(refusal.reason).toContain('in 1 s');
			expect(refusal).toMatchObject({
				result: 'cooldown',
				retryAfterSeconds: 1,
				verification: { verificationId, status: 'pending', sendsRemaining: 3 },
			});
			const { reason, ...ofStranger } = await verifier.refused();
			expect(reason).toBe(refusal.reason);
			expect(ofStranger).toEqual({ outcome: 'refused', result: 'cooldown', retryAfterSeconds: 1, to: '+12015550123' });
			expect(await verifier.results(first, first.code)).toEqual(['approved']);
		});

		test('has a cool-down of 30 s, then 60 s, then 120 s', async () => {
			const first = await verifier.send();
			for (const [i, wait] of [30, 60, 120].entries()) {
				const again = i === 1 ? {} : { verificationId: first.ticket.verificationId };
				verifier.clock.advance(wait * second - 1);
				expect(await verifier.refused(again)).toMatchObject({ result: 'cooldown', retryAfterSeconds: 1 });
				verifier.clock.advance(1);
				expect((await verifier.send(again)).isResend).toBe(i !== 1);
			}
		});

		test('has the first cool-down again ten minutes later, and needs none for another purpose', async () => {
			await verifier.send();
			verifier.clock.advance(30 * second);
			await verifier.send();
			await verifier.send({ purpose: 'payment' });
			expect((await verifier.refused({ purpose: 'payment' })).retryAfterSeconds).toBe(30);
			verifier.clock.advance(10 * minute);
			await verifier.send();
			expect((await verifier.refused()).retryAfterSeconds).toBe(30);
		});

		test('is refused as the fifth of a verification, with the name of the limit', async () => {
			const { ticket } = await verifier.send();
			for (const wait of [30, 60, 120]) {
				verifier.clock.advance(wait * second);
				await verifier.send({ verificationId: ticket.verificationId });
			}
			verifier.clock.advance(4 * minute);
			expect(await verifier.refused({ verificationId: ticket.verificationId })).toMatchObject({
				result: 'rate_limited',
				limit: 'sends per verification',
				retryAfterSeconds: 60,
				verification: { sendsRemaining: 0 },
			});
		});

		test('may use another provider', async () => {
			const first = await verifier.send({ provider: 'dialog360' });
			verifier.clock.advance(minute);
			await verifier.send({ provider: 'oneMsg', verificationId: first.ticket.verificationId });
			expect(await verifier.get(first)).toMatchObject({
				deliveries: [{ provider: 'dialog360' }, { provider: 'oneMsg' }],
			});
		});

		test('keeps the metadata that the verification began with', async () => {
			const first = await verifier.send({ metadata: { order: 7 } });
			verifier.clock.advance(minute);
			expect((await verifier.resend(first)).verification.metadata).toEqual({ order: 7 });
			verifier.clock.advance(minute);
			const last = await verifier.resend(first, { metadata: { order: 8 } });
			expect(last.verification.metadata).toEqual({ order: 7 });
			expect((await verifier.check(first, last.code)).verification?.metadata).toEqual({ order: 7 });
		});

		test.each([
			['approved', 'already_used'],
			['locked', 'locked'],
			['canceled', 'canceled'],
			['expired', 'expired'],
		])('does not continue a verification that is %s', async (end, result) => {
			const sent = await verifier.send();
			if (end === 'approved') await verifier.check(sent, sent.code);
			if (end === 'locked') await verifier.results(sent, ...wrongCodes(sent.code, 5));
			if (end === 'canceled') await verifier.engine.cancel({ ...sent.ticket, namespace: 'default' });
			verifier.clock.advance(end === 'expired' ? 5 * minute : minute);
			const refusal = await verifier.refused({ verificationId: sent.ticket.verificationId });
			expect(refusal.result).toBe(result);
			expect(refusal.reason).toContain(`is ${end}`);
			// A send without the id begins a new verification.
			expect(await verifier.send()).toMatchObject({ isResend: false, verification: { attemptsRemaining: 5 } });
		});

		test('is refused for an invalid number, with a reason that does not show the number', async () => {
			const numbers = ['', '   ', null, {}, ['+12015550123'], true, '2015550123', '+1201', 'x'.repeat(10_000)];
			for (const to of numbers) {
				const { reason, ...refusal } = await verifier.refused({ to });
				expect(refusal).toEqual({ outcome: 'refused', result: 'invalid_phone' });
				expect(reason).toMatch(/^.{20,120}$/);
				expect(reason).not.toContain('2015550123');
			}
		});

		test('is refused for a country that is not allowed, before anything is counted', async () => {
			const to = '+4915112345678';
			for (let i = 0; i < 5; i += 1) {
				const refusal = await verifier.refused({ to, allowedCountries: ['us', 'CA'] });
				expect(refusal.result).toBe('blocked_country');
				expect(refusal.reason).toContain('belongs to DE');
			}
			await verifier.send({ to, allowedCountries: [' de '] });
		});
	});

	describe('that was not sent, or failed', () => {
		test('leaves nothing if it was the first and was withdrawn: the next one is allowed after 5 s', async () => {
			for (let round = 0; round < 15; round += 1) {
				const sent = await verifier.send();
				expect(await verifier.engine.recordSend(sent.ticket, { outcome: 'withdrawn' })).toBeUndefined();
				expect(await verifier.results(sent, sent.code)).toEqual(['not_found']);
				verifier.clock.advance(5 * second - 1);
				expect(await verifier.refused()).toMatchObject({ result: 'cooldown', retryAfterSeconds: 1 });
				verifier.clock.advance(1);
			}
			expect(await verifier.send()).toMatchObject({ isResend: false, verification: { sendsRemaining: 3 } });
			// The withdrawn ones do not choose the step.
			expect((await verifier.refused()).retryAfterSeconds).toBe(30);
		});

		test("is repeated by n8n's Retry On Fail without the pause, at most four times", async () => {
			const again = { idempotencyKey: 'execution 7, item 0' };
			const withdraw = async () => {
				const { ticket } = await verifier.send(again);
				await verifier.engine.recordSend(ticket, { outcome: 'withdrawn' });
			};
			for (let tries = 0; tries < 5; tries += 1) {
				await withdraw();
				expect((await verifier.refused()).result).toBe('cooldown');
			}
			expect(await verifier.refused(again)).toMatchObject({ result: 'cooldown', retryAfterSeconds: 5 });
			verifier.clock.advance(5 * second);
			await withdraw();
			expect((await verifier.refused(again)).result).toBe('cooldown');
		});

		test('does not count if it was a withdrawn resend, and shortens the cool-down to 5 s', async () => {
			const first = await verifier.send();
			verifier.clock.advance(30 * second);
			const next = await verifier.resend(first);
			const soon = new Date(verifier.clock.now + 5 * second);
			expect(await verifier.engine.recordSend(next.ticket, { outcome: 'withdrawn' })).toMatchObject({
				status: 'pending',
				sendsRemaining: 3,
				resendAvailableAt: soon,
				deliveries: [{ sendId: first.ticket.sendId }],
			});
			verifier.clock.advance(5 * second);
			expect(await verifier.resend(first)).toMatchObject({ isResend: true, verification: { sendsRemaining: 2 } });
		});

		test('does not shorten the cool-down of a send that came after it', async () => {
			const slow = await verifier.send();
			verifier.clock.advance(30 * second);
			await verifier.send();
			await verifier.engine.recordSend(slow.ticket, { outcome: 'withdrawn' });
			expect((await verifier.refused()).retryAfterSeconds).toBe(60);
		});

		test('does not end the cool-down of a send that came after it', async () => {
			const slow = await verifier.send();
			verifier.clock.advance(30 * second);
			await verifier.send();
			await verifier.engine.recordSend(slow.ticket, { outcome: 'failed' });
			expect((await verifier.refused()).retryAfterSeconds).toBe(60);
		});

		test('is taken off the limits alone, if several were sent in the same millisecond', async () => {
			const sent = await Promise.all(['a', 'b', 'c', 'd'].map((purpose) => verifier.send({ purpose })));
			expect((await verifier.refused({ purpose: 'e' })).limit).toBe('sends per phone in 10 minutes');
			await verifier.engine.recordSend(sent[0]!.ticket, { outcome: 'withdrawn' });
			await verifier.send({ purpose: 'e' });
			expect((await verifier.refused({ purpose: 'f' })).limit).toBe('sends per phone in 10 minutes');
		});

		test('is taken off the limits once if it is withdrawn twice', async () => {
			const [first] = await Promise.all(['a', 'b', 'c', 'd'].map((purpose) => verifier.send({ purpose })));
			for (let i = 0; i < 2; i += 1) await verifier.engine.recordSend(first!.ticket, { outcome: 'withdrawn' });
			await verifier.send({ purpose: 'e' });
			expect((await verifier.refused({ purpose: 'f' })).limit).toBe('sends per phone in 10 minutes');
		});

		test('makes the verification undeliverable if it was the only one and failed', async () => {
			const sent = await verifier.send();
			const error = { code: 131026, title: 'Message undeliverable', class: 'recipient' };
			expect(await verifier.engine.recordSend(sent.ticket, { outcome: 'failed', error })).toMatchObject({
				status: 'undeliverable',
				sendsRemaining: 3,
				deliveries: [{ status: 'failed', error }],
			});
			expect(await verifier.results(sent, sent.code)).toEqual(['undeliverable']);
		});

		test('can be followed by a resend with the same attempts, whose code is valid', async () => {
			const first = await verifier.send();
			await verifier.results(first, ...wrongCodes(first.code, 3));
			await verifier.engine.recordSend(first.ticket, { outcome: 'failed' });
			verifier.clock.advance(30 * second);
			const next = await verifier.send({ verificationId: first.ticket.verificationId, provider: 'oneMsg' });
			expect(next).toMatchObject({ isResend: true, verification: { status: 'pending', attemptsRemaining: 2 } });
			expect(await verifier.results(first, next.code)).toEqual(['approved']);
		});

		test('makes the verification undeliverable again if the resend is withdrawn', async () => {
			const first = await verifier.send();
			await verifier.engine.recordSend(first.ticket, { outcome: 'failed' });
			verifier.clock.advance(30 * second);
			const next = await verifier.send({ verificationId: first.ticket.verificationId });
			const left = await verifier.engine.recordSend(next.ticket, { outcome: 'withdrawn' });
			expect(left).toMatchObject({ status: 'undeliverable' });
		});

		test('can be followed at once through another channel, with the same id and attempts', async () => {
			const first = await verifier.send();
			await verifier.results(first, ...wrongCodes(first.code, 3));
			await verifier.accepted(first, 'wamid.1');
			await verifier.refused();
			const news = { provider: 'dialog360', messageId: 'wamid.1', occurredAt: verifier.clock.now };
			await verifier.engine.recordDelivery({ ...news, status: 'failed' });
			const next = await verifier.resend(first, { provider: 'other' });
			expect(next).toMatchObject({ isResend: true, verification: { status: 'pending', attemptsRemaining: 2 } });
			expect(next.ticket.verificationId).toBe(first.ticket.verificationId);
			// The first message arrives late.
			await verifier.engine.recordDelivery({ ...news, status: 'delivered' });
			expect(await verifier.results(next, first.code, next.code)).toEqual(['invalid_code', 'approved']);
		});

		test('needs no wait if it was the newest and failed, even if an earlier one was delivered', async () => {
			const first = await verifier.send();
			await verifier.accepted(first, 'wamid.1');
			const news = { provider: 'dialog360', occurredAt: verifier.clock.now };
			await verifier.engine.recordDelivery({ ...news, messageId: 'wamid.1', status: 'delivered' });
			verifier.clock.advance(30 * second);
			const next = await verifier.send();
			await verifier.accepted(next, 'wamid.2');
			expect(await verifier.refused()).toMatchObject({ result: 'cooldown' });
			await verifier.engine.recordDelivery({ ...news, messageId: 'wamid.2', status: 'failed' });
			expect(await verifier.get(first)).toMatchObject({ status: 'pending' });
			await verifier.send({ provider: 'other' });
		});

		test('is followed by a new verification once it has expired', async () => {
			const first = await verifier.send();
			await verifier.engine.recordSend(first.ticket, { outcome: 'failed' });
			verifier.clock.advance(5 * minute);
			const next = await verifier.send();
			expect(next.isResend).toBe(false);
			expect(next.ticket.verificationId).not.toBe(first.ticket.verificationId);
		});
	});

	test("takes the builder's own code as it is, and refuses one that WhatsApp would refuse", async () => {
		const sent = await verifier.send({ customCode: 'J$FpnYnP' });
		expect(sent.code).toBe('J$FpnYnP');
		expect(await verifier.results(sent, 'j$fpnynp', 'JFpnYnP', ' J$Fpn-YnP ', 'J$FpnYnP')).toEqual([
			'invalid_code',
			'malformed',
			'approved',
			'already_used',
		]);
		const none = ['', 'a', '12345', 'a-b-c-d', 'x'.repeat(16), 'abc def', 'äöüßéà', '１２３４５６', '12345\n'];
		for (const customCode of none) {
			const send = verifier.send({ customCode, purpose: 'payment' });
			await expect(send).rejects.toMatchObject({ code: 'invalid_request', field: 'code' });
			await expect(send).rejects.toThrow(/6 to 15/);
		}
	});
});

import { stores } from './stores';
import { hour, minute, openVerifier, second, type Verifier, wrong, wrongCodes } from './verifier';

describe.each(stores)('Checks of a code, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => {
		jest.restoreAllMocks();
		return verifier.store.close();
	});

	test('approves the right code once, and answers a replay with already_used', async () => {
		const sent = await verifier.send();
		expect(await verifier.check(sent, sent.code)).toMatchObject({
			result: 'approved',
			verification: { status: 'approved', verifiedAt: new Date(verifier.clock.now) },
		});
		expect(await verifier.results(sent, sent.code, wrong(sent.code))).toEqual(['already_used', 'already_used']);
	});

	test('approves the right code after four wrong ones', async () => {
		const sent = await verifier.send();
		for (const [i, code] of wrongCodes(sent.code, 4).entries()) {
			expect(await verifier.check(sent, code)).toMatchObject({
				result: 'invalid_code',
				verification: { status: 'pending', attemptsRemaining: 4 - i },
			});
		}
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('locks after the fifth wrong code, and then refuses the right one', async () => {
		const sent = await verifier.send();
		const results = await verifier.results(sent, ...wrongCodes(sent.code, 6), sent.code);
		expect(results).toEqual([...Array<string>(4).fill('invalid_code'), 'locked', 'locked', 'locked']);
		const left = { attemptsRemaining: 0, sendsRemaining: 0 };
		expect(await verifier.get(sent)).toMatchObject({ status: 'locked', ...left });
	});

	test.each([1, 2, 10])('evaluates %i checks if the builder allows that many', async (maxAttempts) => {
		const sent = await verifier.send({ policy: { maxAttempts } });
		const results = await verifier.results(sent, ...wrongCodes(sent.code, maxAttempts), sent.code);
		expect(results).toEqual([...Array<string>(maxAttempts - 1).fill('invalid_code'), 'locked', 'locked']);
	});

	test('keeps an approved code used after its lifetime, and deletes it 24 hours later', async () => {
		const sent = await verifier.send();
		await verifier.check(sent, sent.code);
		const asked: string[] = [];
		for (const wait of [4 * minute, 10 * minute, 23 * hour, hour]) {
			verifier.clock.advance(wait);
			asked.push(...(await verifier.results(sent, sent.code)));
		}
		expect(asked).toEqual(['already_used', 'already_used', 'already_used', 'not_found']);
		expect(await verifier.get(sent)).toBeUndefined();
		expect(await verifier.check('', sent.code, { to: '+12015550123' })).toEqual({ result: 'not_found' });
		expect((await verifier.refused({ verificationId: sent.ticket.verificationId })).result).toBe('not_found');
		expect(await verifier.engine.cancel({ ...sent.ticket, namespace: 'default' })).toBeUndefined();
		const news = { provider: 'dialog360', sendId: sent.ticket.sendId, messageId: 'wamid.1', occurredAt: 0 };
		expect(await verifier.engine.recordDelivery({ ...news, status: 'read' })).toBeUndefined();
	});

	test.each(['expired', 'locked', 'canceled'])('answers %s for 24 hours, and then not_found', async (end) => {
		const sent = await verifier.send();
		if (end === 'locked') await verifier.results(sent, ...wrongCodes(sent.code, 5));
		if (end === 'canceled') await verifier.engine.cancel({ ...sent.ticket, namespace: 'default' });
		verifier.clock.advance(10 * minute);
		expect(await verifier.results(sent, sent.code)).toEqual([end]);
		verifier.clock.advance(24 * hour - 11 * minute);
		expect(await verifier.results(sent, sent.code)).toEqual([end]);
		verifier.clock.advance(11 * minute);
		expect(await verifier.results(sent, sent.code)).toEqual(['not_found']);
	});

	test('keeps the failed checks after a resend, and refuses the old code', async () => {
		const first = await verifier.send();
		await verifier.results(first, ...wrongCodes(first.code, 3));
		verifier.clock.advance(30 * second);
		let next = await verifier.send({ verificationId: first.ticket.verificationId });
		// In one of a million runs both codes are the same.
		while (next.code === first.code) {
			verifier.clock.advance(2 * minute);
			next = await verifier.send({ verificationId: first.ticket.verificationId });
		}
		expect(next).toMatchObject({ isResend: true, verification: { attemptsRemaining: 2 } });
		expect(await verifier.results(first, first.code, wrong(next.code))).toEqual(['invalid_code', 'locked']);
		expect(await verifier.results(first, next.code)).toEqual(['locked']);
	});

	test('approves a code until the last millisecond of its lifetime', async () => {
		const early = await verifier.send({ policy: { expiresIn: 60 } });
		const late = await verifier.send({ policy: { expiresIn: 60 }, purpose: 'payment' });
		expect(early.verification.expiresAt).toEqual(new Date(verifier.clock.now + minute));
		verifier.clock.advance(minute - 1);
		expect(await verifier.results(early, early.code)).toEqual(['approved']);
		verifier.clock.advance(1);
		const { result, verification } = await verifier.check(late, late.code, { purpose: 'payment' });
		expect([result, verification?.status]).toEqual(['expired', 'expired']);
	});

	test.each([-10, 10])("ignores a worker's clock that is %i minutes off", async (off) => {
		const right = await verifier.send();
		const expired = await verifier.send({ purpose: 'payment', policy: { expiresIn: 60 } });
		const real = Date.now;
		jest.spyOn(Date, 'now').mockImplementation(() => real() + off * minute);
		verifier.clock.advance(minute);
		expect((await verifier.check(expired, expired.code, { purpose: 'payment' })).result).toBe('expired');
		expect(await verifier.results(right, right.code)).toEqual(['approved']);
	});

	test('expires ten minutes after the first send, also after resends', async () => {
		const first = await verifier.send();
		const verificationId = first.ticket.verificationId;
		verifier.clock.advance(4 * minute);
		const atFour = await verifier.send({ verificationId });
		verifier.clock.advance(4 * minute);
		const atEight = await verifier.send({ verificationId });
		const begun = first.verification.expiresAt.getTime() - 5 * minute;
		expect(atFour.verification.expiresAt).toEqual(new Date(begun + 9 * minute));
		expect(atEight.verification.expiresAt).toEqual(new Date(begun + 10 * minute));
		verifier.clock.advance(2 * minute + second);
		expect(await verifier.results(first, atEight.code)).toEqual(['expired']);
	});

	test('approves the newest code until those ten minutes are over', async () => {
		const first = await verifier.send();
		verifier.clock.advance(4 * minute);
		await verifier.resend(first);
		verifier.clock.advance(4 * minute);
		const last = await verifier.resend(first);
		verifier.clock.advance(2 * minute - 1);
		expect(await verifier.results(first, last.code)).toEqual(['approved']);
	});

	test('never approves the right code with another id, purpose, namespace or phone', async () => {
		const sent = await verifier.send();
		const other = await verifier.send({ to: '+12015550199' });
		const elsewhere = await verifier.send({ namespace: 'shop' });
		const asked = [
			...(await verifier.results(other, other.code === sent.code ? wrong(sent.code) : sent.code)),
			(await verifier.check(sent, sent.code, { purpose: 'payment' })).result,
			(await verifier.check(sent, sent.code, { namespace: 'shop' })).result,
			(await verifier.check(elsewhere, elsewhere.code)).result,
			(await verifier.check('', sent.code, { to: '+12015550188' })).result,
			(await verifier.check('', sent.code, { to: '+12015550123', purpose: 'payment' })).result,
			(await verifier.check('', sent.code, { to: '+12015550123', namespace: 'bank' })).result,
		];
		expect(asked).toEqual(['invalid_code', ...Array<string>(6).fill('not_found')]);
		expect((await verifier.check('', sent.code, { to: '+1 (201) 555-0123' })).result).toBe('approved');
	});

	test('answers not_found for an id that does not exist, in any form', async () => {
		const sent = await verifier.send();
		const id = sent.ticket.verificationId;
		const flipped = [0, 15, 31].map((at) => id.slice(0, at) + (id[at] === 'A' ? 'B' : 'A') + id.slice(at + 1));
		const huge = 'x'.repeat(1_000_000);
		const strange = ['', ' ', `${id} `, `${id}!`, `${id}${id}`, huge, "' OR 1=1 --", '\0', '../../etc'];
		for (const each of [...flipped, ...strange]) {
			expect(await verifier.check(each, sent.code)).toEqual({ result: 'not_found' });
			expect(await verifier.get(each)).toBeUndefined();
			expect(await verifier.engine.cancel({ verificationId: each, namespace: 'default' })).toBeUndefined();
			expect((await verifier.refused({ verificationId: each })).result).toBe('not_found');
		}
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('does not show, end or continue a verification of another namespace', async () => {
		const sent = await verifier.send();
		const { verificationId } = sent.ticket;
		expect(await verifier.get(sent, 'shop')).toBeUndefined();
		expect(await verifier.engine.cancel({ verificationId, namespace: 'shop' })).toBeUndefined();
		verifier.clock.advance(minute);
		expect((await verifier.refused({ verificationId, namespace: 'shop' })).result).toBe('not_found');
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
	});

	test('answers by phone how the newest verification ended if none is pending', async () => {
		const by = { to: '+12015550123' };
		expect(await verifier.check('', '123456', by)).toEqual({ result: 'not_found' });
		const first = await verifier.send();
		await verifier.engine.cancel({ ...first.ticket, namespace: 'default' });
		expect(await verifier.check('', first.code, by)).toEqual({ result: 'canceled' });
		verifier.clock.advance(30 * second);
		const next = await verifier.send();
		expect((await verifier.check('', next.code, by)).result).toBe('approved');
		expect(await verifier.check('', next.code, by)).toEqual({ result: 'already_used' });
	});

	test('refuses a canceled code, and keeps an approval that is canceled later', async () => {
		const sent = await verifier.send();
		const where = { verificationId: sent.ticket.verificationId, namespace: 'default' };
		expect(await verifier.engine.cancel(where)).toMatchObject({ status: 'canceled', sendsRemaining: 0 });
		expect(await verifier.results(sent, sent.code, wrong(sent.code))).toEqual(['canceled', 'canceled']);
		const used = await verifier.send({ purpose: 'payment' });
		await verifier.check(used, used.code, { purpose: 'payment' });
		const canceled = await verifier.engine.cancel({ ...used.ticket, namespace: 'default' });
		expect(canceled?.status).toBe('approved');
	});
});

import { stores } from './stores';
import { hour, minute, openVerifier, second, type Sent, type Verifier, wrong, wrongCodes } from './verifier';

// A stranger posted a number that had a live code. The answer gave the stranger the owner's id and metadata. The
// stranger's next send replaced the metadata, and then the owner's code approved the stranger's request. A verification
// must belong to the request that began it (docs/reference/verification-rules.md 7.26).
describe.each(stores)('Two requests for one number, on $name', (store) => {
	const to = '+12015550123';
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	/** One send after the other, each as soon as the cool-down allows. Their codes differ. */
	const sendAll = async (...names: string[]): Promise<Sent[]> => {
		const sent: Sent[] = [];
		for (const [i, name] of names.entries()) {
			if (i > 0) verifier.clock.advance([30 * second, minute, 2 * minute][i - 1] ?? 0);
			sent.push(await verifier.send({ metadata: { name }, customCode: String(111_111 * (i + 1)) }));
		}
		return sent;
	};
	const byPhone = async (code: string) => (await verifier.check('', code, { to })).result;

	test('begin two verifications with two ids and two codes, each with its own metadata', async () => {
		const [first, next] = await sendAll('owner', 'stranger');
		expect(next!.isResend).toBe(false);
		expect(next!.ticket.verificationId).not.toBe(first!.ticket.verificationId);
		expect(next!.verification).toMatchObject({ metadata: { name: 'stranger' }, sendsRemaining: 3 });
		expect(await verifier.get(first!)).toMatchObject({ metadata: { name: 'owner' }, sendsRemaining: 3 });
		expect(await verifier.results(first!, next!.code)).toEqual(['invalid_code']);
		expect(await verifier.results(next!, first!.code)).toEqual(['invalid_code']);
		expect(await verifier.check(first!, first!.code)).toMatchObject({
			result: 'approved',
			verification: { metadata: { name: 'owner' }, attemptsRemaining: 3 },
		});
		expect(await verifier.results(next!, next!.code)).toEqual(['approved']);
	});

	test('learn nothing of each other from a refusal', async () => {
		await sendAll('owner');
		const cooldown = await verifier.refused();
		expect(Object.keys(cooldown).sort()).toEqual(['outcome', 'reason', 'result', 'retryAfterSeconds', 'to']);
		for (const purpose of ['a', 'b', 'c']) await verifier.send({ purpose });
		const limited = await verifier.refused({ purpose: 'd' });
		expect(Object.keys(limited).sort()).toEqual(['limit', 'outcome', 'reason', 'result', 'retryAfterSeconds', 'to']);
	});

	test('learn nothing of each other from a check by phone, except whether it approves', async () => {
		const [first, next] = await sendAll('owner', 'stranger');
		expect(await verifier.check('', '999999', { to })).toEqual({ result: 'invalid_code' });
		expect(await verifier.check('', 'x', { to })).toEqual({
			result: 'malformed',
			reason: expect.any(String) as string,
		});
		const { verification } = await verifier.check('', next!.code, { to });
		expect(verification).toMatchObject({ verificationId: next!.ticket.verificationId, metadata: { name: 'stranger' } });
		expect((await verifier.get(first!))?.attemptsRemaining).toBe(3);
	});

	test('leave the code of the owner valid after three sends of strangers, by id and by phone', async () => {
		const sent = await sendAll('owner', 'stranger', 'stranger', 'stranger');
		expect(sent.map(({ ticket }) => ticket.verificationId).length).toBe(4);
		expect(await byPhone(sent[0]!.code)).toBe('approved');
		const again = await sendAllLater();
		expect(await verifier.results(again[0]!, again[0]!.code)).toEqual(['approved']);
	});

	const sendAllLater = async () => {
		verifier.clock.advance(24 * hour);
		return await sendAll('owner', 'stranger', 'stranger', 'stranger');
	};

	test('are approved by phone once each', async () => {
		const [first, next] = await sendAll('owner', 'stranger');
		const results: string[] = [];
		for (const code of [first!.code, first!.code, next!.code, next!.code]) results.push(await byPhone(code));
		expect(results).toEqual(['approved', 'invalid_code', 'approved', 'already_used']);
	});

	test('are approved by phone once each if 50 checks come at once and both have the same code', async () => {
		const same = { customCode: '424242' };
		await verifier.send(same);
		verifier.clock.advance(30 * second);
		await verifier.send(same);
		const results = await Promise.all(Array.from({ length: 50 }, () => byPhone('424242')));
		expect(results.filter((result) => result === 'approved')).toHaveLength(2);
		expect(new Set(results)).toEqual(new Set(['approved', 'already_used']));
	});

	test('each count an attempt for a wrong code by phone, and the phone counts it once', async () => {
		const sent = await sendAll('owner', 'stranger');
		for (const code of wrongCodes('500000', 4)) expect(await byPhone(code)).toBe('invalid_code');
		expect(await byPhone('500009')).toBe('locked');
		expect(await byPhone(sent[0]!.code)).toBe('locked');
		verifier.clock.advance(minute);
		const [third] = await sendAll('owner');
		// Five of fifteen failed checks are used.
		for (const code of wrongCodes(third!.code, 5)) await verifier.check(third!, code);
		verifier.clock.advance(2 * minute);
		const [fourth] = await sendAll('owner');
		expect(await verifier.results(fourth!, wrong(fourth!.code), fourth!.code)).toEqual(['invalid_code', 'approved']);
	});

	test('evaluate exactly five of 200 wrong codes by phone that come at once', async () => {
		const sent = await sendAll('owner', 'stranger');
		const codes = wrongCodes('500000', 200);
		const results = await Promise.all(codes.map(byPhone));
		expect(results.filter((result) => result === 'invalid_code')).toHaveLength(4);
		for (const each of sent) expect(await verifier.get(each)).toMatchObject({ status: 'locked', attemptsRemaining: 0 });
	});

	test('count an attempt by phone only where the entry has the form of the code', async () => {
		const first = await verifier.send({ policy: { codeLength: 8 } });
		verifier.clock.advance(30 * second);
		const next = await verifier.send();
		expect(await byPhone(wrong(next.code))).toBe('invalid_code');
		expect((await verifier.get(first))?.attemptsRemaining).toBe(5);
		expect((await verifier.get(next))?.attemptsRemaining).toBe(4);
		expect(await byPhone(first.code)).toBe('approved');
	});

	test('are separate in deliveries, drops, cancellations and withdrawn sends', async () => {
		const [first, next] = await sendAll('owner', 'stranger');
		await verifier.engine.recordSend(next!.ticket, { outcome: 'withdrawn' });
		expect(await verifier.get(next!)).toBeUndefined();
		expect(await byPhone('999999')).toBe('invalid_code');
		verifier.clock.advance(minute);
		const [third] = await sendAll('stranger');
		await verifier.engine.cancel({ ...third!.ticket, namespace: 'default' });
		await verifier.engine.recordSend(third!.ticket, { outcome: 'failed' });
		expect(await verifier.get(first!)).toMatchObject({ status: 'pending', deliveries: [{ status: 'sending' }] });
		verifier.clock.advance(45 * second);
		const dropped = await verifier.engine.claimDropped('dialog360');
		expect(dropped.map(({ delivery }) => delivery.sendId)).toEqual([first!.ticket.sendId]);
		expect(await byPhone(first!.code)).toBe('approved');
	});
});

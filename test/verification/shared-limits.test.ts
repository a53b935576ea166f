import { limitsSchema } from '../../verification/policy';
import { stores } from './stores';
import { hour, openVerifier, type Verifier, wrong } from './verifier';

describe.each(stores)('The limits that phones share, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	/** Numbers of one block: they differ in their last four digits. */
	const neighbour = (line: number) => `+1201555${String(line).padStart(4, '0')}`;

	const sendAll = async (count: number, send: (i: number) => object) => {
		for (let i = 0; i < count; i += 1) await verifier.send(send(i));
	};

	test('refuse the 21st send to a block of numbers in an hour, but not one to another block', async () => {
		await sendAll(20, (i) => ({ to: neighbour(i) }));
		expect(await verifier.refused({ to: neighbour(7000) })).toMatchObject({
			result: 'rate_limited',
			limit: 'sends per prefix in an hour',
			retryAfterSeconds: 3600,
		});
		await verifier.send({ to: '+12015560000' });
		await verifier.send({ to: neighbour(7000), namespace: 'shop' });
		verifier.clock.advance(hour);
		await verifier.send({ to: neighbour(7000) });
	});

	test('count both forms of a number with an optional digit in one block', async () => {
		const forms = (line: number) => (line % 2 === 0 ? '+55119' : '+5511');
		await sendAll(20, (i) => ({ to: `${forms(i)}8765${1000 + i}` }));
		for (const line of [0, 1]) {
			const to = `${forms(line)}87659999`;
			expect(await verifier.refused({ to })).toMatchObject({ limit: 'sends per prefix in an hour' });
		}
	});

	test('count a resend, too', async () => {
		const limits = limitsSchema.parse({ perPrefixHour: 2 });
		const { ticket } = await verifier.send({ limits });
		verifier.clock.advance(hour / 120);
		await verifier.send({ verificationId: ticket.verificationId, limits });
		expect(await verifier.refused({ to: neighbour(9), limits })).toMatchObject({
			limit: 'sends per prefix in an hour',
		});
	});

	const blocks = (i: number) => `+1201${200 + i}5555`;

	test('refuse the eleventh send for one caller in an hour, for any phone', async () => {
		const clientIp = '203.0.113.7';
		await sendAll(10, (i) => ({ to: blocks(i), clientIp }));
		expect(await verifier.refused({ to: blocks(50), clientIp })).toMatchObject({
			result: 'rate_limited',
			limit: 'sends per caller IP in an hour',
		});
		expect(await verifier.refused({ to: blocks(50), clientIp: '::ffff:203.0.113.7' })).toHaveProperty('limit');
		await verifier.send({ to: blocks(50), clientIp: '203.0.113.8' });
		await verifier.send({ to: blocks(51) });
	});

	test('count an IPv6 /64 as one caller, and all invalid addresses as one caller', async () => {
		const limits = limitsSchema.parse({ perCallerHour: 1 });
		const callers = ['2001:db8::1', '2001:DB8:0:0:ffff::2', '2001:db8:0:1::1', 'unknown', 'x'.repeat(5000)];
		const outcomes: string[] = [];
		for (const [i, clientIp] of callers.entries()) {
			outcomes.push((await verifier.begin({ to: blocks(i), clientIp, limits })).outcome);
		}
		expect(outcomes).toEqual(['begun', 'refused', 'begun', 'begun', 'refused']);
	});

	test('count an empty address as the same caller as an invalid one, and none if no address is given', async () => {
		const limits = { perCallerHour: 1 };
		const callers = ['', ' ', 'unknown', undefined, undefined];
		const outcomes: string[] = [];
		for (const [i, clientIp] of callers.entries()) {
			outcomes.push((await verifier.begin({ to: blocks(i), clientIp, limits })).outcome);
		}
		expect(outcomes).toEqual(['begun', 'refused', 'refused', 'begun', 'begun']);
	});

	test('count an IPv6 /48 with four times the limit of a caller, for sends and for failed checks', async () => {
		const limits = { perCallerHour: 2, failedChecksPerCallerHour: 2 };
		const caller = (network: number) => `2001:db8:7:${network}::1`;
		await sendAll(8, (i) => ({ to: blocks(i), clientIp: caller(i), limits }));
		expect(await verifier.refused({ to: blocks(50), clientIp: caller(99), limits })).toMatchObject({
			result: 'rate_limited',
			limit: 'sends per caller IP in an hour',
			retryAfterSeconds: 3600,
		});
		const sent = await verifier.send({ to: blocks(51), clientIp: '2001:db8:8::1', limits });
		for (let i = 0; i < 8; i += 1) {
			const failed = await verifier.send({ to: blocks(60 + i) });
			await verifier.check(failed, wrong(failed.code), { callerIp: caller(i), limits });
		}
		expect((await verifier.check(sent, sent.code, { callerIp: caller(99), limits })).result).toBe('rate_limited');
		expect((await verifier.check(sent, sent.code, { callerIp: '2001:db8:8::1', limits })).result).toBe('approved');
	});

	test('hold for all numbers together if the builder sets a total', async () => {
		const limits = { totalHour: 3, totalDay: 5 };
		await sendAll(3, (i) => ({ to: blocks(i), limits }));
		expect(await verifier.refused({ to: blocks(50), limits })).toMatchObject({
			result: 'rate_limited',
			limit: 'sends of all numbers in an hour',
			retryAfterSeconds: 3600,
		});
		await verifier.send({ to: blocks(50), limits, namespace: 'shop' });
		await verifier.send({ to: blocks(51) });
		verifier.clock.advance(hour);
		await sendAll(2, (i) => ({ to: blocks(60 + i), limits }));
		expect(await verifier.refused({ to: blocks(70), limits })).toMatchObject({
			limit: 'sends of all numbers in 24 hours',
		});
	});

	test('count a block of 100 numbers in a country with short numbers', async () => {
		// Greenland: +299 and six digits.
		const limits = { perPrefixHour: 1 };
		await verifier.send({ to: '+299221234', limits });
		expect(await verifier.refused({ to: '+299221235', limits })).toMatchObject({
			limit: 'sends per prefix in an hour',
		});
		await verifier.send({ to: '+299221334', limits });
	});

	test('do not count a withdrawn send, neither for the block nor for the caller', async () => {
		const limits = limitsSchema.parse({ perCallerHour: 1, perPrefixHour: 1 });
		const send = { limits, clientIp: '203.0.113.7' };
		const { ticket } = await verifier.send(send);
		await verifier.refused({ ...send, to: neighbour(1) });
		await verifier.engine.recordSend(ticket, { outcome: 'withdrawn' });
		await verifier.send({ ...send, to: neighbour(1) });
	});

	test('are off if they are 0', async () => {
		const limits = limitsSchema.parse({ perPrefixHour: 0, perCallerHour: 0 });
		await sendAll(40, (i) => ({ to: neighbour(i), clientIp: '203.0.113.7', limits }));
	});

	test('can be set to other numbers, like the sends and failed checks of a phone', async () => {
		const limits = limitsSchema.parse({ perPhone10Minutes: 1, failedChecksPerPhone: 2 });
		const sent = await verifier.send({ limits });
		expect(await verifier.refused({ purpose: 'other', limits })).toMatchObject({
			limit: 'sends per phone in 10 minutes',
		});
		const { verificationId } = sent.ticket;
		const check = async (code: string) =>
			(
				await verifier.engine.check({
					code,
					limits,
					by: { verificationId },
					namespace: 'default',
					purpose: 'authentication',
				})
			).result;
		const tries = [wrong(sent.code), wrong(sent.code), sent.code];
		const results: string[] = [];
		for (const code of tries) results.push(await check(code));
		expect(results).toEqual(['invalid_code', 'invalid_code', 'rate_limited']);
	});

	test('count sends that a caller of the engine names together, besides their phones', async () => {
		const once = { name: 'sends for one proof', of: 'a proof', limit: 1, windowMs: hour };
		const send = { idempotencyKey: 'a proof', addedLimits: [once] };
		const { ticket } = await verifier.send({ ...send, to: blocks(0) });
		expect(await verifier.refused({ ...send, to: blocks(1) })).toMatchObject({
			result: 'rate_limited',
			limit: 'sends for one proof',
		});
		await verifier.send({ to: blocks(1), addedLimits: [{ ...once, of: 'another proof' }] });
		await verifier.send({ to: blocks(2) });
		await verifier.engine.recordSend(ticket, { outcome: 'accepted' });
		expect(await verifier.begin({ ...send, to: blocks(0) })).toMatchObject({ outcome: 'replayed' });
		const parallel = Array.from({ length: 20 }, (_, i) =>
			verifier.begin({ to: blocks(100 + i), addedLimits: [{ ...once, of: 'a third proof' }] }),
		);
		const begun = (await Promise.all(parallel)).filter(({ outcome }) => outcome === 'begun');
		expect(begun).toHaveLength(1);
	});

	test('do not show callers or blocks in a dump', async () => {
		const place = await store.place();
		const opened = store.open(place);
		const { engine } = verifier;
		await engine.begin({
			recipient: { to: '+12015550123' },
			namespace: 'default',
			purpose: 'authentication',
			provider: 'dialog360',
			policy: { codeAlphabet: 'digits', codeLength: 6, expiresIn: 300, maxAttempts: 5, maxSends: 4 },
			idempotencyKey: 'one',
			message: {},
			clientIp: '203.0.113.7',
		});
		const dump = (await store.dump(place)).toString('latin1');
		expect(dump).not.toContain('203.0.113');
		expect(dump).not.toContain('+1201555');
		await opened.close();
	});
});

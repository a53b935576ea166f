import { limitsSchema } from '../../verification/policy';
import { stores } from './stores';
import {
	hour,
	minute,
	openVerifier,
	phoneNumber,
	second,
	type Sent,
	type Verifier,
	wrong,
	wrongCodes,
} from './verifier';

describe.each(stores)('The limits of one phone, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	const lock = async (sent: Sent, purpose: string) => {
		for (const code of wrongCodes(sent.code, 5)) await verifier.check(sent, code, { purpose });
	};

	test('refuse the fifth send in ten minutes, with the limit and the wait', async () => {
		for (const purpose of ['a', 'b', 'c', 'd']) {
			await verifier.send({ purpose });
			verifier.clock.advance(minute);
		}
		const refusal = await verifier.refused({ purpose: 'e' });
		expect(refusal.reason).toContain('360 s');
		expect(refusal).toMatchObject({
			result: 'rate_limited',
			limit: 'sends per phone in 10 minutes',
			retryAfterSeconds: 360,
		});
		verifier.clock.advance(6 * minute - 1);
		expect(await verifier.refused({ purpose: 'e' })).toMatchObject({ retryAfterSeconds: 1 });
		verifier.clock.advance(1);
		await verifier.send({ purpose: 'e' });
	});

	test('allow six sends an hour and twelve a day, and name the limit with the longest wait', async () => {
		const until = async (sends: number) => {
			for (; sent < sends; sent += 1) {
				await verifier.send({ purpose: `purpose ${sent}` });
				verifier.clock.advance(3 * minute);
			}
		};
		let sent = 0;
		await until(6);
		expect(await verifier.refused({ purpose: 'x' })).toMatchObject({
			limit: 'sends per phone in an hour',
			retryAfterSeconds: 42 * 60,
		});
		verifier.clock.advance(hour);
		await until(12);
		expect(await verifier.refused({ purpose: 'x' })).toMatchObject({ limit: 'sends per phone in 24 hours' });
		verifier.clock.advance(24 * hour);
		await verifier.send({ purpose: 'x' });
	});

	test('are separate for another phone and another namespace', async () => {
		for (const purpose of ['a', 'b', 'c', 'd']) await verifier.send({ purpose });
		await verifier.refused({ purpose: 'e' });
		await verifier.send({ purpose: 'e', to: '+12015550124' });
		await verifier.send({ purpose: 'e', namespace: 'shop' });
	});

	describe('failed checks', () => {
		let fourth: Sent;

		const inThree = async () => {
			const purposes = ['a', 'b', 'c', 'd'];
			const sent = await Promise.all(purposes.map((purpose) => verifier.send({ purpose })));
			for (const [i, each] of sent.slice(0, 3).entries()) await lock(each, purposes[i] ?? '');
			return sent[3]!;
		};

		beforeEach(async () => {
			fourth = await inThree();
		});

		test('block the 16th check and the next send for 15 minutes after 15 in three verifications', async () => {
			const check = await verifier.check(fourth, fourth.code, { purpose: 'd' });
			expect(check).toMatchObject({
				result: 'rate_limited',
				retryAfterSeconds: 15 * 60,
				verification: { status: 'pending', attemptsRemaining: 5 },
			});
			verifier.clock.advance(10 * minute);
			expect(await verifier.refused({ purpose: 'e' })).toMatchObject({
				result: 'rate_limited',
				limit: 'failed checks per phone in 24 hours',
				retryAfterSeconds: 5 * 60,
			});
		});

		// A stranger locked a number out for a day: 19 requests and 3 messages (docs/reference/verification-rules.md 7.28).
		test('of a stranger let the owner sign in 15 minutes later, and then are forgotten', async () => {
			verifier.clock.advance(15 * minute - 1);
			expect(await verifier.refused({ purpose: 'e' })).toMatchObject({ retryAfterSeconds: 1 });
			verifier.clock.advance(1);
			const sent = await verifier.send({ purpose: 'e' });
			expect((await verifier.check(sent, sent.code, { purpose: 'e' })).result).toBe('approved');
			verifier.clock.advance(minute);
			const next = await verifier.send({ purpose: 'e' });
			await lock(next, 'e');
			expect((await verifier.check(next, next.code, { purpose: 'e' })).result).toBe('locked');
			verifier.clock.advance(hour);
			await verifier.send({ purpose: 'e' });
		});

		test('pause the phone twice as long after each further five, and at most a day', async () => {
			const limits = { perPhone10Minutes: 1000, perPhoneHour: 1000, perPhoneDay: 1000, perPrefixHour: 0 };
			let last = verifier.clock.now;
			for (const rest of [15, 30, 60, 120, 240, 480].map((minutes) => minutes * minute)) {
				verifier.clock.advance(last + rest - 1 - verifier.clock.now);
				expect(await verifier.refused({ limits })).toMatchObject({ retryAfterSeconds: 1 });
				verifier.clock.advance(1);
				const sent = await verifier.send({ limits });
				await lock(sent, 'authentication');
				last = verifier.clock.now;
			}
			expect(await verifier.refused({ purpose: 'x', limits })).toMatchObject({ retryAfterSeconds: 16 * 60 * 60 });
		});

		test('count for 24 hours, also after their verifications expired', async () => {
			verifier.clock.advance(24 * hour - 1);
			const early = await verifier.send({ purpose: 'e' });
			await verifier.check(early, wrong(early.code), { purpose: 'e' });
			verifier.clock.advance(1);
			const sent = await verifier.send({ purpose: 'f' });
			await lock(sent, 'f');
			// Six are left of the last 24 hours.
			const third = await verifier.send({ purpose: 'g' });
			expect((await verifier.check(third, third.code, { purpose: 'g' })).result).toBe('approved');
		});

		test('do not count for other phones', async () => {
			const other = await verifier.send({ to: '+12015550124' });
			expect(await verifier.results(other, other.code)).toEqual(['approved']);
		});
	});

	describe('of failed checks of one caller', () => {
		const callerIp = '203.0.113.7';

		test('stop the caller after 15 in an hour, for any phone, and no other caller', async () => {
			for (let i = 0; i < 3; i += 1) {
				const sent = await verifier.send({ to: phoneNumber(i) });
				for (const code of wrongCodes(sent.code, 5)) await verifier.check(sent, code, { callerIp });
			}
			const sent = await verifier.send({ to: phoneNumber(3) });
			expect(await verifier.check(sent, sent.code, { callerIp })).toMatchObject({
				result: 'rate_limited',
				retryAfterSeconds: 3600,
				verification: { attemptsRemaining: 5 },
			});
			expect(await verifier.check('', sent.code, { to: phoneNumber(3), callerIp })).toEqual({
				result: 'rate_limited',
				retryAfterSeconds: 3600,
			});
			expect((await verifier.check(sent, sent.code, { callerIp: '203.0.113.8' })).result).toBe('approved');
			verifier.clock.advance(hour);
			const next = await verifier.send({ to: phoneNumber(3) });
			expect((await verifier.check(next, next.code, { callerIp })).result).toBe('approved');
		});

		test('count only failed checks of live verifications, and are not reset by a success', async () => {
			const limits = limitsSchema.parse({ failedChecksPerCallerHour: 2 });
			const about = { callerIp, limits };
			const first = await verifier.send();
			for (let i = 0; i < 5; i += 1) await verifier.check('A'.repeat(32), '123456', about);
			await verifier.check(first, 'x', about);
			await verifier.check(first, wrong(first.code), about);
			expect((await verifier.check(first, first.code, about)).result).toBe('approved');
			const other = await verifier.send({ to: phoneNumber(1) });
			expect((await verifier.check('', wrong(other.code), { ...about, to: phoneNumber(1) })).result).toBe(
				'invalid_code',
			);
			expect((await verifier.check(other, other.code, about)).result).toBe('rate_limited');
			expect(
				(await verifier.check(other, other.code, { callerIp, limits: { failedChecksPerCallerHour: 0 } })).result,
			).toBe('approved');
		});
	});

	test('reset the failed checks after a success', async () => {
		const [a, b, c, d] = await Promise.all(['a', 'b', 'c', 'd'].map((purpose) => verifier.send({ purpose })));
		await lock(a!, 'a');
		await lock(b!, 'b');
		for (const code of wrongCodes(c!.code, 4)) await verifier.check(c!, code, { purpose: 'c' });
		expect((await verifier.check(c!, c!.code, { purpose: 'c' })).result).toBe('approved');
		await lock(d!, 'd');
		verifier.clock.advance(10 * minute);
		const sent = await verifier.send({ purpose: 'e' });
		expect((await verifier.check(sent, wrong(sent.code), { purpose: 'e' })).result).toBe('invalid_code');
	});

	test('ignore checks that name no live verification, so that a stranger can not lock a phone', async () => {
		const sent = await verifier.send();
		const used = await verifier.send({ purpose: 'payment' });
		await verifier.check(used, used.code, { purpose: 'payment' });
		for (let i = 0; i < 20; i += 1) {
			await verifier.check(used, wrong(used.code), { purpose: 'payment' });
			await verifier.check('', '000000', { to: '+12015550123', purpose: 'nothing' });
			await verifier.check(sent, 'not a code');
			await verifier.check(sent, wrong(sent.code), { purpose: 'payment' });
		}
		verifier.clock.advance(30 * second);
		const next = await verifier.send();
		expect(next.verification.attemptsRemaining).toBe(5);
		expect(await verifier.results(next, next.code)).toEqual(['approved']);
	});
});

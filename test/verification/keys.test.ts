import { SigningKeyMissingError } from '../../verification/errors';
import { Keyring } from '../../verification/keys';
import { stores } from './stores';
import { minute, openVerifier, secret, type Sent, type Verifier, wrong, wrongCodes } from './verifier';

const newer = 'a newer signing secret of the tests';

describe.each(stores)('Signing secrets, on $name', (store) => {
	let verifier: Verifier;
	let rotated: Verifier;
	let sent: Sent;

	beforeEach(async () => {
		verifier = await openVerifier(store);
		sent = await verifier.send({ metadata: { order: 7 } });
		rotated = verifier.withSecrets(newer, secret);
	});
	afterEach(() => verifier.store.close());

	describe('after a rotation that keeps the old secret', () => {
		test('verify an older code by id', async () => {
			expect(await rotated.results(sent, wrong(sent.code), sent.code, sent.code)).toEqual([
				'invalid_code',
				'approved',
				'already_used',
			]);
		});

		test('verify an older code by phone', async () => {
			const { result, verification } = await rotated.check('', sent.code, { to: '+12015550123' });
			expect([result, verification?.metadata]).toEqual(['approved', { order: 7 }]);
		});

		test('count a wrong code once, not once for each key', async () => {
			const { verification } = await rotated.check(sent, wrong(sent.code));
			expect(verification?.attemptsRemaining).toBe(4);
		});

		test('show, cancel and continue an older verification', async () => {
			expect(await rotated.get(sent)).toMatchObject({ to: '+12015550123', metadata: { order: 7 } });
			expect((await rotated.refused({ verificationId: sent.ticket.verificationId })).result).toBe('cooldown');
			const canceled = await rotated.engine.cancel({ ...sent.ticket, namespace: 'default' });
			expect(canceled?.status).toBe('canceled');
		});

		test('continue an older verification under the new secret', async () => {
			await rotated.results(sent, ...wrongCodes(sent.code, 3));
			verifier.clock.advance(minute);
			const next = await rotated.resend(sent);
			expect(next.isResend).toBe(true);
			expect(next.verification).toMatchObject({ attemptsRemaining: 2, metadata: { order: 7 } });
			expect(next.ticket.verificationId).toBe(sent.ticket.verificationId);
			expect(await rotated.results(sent, next.code)).toEqual(['approved']);
		});

		test('approve the codes of an older and a newer verification by phone, once each', async () => {
			const next = await rotated.send({ customCode: '111111' });
			const results: string[] = [];
			for (const code of [sent.code, next.code, sent.code]) {
				results.push((await rotated.check('', code, { to: '+12015550123' })).result);
			}
			expect(results).toEqual(['approved', 'approved', 'already_used']);
		});

		test('begin a new verification under the new secret alone once the older one has ended', async () => {
			await rotated.check(sent, sent.code);
			verifier.clock.advance(minute);
			const next = await rotated.send();
			expect(next.isResend).toBe(false);
			expect(await verifier.withSecrets(newer).results(next, next.code)).toEqual(['approved']);
		});

		test('record deliveries of an older verification', async () => {
			await rotated.accepted(sent, 'wamid.1');
			const news = { provider: 'dialog360', messageId: 'wamid.1', occurredAt: verifier.clock.now };
			const outcome = await rotated.engine.recordDelivery({ ...news, status: 'delivered' });
			expect(outcome).toMatchObject({ isNew: true, verification: { metadata: { order: 7 } } });
		});
	});

	describe('after the old secret was removed', () => {
		test('make a check fail with the id of the missing key, without using an attempt', async () => {
			const without = verifier.withSecrets(newer);
			for (const code of [sent.code, wrong(sent.code)]) {
				const check = without.check(sent, code);
				await expect(check).rejects.toBeInstanceOf(SigningKeyMissingError);
				await expect(check).rejects.toThrow(new Keyring([secret]).newest);
			}
			expect(await rotated.check(sent, sent.code)).toMatchObject({
				result: 'approved',
				verification: { attemptsRemaining: 4 },
			});
		});

		test('make a check fail if the new secret was removed again', async () => {
			verifier.clock.advance(minute);
			const next = await rotated.send({ verificationId: sent.ticket.verificationId });
			await expect(verifier.check(next, next.code)).rejects.toThrow(new Keyring([newer]).newest);
			expect(await rotated.results(next, next.code)).toEqual(['approved']);
		});

		test('make a check fail if the code has the new secret but the id has the old one', async () => {
			verifier.clock.advance(minute);
			const next = await rotated.send({ verificationId: sent.ticket.verificationId });
			const check = verifier.withSecrets(newer).check(next, next.code);
			await expect(check).rejects.toBeInstanceOf(SigningKeyMissingError);
			await expect(check).rejects.not.toThrow(new Keyring([newer]).newest);
			expect(await rotated.results(next, next.code)).toEqual(['approved']);
		});

		test('open the metadata in every check that approves, after any number of rotations', async () => {
			verifier.clock.advance(minute);
			await rotated.send({ verificationId: sent.ticket.verificationId });
			verifier.clock.advance(minute);
			const newest = 'the newest signing secret of the tests';
			const next = await verifier
				.withSecrets(newest, newer, secret)
				.send({ verificationId: sent.ticket.verificationId });
			expect(await verifier.withSecrets(newest, secret).check(next, next.code)).toMatchObject({
				result: 'approved',
				verification: { metadata: { order: 7 } },
			});
		});

		test('keep the old code if a resend can not open the metadata', async () => {
			verifier.clock.advance(minute);
			const next = await rotated.resend(sent);
			verifier.clock.advance(minute);
			await expect(verifier.resend(sent)).rejects.toThrow(new Keyring([newer]).newest);
			expect(await rotated.results(next, next.code)).toEqual(['approved']);
		});

		test.each([
			['by its callback data', () => ({ sendId: sent.ticket.sendId })],
			['by its message id', () => ({})],
		])('make an event fail that is found %s, and it is new once the secret is back', async (_, about) => {
			await rotated.accepted(sent, 'wamid.1');
			const event = { provider: 'dialog360', messageId: 'wamid.1', occurredAt: verifier.clock.now, ...about() };
			const hear = (by: Verifier) => by.engine.recordDelivery({ ...event, status: 'delivered' });
			await expect(hear(verifier.withSecrets(newer))).rejects.toThrow(new Keyring([secret]).newest);
			expect((await rotated.get(sent))?.deliveries).toMatchObject([{ status: 'accepted' }]);
			expect(await hear(rotated)).toMatchObject({ isNew: true, verification: { metadata: { order: 7 } } });
		});

		test('make an event fail in a process that does not have the new secret yet', async () => {
			await verifier.accepted(sent, 'wamid.1');
			verifier.clock.advance(minute);
			await rotated.send({ verificationId: sent.ticket.verificationId });
			const event = { provider: 'dialog360', messageId: 'wamid.1', occurredAt: verifier.clock.now };
			const hear = (by: Verifier) => by.engine.recordDelivery({ ...event, status: 'delivered' });
			await expect(hear(verifier)).rejects.toThrow(new Keyring([newer]).newest);
			expect(await hear(rotated)).toMatchObject({ isNew: true });
		});

		test('record an event of a resend, with any secret of the earlier sends', async () => {
			await verifier.accepted(sent, 'wamid.1');
			verifier.clock.advance(minute);
			const next = await rotated.send({ verificationId: sent.ticket.verificationId });
			await rotated.accepted(next, 'wamid.2');
			const event = { provider: 'dialog360', messageId: 'wamid.2', occurredAt: verifier.clock.now };
			const heard = verifier.withSecrets(newer).engine.recordDelivery({ ...event, status: 'delivered' });
			expect(await heard).toMatchObject({ isNew: true, verification: { metadata: { order: 7 } } });
		});

		test('answer not_found for an unknown id', async () => {
			const unknown = new Keyring([newer]).newId(new Keyring([newer]).newest, '0123456789abcdef');
			expect(await verifier.withSecrets(newer).results(unknown, '123456')).toEqual(['not_found']);
		});
	});

	test('separate installations that share a store', async () => {
		const other = verifier.withSecrets('the signing secret of another installation');
		const next = await other.send();
		expect(next.isResend).toBe(false);
		expect(await other.results(next, next.code)).toEqual(['approved']);
	});
});

describe('A keyring', () => {
	const keyring = new Keyring([secret]);

	test('derives a webhook secret that is the same in every process, and differs for each use', () => {
		const uses = [['webhook', '1'], ['webhook', '2'], ['webhook1'], ['webhook', '1', '']];
		const derived = uses.map((use) => keyring.derivedSecret(...use));
		expect(new Set(derived).size).toBe(uses.length);
		expect(derived).toEqual(uses.map((use) => new Keyring([secret]).derivedSecret(...use)));
		expect(derived.join('')).toMatch(/^[0-9a-f]{256}$/);
	});

	test('binds a MAC to namespace, verification, phone, purpose and code, also if the joined parts are equal', () => {
		const binding = { namespace: 'n', verificationId: 'v', phoneKey: 'p', purpose: 'u', code: '123456' };
		const others = [
			{ ...binding, namespace: 'm' },
			{ ...binding, verificationId: 'w' },
			{ ...binding, phoneKey: 'q' },
			{ ...binding, purpose: 'x' },
			{ ...binding, code: '123457' },
			{ ...binding, namespace: 'nv', verificationId: '' },
			{ ...binding, purpose: 'u1', code: '23456' },
			{ ...binding, purpose: 'u","1', code: '23456' },
		];
		const macs = [binding, ...others].map((each) => keyring.mac(keyring.newest, each));
		expect(new Set(macs).size).toBe(macs.length);
	});

	test('makes random ids: no two of a hundred thousand for one phone are equal or share a part', () => {
		const count = 100_000;
		const ids = Array.from({ length: count }, () => keyring.newId(keyring.newest, '0123456789abcdef'));
		for (const part of [
			[0, 16],
			[22, 32],
		]) {
			expect(new Set(ids.map((id) => id.slice(...part))).size).toBe(count);
		}
	});

	test('opens a sealed value with its context and its secret only', () => {
		const sealed = keyring.seal('+12015550123', 'here');
		expect(sealed).not.toContain('2015550123');
		expect(keyring.seal('+12015550123', 'here')).not.toBe(sealed);
		expect(new Keyring([newer, secret]).open(sealed, 'here')).toBe('+12015550123');
		expect(() => keyring.open(sealed, 'there')).toThrow();
		expect(() => keyring.open(`${sealed.slice(0, -4)}AAAA`, 'here')).toThrow();
		expect(() => new Keyring([newer]).open(sealed, 'here')).toThrow(SigningKeyMissingError);
	});
});

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

	describe('after a rotation that keeps the old one', () => {
		test('a code sent before is checked by id', async () => {
			expect(await rotated.results(sent, wrong(sent.code), sent.code, sent.code)).toEqual([
				'invalid_code',
				'approved',
				'already_used',
			]);
		});

		test('a code sent before is checked by phone', async () => {
			const { result, verification } = await rotated.check('', sent.code, { to: '+12015550123' });
			expect([result, verification?.metadata]).toEqual(['approved', { order: 7 }]);
		});

		test('a wrong code is counted once, not once a key', async () => {
			const { verification } = await rotated.check(sent, wrong(sent.code));
			expect(verification?.attemptsRemaining).toBe(4);
		});

		test('it is seen, canceled and resent', async () => {
			expect(await rotated.get(sent)).toMatchObject({ to: '+12015550123', metadata: { order: 7 } });
			expect((await rotated.refused({ verificationId: sent.ticket.verificationId })).result).toBe('cooldown');
			const canceled = await rotated.engine.cancel({ ...sent.ticket, namespace: 'default' });
			expect(canceled?.status).toBe('canceled');
		});

		test.each([
			['by id', () => ({ verificationId: sent.ticket.verificationId })],
			['by phone', () => ({})],
		])('a resend %s continues it under the new secret', async (_, by) => {
			await rotated.results(sent, ...wrongCodes(sent.code, 3));
			verifier.clock.advance(minute);
			const next = await rotated.send(by());
			expect(next.isResend).toBe(true);
			expect(next.verification).toMatchObject({ attemptsRemaining: 2, metadata: { order: 7 } });
			expect(next.ticket.verificationId).toBe(sent.ticket.verificationId);
			expect(await rotated.results(sent, next.code)).toEqual(['approved']);
		});

		test('once it has ended, a send begins anew under the new secret alone', async () => {
			await rotated.check(sent, sent.code);
			verifier.clock.advance(minute);
			const next = await rotated.send();
			expect(next.isResend).toBe(false);
			expect(await verifier.withSecrets(newer).results(next, next.code)).toEqual(['approved']);
		});

		test('its deliveries are still followed', async () => {
			await rotated.accepted(sent, 'wamid.1');
			const news = { provider: 'dialog360', messageId: 'wamid.1', occurredAt: verifier.clock.now };
			const outcome = await rotated.engine.recordDelivery({ ...news, status: 'delivered' });
			expect(outcome).toMatchObject({ isNew: true, verification: { metadata: { order: 7 } } });
		});
	});

	describe('where the old one was taken away', () => {
		test('a check says which secret is missing instead of an answer, and burns no attempt', async () => {
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

		test('neither does a secret that was rolled back pass for an answer', async () => {
			verifier.clock.advance(minute);
			const next = await rotated.send({ verificationId: sent.ticket.verificationId });
			await expect(verifier.check(next, next.code)).rejects.toThrow(new Keyring([newer]).newest);
			expect(await rotated.results(next, next.code)).toEqual(['approved']);
		});

		test('nor does one whose code was signed anew, but whose id is of the old secret', async () => {
			verifier.clock.advance(minute);
			const next = await rotated.send({ verificationId: sent.ticket.verificationId });
			const check = verifier.withSecrets(newer).check(next, next.code);
			await expect(check).rejects.toBeInstanceOf(SigningKeyMissingError);
			await expect(check).rejects.not.toThrow(new Keyring([newer]).newest);
			expect(await rotated.results(next, next.code)).toEqual(['approved']);
		});

		test('a check that approves can always tell the metadata, however often the secret changed', async () => {
			verifier.clock.advance(minute);
			await rotated.send({ verificationId: sent.ticket.verificationId, metadata: { order: 8 } });
			verifier.clock.advance(minute);
			const newest = 'the newest signing secret of the tests';
			const next = await verifier
				.withSecrets(newest, newer, secret)
				.send({ verificationId: sent.ticket.verificationId });
			expect(await verifier.withSecrets(newest, secret).check(next, next.code)).toMatchObject({
				result: 'approved',
				verification: { metadata: { order: 8 } },
			});
		});

		test('a resend that could not keep the metadata kills no code', async () => {
			verifier.clock.advance(minute);
			const next = await rotated.send({ metadata: { order: 8 } });
			verifier.clock.advance(minute);
			await expect(verifier.send()).rejects.toThrow(new Keyring([newer]).newest);
			expect(await rotated.results(next, next.code)).toEqual(['approved']);
		});

		test.each([
			['by what the provider gives back', () => ({ sendId: sent.ticket.sendId })],
			['by its message', () => ({})],
		])('an event found %s says so, and is news once the secret is back', async (_, about) => {
			await rotated.accepted(sent, 'wamid.1');
			const event = { provider: 'dialog360', messageId: 'wamid.1', occurredAt: verifier.clock.now, ...about() };
			const hear = (by: Verifier) => by.engine.recordDelivery({ ...event, status: 'delivered' });
			await expect(hear(verifier.withSecrets(newer))).rejects.toThrow(new Keyring([secret]).newest);
			expect((await rotated.get(sent))?.deliveries).toMatchObject([{ status: 'accepted' }]);
			expect(await hear(rotated)).toMatchObject({ isNew: true, verification: { metadata: { order: 7 } } });
		});

		test('so does one that comes to a process which has not heard of the new one yet', async () => {
			await verifier.accepted(sent, 'wamid.1');
			verifier.clock.advance(minute);
			await rotated.send({ verificationId: sent.ticket.verificationId });
			const event = { provider: 'dialog360', messageId: 'wamid.1', occurredAt: verifier.clock.now };
			const hear = (by: Verifier) => by.engine.recordDelivery({ ...event, status: 'delivered' });
			await expect(hear(verifier)).rejects.toThrow(new Keyring([newer]).newest);
			expect(await hear(rotated)).toMatchObject({ isNew: true });
		});

		test('an event of a resend is told, whatever the sends before were sealed with', async () => {
			await verifier.accepted(sent, 'wamid.1');
			verifier.clock.advance(minute);
			const next = await rotated.send({ verificationId: sent.ticket.verificationId });
			await rotated.accepted(next, 'wamid.2');
			const event = { provider: 'dialog360', messageId: 'wamid.2', occurredAt: verifier.clock.now };
			const heard = verifier.withSecrets(newer).engine.recordDelivery({ ...event, status: 'delivered' });
			expect(await heard).toMatchObject({ isNew: true, verification: { metadata: { order: 7 } } });
		});

		test('an unknown id is still not found', async () => {
			const unknown = new Keyring([newer]).newId(new Keyring([newer]).newest, '0123456789abcdef');
			expect(await verifier.withSecrets(newer).results(unknown, '123456')).toEqual(['not_found']);
		});
	});

	test('installations with other secrets share nothing', async () => {
		const other = verifier.withSecrets('the signing secret of somebody else');
		const next = await other.send();
		expect(next.isResend).toBe(false);
		expect(await other.results(next, next.code)).toEqual(['approved']);
	});
});

describe('What is derived from a signing secret', () => {
	const keyring = new Keyring([secret]);

	test('a secret for a webhook is the same in every process, and another for each use', () => {
		const uses = [['webhook', '1'], ['webhook', '2'], ['webhook1'], ['webhook', '1', '']];
		const derived = uses.map((use) => keyring.derivedSecret(...use));
		expect(new Set(derived).size).toBe(uses.length);
		expect(derived).toEqual(uses.map((use) => new Keyring([secret]).derivedSecret(...use)));
		expect(derived.join('')).toMatch(/^[0-9a-f]{256}$/);
	});

	test('a MAC is bound to namespace, verification, phone, purpose and code, however they are cut', () => {
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

	test('ids are random: a hundred thousand for one phone, none twice, and no two share a part', () => {
		const count = 100_000;
		const ids = Array.from({ length: count }, () => keyring.newId(keyring.newest, '0123456789abcdef'));
		for (const part of [
			[0, 16],
			[22, 32],
		]) {
			expect(new Set(ids.map((id) => id.slice(...part))).size).toBe(count);
		}
	});

	test('what is sealed opens in its own place and under its own secret only', () => {
		const sealed = keyring.seal('+12015550123', 'here');
		expect(sealed).not.toContain('2015550123');
		expect(keyring.seal('+12015550123', 'here')).not.toBe(sealed);
		expect(new Keyring([newer, secret]).open(sealed, 'here')).toBe('+12015550123');
		expect(() => keyring.open(sealed, 'there')).toThrow();
		expect(() => keyring.open(`${sealed.slice(0, -4)}AAAA`, 'here')).toThrow();
		expect(() => new Keyring([newer]).open(sealed, 'here')).toThrow(SigningKeyMissingError);
	});
});

import { InvalidRequestError } from '../../verification/errors';
import { stores } from './stores';
import { hour, openVerifier, phoneNumber, wrongCodes, type Verifier } from './verifier';

const to = '+12015550123';
const testNumbers = [{ phone: '+1 (201) 555-0123', code: '246810' }];

describe.each(stores)('A test number, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	test('has its own code, and each answer says that it is one', async () => {
		const sent = await verifier.send({ to, testNumbers });
		expect(sent).toMatchObject({ code: '246810', verification: { isTest: true } });
		await verifier.engine.recordSend(sent.ticket, { outcome: 'accepted' });
		expect(await verifier.get(sent)).toMatchObject({ isTest: true, deliveries: [{ provider: 'test' }] });
		expect(await verifier.check(sent, '246 810')).toMatchObject({
			result: 'approved',
			to,
			verification: { isTest: true },
		});
		expect(await verifier.results(sent, '246810')).toEqual(['already_used']);
	});

	test('is no other number, and no other number is one', async () => {
		const other = await verifier.send({ to: phoneNumber(1), testNumbers });
		expect(other.code).toMatch(/^\d{6}$/);
		expect(other.verification.isTest).toBeUndefined();
		expect((await verifier.check(other, other.code)).verification?.isTest).toBeUndefined();
		const withNine = [{ phone: '+5511987654321', code: '246810' }];
		const withoutNine = await verifier.send({ to: '+551187654321', testNumbers: withNine });
		expect(withoutNine.verification.isTest).toBeUndefined();
	});

	test('has the pause, the limits and the attempts of every number', async () => {
		const sent = await verifier.send({ to, testNumbers });
		expect(await verifier.refused({ to, testNumbers })).toMatchObject({ result: 'cooldown' });
		expect(await verifier.results(sent, ...wrongCodes('246810', 5), '246810')).toEqual([
			...Array.from({ length: 4 }, () => 'invalid_code'),
			'locked',
			'locked',
		]);
		const limits = { perPhone10Minutes: 1 };
		expect(await verifier.refused({ to, testNumbers, limits, purpose: 'other' })).toMatchObject({
			result: 'rate_limited',
		});
	});

	test('keeps its code in a resend, which must list it', async () => {
		const sent = await verifier.send({ to, testNumbers });
		verifier.clock.advance(hour / 60);
		const { verificationId } = sent.ticket;
		await expect(verifier.begin({ verificationId, testNumbers: [] })).rejects.toThrow(InvalidRequestError);
		const resent = await verifier.resend(sent, { testNumbers });
		expect(resent).toMatchObject({ code: '246810', isResend: true, verification: { isTest: true } });
		verifier.clock.advance(hour / 60);
		// The code that Generate issues goes another way. It replaces the fixed one.
		const generated = await verifier.resend(sent);
		expect(generated.verification.isTest).toBeUndefined();
		expect(await verifier.results(sent, generated.code)).toEqual(['approved']);
	});

	test('is never reported as dropped, because it has no message', async () => {
		const sent = await verifier.send({ to, testNumbers });
		await verifier.engine.recordSend(sent.ticket, { outcome: 'accepted' });
		verifier.clock.advance(hour);
		expect(await verifier.engine.claimDropped('dialog360')).toEqual([]);
	});

	test('may have letters if the codes have them, in any case', async () => {
		const policy = { codeAlphabet: 'alphanumeric', codeLength: 8 } as const;
		const sent = await verifier.send({ to, policy, testNumbers: [{ phone: to, code: 'review01' }] });
		expect(await verifier.results(sent, 'REVIEW01')).toEqual(['approved']);
	});

	test.each([
		['a code that is too short', [{ phone: to, code: '12345' }], 'must have 6 digits'],
		['a code with letters', [{ phone: to, code: 'abcdef' }], 'must have 6 digits'],
		['a code of another length', [{ phone: to, code: '1234567' }], 'must have 6 digits'],
		['a pattern', [{ phone: '+1201555*', code: '123456' }], "Number 1 in 'Test Numbers' is not valid"],
		['an empty number', [{ phone: '', code: '123456' }], "Number 1 in 'Test Numbers' is not valid"],
		['21 numbers', Array.from({ length: 21 }, (_, i) => ({ phone: phoneNumber(i), code: '123456' })), 'at most 20'],
	])('is refused: %s', async (_what, numbers, message) => {
		const error = await verifier.begin({ to, testNumbers: numbers }).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(InvalidRequestError);
		expect(String(error)).toContain(message);
		expect(String(error)).not.toMatch(/12345|abcdef|\+1201/);
	});
});

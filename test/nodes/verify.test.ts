import type { INodeParameters } from 'n8n-workflow';
import { codeOn, newPhone, sending, useInstallation, verifying } from '../support/installation';
import { matching } from '../support/matchers';
import { checkCode, sendCode } from '../support/send-and-check';
import { pass } from '../support/time';

const installation = useInstallation();

const empty = { purpose: 'authentication', metadata: {} };

test('Verify accepts the right code once', async () => {
	const { to, verificationId, code } = await sendCode(installation);
	pass(10);
	const verifiedAt = new Date().toISOString();
	const about = { ...empty, verificationId, status: 'approved', attemptsRemaining: 4, verifiedAt };
	const approved = await checkCode(installation, { verificationId, code });
	expect(approved).toEqual({ output: 'Verified', result: 'approved', verified: true, to, ...about });
	pass(5);
	const again = await checkCode(installation, { verificationId, code });
	const reason = 'The code was already used. Each code works once';
	expect(again).toEqual({ output: 'Not Verified', result: 'already_used', reason, verified: false, ...about });
	expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(1);
});

test('Verify counts an attempt for each wrong code, until the verification locks', async () => {
	const { verificationId, code, wrong } = await sendCode(installation);
	const about = { output: 'Not Verified', verified: false, ...empty, verificationId };
	for (const attemptsRemaining of [4, 3, 2, 1]) {
		const refused = await checkCode(installation, { verificationId, code: wrong });
		const pending = { result: 'invalid_code', reason: 'The code is wrong', status: 'pending', attemptsRemaining };
		expect(refused).toEqual({ ...about, ...pending });
		expect(Object.keys(refused).slice(1, 3)).toEqual(['result', 'reason']);
	}
	const reason = 'Too many wrong codes were entered. Send a new code';
	const locked = { ...about, result: 'locked', reason, status: 'locked', attemptsRemaining: 0 };
	expect(await checkCode(installation, { verificationId, code: wrong })).toEqual(locked);
	expect(await checkCode(installation, { verificationId, code })).toEqual(locked);
});

test('a code is accepted until one millisecond before it expires', async () => {
	const [early, late] = [await sendCode(installation), await sendCode(installation)];
	pass(299.999);
	expect(await checkCode(installation, early)).toMatchObject({ result: 'approved' });
	pass(0.001);
	expect(await checkCode(installation, late)).toMatchObject({
		result: 'expired',
		status: 'expired',
		verified: false,
	});
});

test('a verification is deleted 24 hours after it ended', async () => {
	const { verificationId, code } = await sendCode(installation);
	await checkCode(installation, { verificationId, code });
	pass(24 * 3600 + 1);
	const forgotten = { result: 'not_found', reason: matching(/^No verification was found/) };
	expect(await checkCode(installation, { verificationId, code })).toEqual({
		output: 'Not Verified',
		verified: false,
		...empty,
		...forgotten,
	});
});

describe('Verify by phone', () => {
	const byPhone: INodeParameters = { identifyBy: 'phone', to: '={{ $json.to }}' };

	it('finds the newest verification of the purpose', async () => {
		const { to, code, verificationId } = await sendCode(installation);
		await sendCode(installation, { options: { purpose: 'payment' } }, to);
		expect(await checkCode(installation, { to, code }, byPhone)).toMatchObject({
			result: 'approved',
			verificationId,
		});
		const purpose = 'payment';
		const payment = await checkCode(
			installation,
			{ to, code: codeOn(installation.sandbox, to) },
			{ ...byPhone, options: { purpose } },
		);
		expect(payment).toMatchObject({ result: 'approved', purpose });
	});

	it.each([
		['1 201 555 3941', '+12015553941'],
		['(201) 555-3942', '+12015553942'],
		[2015553943, '+12015553943'],
	])('reads %p with the default country US', async (typed, to) => {
		const { code } = await sendCode(installation, {}, to);
		const options = { defaultCountry: 'US' };
		expect(await checkCode(installation, { to: typed, code }, { ...byPhone, options })).toMatchObject({
			result: 'approved',
		});
	});

	it.each([['+49'], [''], ['2015553931'], [null], [['+12015553931']], [{ a: 1 }]])(
		'treats the number %j as malformed',
		async (to) => {
			expect(await checkCode(installation, { to, code: '123456' }, byPhone)).toMatchObject({
				result: 'malformed',
			});
		},
	);

	it('finds no verification for a number that got no code', async () => {
		expect(await checkCode(installation, { to: newPhone(), code: '123456' }, byPhone)).toMatchObject({
			result: 'not_found',
		});
	});
});

test('a code is accepted only for its own purpose and namespace', async () => {
	const { verificationId, code } = await sendCode(installation, {
		options: { purpose: 'payment', namespace: 'shop' },
	});
	for (const options of [
		{},
		{ purpose: 'payment' },
		{ namespace: 'shop' },
		{ purpose: 'Payment', namespace: 'shop' },
	]) {
		expect(await checkCode(installation, { verificationId, code }, { options })).toMatchObject({
			result: 'not_found',
		});
	}
	const options = { purpose: 'payment', namespace: 'shop' };
	expect(await checkCode(installation, { verificationId, code }, { options })).toMatchObject({
		result: 'approved',
		attemptsRemaining: 4,
	});
});

test('a phone rests for 15 minutes after fifteen wrong codes in 24 hours, over all verifications', async () => {
	const to = newPhone();
	for (let verification = 0; verification < 3; verification += 1) {
		const { verificationId, wrong } = await sendCode(installation, {}, to);
		const input = Array.from({ length: 5 }, () => ({ verificationId, code: wrong }));
		const { json } = await installation.run(verifying(), { input });
		expect(json[0]?.filter(({ result }) => result === 'invalid_code')).toHaveLength(4);
		expect(json[0]?.filter(({ result }) => result === 'locked')).toHaveLength(1);
		pass(600);
	}
	const { json } = await installation.run(sending(), { input: [{ to }] });
	expect(json[0]).toMatchObject([
		{
			result: 'rate_limited',
			to,
			limit: 'failed checks per phone in 24 hours',
			retryAfterSeconds: 300,
		},
	]);
});

test('Verify needs no credential and calls no provider', async () => {
	const { verificationId, code } = await sendCode(installation);
	installation.sandbox.reset({ keep: ['templates'] });
	const { json } = await installation.run(verifying(), {
		input: [{ verificationId, code }],
		credentials: {},
	});
	expect(json[1]).toMatchObject([{ result: 'approved' }]);
	expect(installation.sandbox.requests()).toEqual([]);
});

import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { newPhone, sending, useInstallation, wrongCode } from '../support/installation';
import { matching } from '../support/matchers';
import { checkCode } from '../support/send-and-check';
import { inSeconds, pass } from '../support/time';

const installation = useInstallation();

const generating = (options: INodeParameters = {}): INodeParameters => ({
	resource: 'otp',
	operation: 'generate',
	to: '={{ $json.to }}',
	options,
});

/** Runs Generate without a credential. */
async function generate(to: string, options: INodeParameters = {}) {
	const { status, json, error } = await installation.run(generating(options), { input: [{ to }], credentials: {} });
	expect({ status, error }).toEqual({ status: 'success' });
	const [notIssued = [], issued = []] = json;
	return { output: issued.length > 0 ? 'Issued' : 'Not Issued', item: issued[0] ?? notIssued[0] ?? {} };
}

const codeOf = ({ code }: IDataObject) => (typeof code === 'string' ? code : '');

test('Generate puts out a code for another channel without a call to the provider, and Verify accepts it', async () => {
	const to = newPhone();
	const { output, item } = await generate(to, { metadata: '{"user": 7}' });
	expect(output).toBe('Issued');
	expect(item).toEqual({
		result: 'issued',
		verificationId: matching(/^[\w-]{32}$/),
		status: 'pending',
		isResend: false,
		to,
		code: matching(/^\d{6}$/),
		expiresAt: inSeconds(300),
		resendAvailableAt: inSeconds(30),
		attemptsRemaining: 5,
		sendsRemaining: 3,
		purpose: 'authentication',
		metadata: { user: 7 },
	});
	expect(installation.sandbox.requests()).toEqual([]);
	const { verificationId } = item;
	const code = codeOf(item);
	expect(await checkCode(installation, { verificationId, code: wrongCode(code) })).toMatchObject({
		result: 'invalid_code',
	});
	expect(await checkCode(installation, { verificationId, code })).toMatchObject({ result: 'approved' });
	expect(await checkCode(installation, { verificationId, code })).toMatchObject({ result: 'already_used' });
});

test('Generate after Send begins a new verification, under the same cool-down', async () => {
	const to = newPhone();
	const sent = (await installation.run(sending(), { input: [{ to }] })).json[1]?.[0] ?? {};
	expect(sent.verificationId).toEqual(expect.any(String));
	expect(await generate(to)).toMatchObject({
		output: 'Not Issued',
		item: { result: 'cooldown', retryAfterSeconds: 30 },
	});
	pass(30);
	const { output, item } = await generate(to);
	expect({ output, ...item }).toMatchObject({ output: 'Issued', isResend: false, attemptsRemaining: 5 });
	const { verificationId } = item;
	expect(verificationId).not.toBe(sent.verificationId);
	const first = installation.sandbox.messages({ to })[0]?.code ?? '';
	expect(await checkCode(installation, { verificationId: sent.verificationId, code: first })).toMatchObject({
		result: 'approved',
	});
	expect(await checkCode(installation, { verificationId, code: codeOf(item) })).toMatchObject({ result: 'approved' });
});

test('a refused Generate has a reason and no code', async () => {
	const refused = await generate('12345');
	expect(refused.output).toBe('Not Issued');
	expect(refused.item).toMatchObject({ result: 'invalid_phone' });
	expect(refused.item).not.toHaveProperty('code');
	expect(await generate('+12015550123', { allowedCountries: 'DE' })).toMatchObject({
		item: { result: 'blocked_country' },
	});
});

test('the limits of the options apply, and a refusal names the limit', async () => {
	const limits = { limit: { perCallerHour: 1, perPhone10Minutes: 2, maxSends: 1 } };
	const clientIp = '203.0.113.9';
	await generate(newPhone(), { limits, clientIp });
	expect(await generate(newPhone(), { limits, clientIp })).toMatchObject({
		item: { result: 'rate_limited', limit: 'sends per caller IP in an hour', retryAfterSeconds: 3600 },
	});
	const to = newPhone();
	const { item } = await generate(to, { limits });
	expect(item).toMatchObject({ sendsRemaining: 0 });
	pass(30);
	await generate(to, { limits });
	pass(60);
	expect(await generate(to, { limits })).toMatchObject({ item: { limit: 'sends per phone in 10 minutes' } });
});

test.each<[INodeParameters, RegExp]>([
	[{ clientIp: '203.0.113.9, 10.0.0.1' }, /'Client IP' must be one address/],
	[
		{ limits: { limit: { failedChecksPerPhone: 101 } } },
		/'Failed Checks per Phone and Day' must be a whole number from 1 to 100/,
	],
	[{ limits: { limit: { maxSends: 6 } } }, /'Sends per Verification' must be a whole number from 1 to 5/],
])('the options %j are refused with a message', async (options, sentence) => {
	const { status, error } = await installation.run(generating(options), {
		input: [{ to: newPhone() }],
		credentials: {},
	});
	expect(status).toBe('error');
	expect(error?.message).toMatch(sentence);
});

/**
 * A send to a phone begins a verification, and only what names an id continues one
 * (docs/reference/verification-rules.md 1.16). So a workflow that falls back to SMS names the verification to Generate.
 */
import type { GenericValue, INodeParameters } from 'n8n-workflow';
import { newPhone, useInstallation, wrongCode } from '../support/installation';
import { anyString, matching } from '../support/matchers';
import { checkCode, sendCode } from '../support/send-and-check';
import { pass } from '../support/time';

const installation = useInstallation();

/** Runs Generate for a verification, without a credential. @returns the item, and whether it left by Issued */
async function generate(verificationId: GenericValue, options: INodeParameters = {}) {
	const parameters = {
		resource: 'otp',
		operation: 'generate',
		identifyBy: 'verificationId',
		verificationId: '={{ $json.verificationId }}',
		options,
	};
	const { json } = await installation.run(parameters, { input: [{ verificationId }], credentials: {} });
	const [notIssued = [], issued = []] = json;
	expect([...notIssued, ...issued]).toHaveLength(1);
	return { isIssued: issued.length > 0, ...(issued[0] ?? notIssued[0]) } as Record<string, unknown>;
}

test('Generate continues the verification with this id: same attempts and metadata, new code', async () => {
	const options = { metadata: '{"user": 7}', purpose: 'sign-in' };
	const { to, verificationId, code: first, wrong } = await sendCode(installation, { options });
	const check = { options: { purpose: 'sign-in' } };
	await checkCode(installation, { verificationId, code: wrong }, check);
	pass(30);
	const generated = await generate(verificationId);
	expect(generated).toMatchObject({
		isIssued: true,
		result: 'issued',
		isResend: true,
		verificationId,
		to,
		code: matching(/^\d{6}$/),
		attemptsRemaining: 4,
		purpose: 'sign-in',
		metadata: { user: 7 },
	});
	const code = String(generated.code);
	if (first !== code) {
		expect(await checkCode(installation, { verificationId, code: first }, check)).toMatchObject({
			result: 'invalid_code',
		});
	}
	expect(await checkCode(installation, { verificationId, code }, check)).toMatchObject({ result: 'approved' });
	expect(await generate(verificationId)).toMatchObject({ isIssued: false, result: 'already_used', reason: anyString });
});

test('Generate continues a verification whose message can not be delivered', async () => {
	const to = newPhone();
	installation.sandbox.addFault({ to, effect: { error: { code: 131026 } } });
	const parameters = { resource: 'otp', operation: 'send', to, template: 'verification_code' };
	const { json } = await installation.run(parameters);
	const { verificationId } = json[0]?.[0] ?? {};
	const { code, ...generated } = await generate(verificationId);
	expect(generated).toMatchObject({ isIssued: true, verificationId, to });
	expect(await checkCode(installation, { verificationId, code: String(code as string) })).toMatchObject({
		result: 'approved',
	});
});

test('Generate waits for the cool-down and says how long', async () => {
	const { verificationId, code } = await sendCode(installation);
	const refused = await generate(verificationId);
	expect(refused).toMatchObject({ isIssued: false, result: 'cooldown', retryAfterSeconds: 30 });
	expect(refused).not.toHaveProperty('code');
	expect(await checkCode(installation, { verificationId, code })).toMatchObject({ result: 'approved' });
});

test.each<[string, GenericValue]>([
	['unknown', 'a'.repeat(32)],
	['empty', ''],
	['no text', { a: 1 }],
])('Generate refuses an id that is %s', async (_what, verificationId) => {
	const refused = await generate(verificationId);
	expect(refused).toMatchObject({ isIssued: false, result: 'not_found' });
	expect(refused).not.toHaveProperty('code');
});

test('Generate finds no verification of another namespace', async () => {
	const { verificationId, code } = await sendCode(installation);
	pass(30);
	expect(await generate(verificationId, { namespace: 'shop' })).toMatchObject({ result: 'not_found' });
	expect(await checkCode(installation, { verificationId, code: wrongCode(code) })).toMatchObject({
		attemptsRemaining: 4,
	});
});

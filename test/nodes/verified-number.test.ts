/**
 * Report: a person entered an id and a code of their own beside the number of another person. The workflow went on with
 * the posted number and signed them in as the other person. What must hold: the answer names the verified number, and a
 * workflow can name the number that it expects (docs/reference/verification-rules.md 1.19 and 7.29).
 */
import { newPhone, useInstallation, verifying } from '../support/installation';
import { checkCode, sendCode } from '../support/send-and-check';

const installation = useInstallation();

const expecting = { expectedTo: '={{ $json.expected }}' };

test('Verify names the number that was verified, and no number in another answer', async () => {
	const { to, verificationId, code, wrong } = await sendCode(installation);
	const refused = await checkCode(installation, { verificationId, code: wrong });
	expect(refused).not.toHaveProperty('to');
	expect(await checkCode(installation, { verificationId, code })).toMatchObject({ result: 'approved', to });
	expect(await checkCode(installation, { verificationId, code })).not.toHaveProperty('to');
});

test('with an expected number, an id and a code of another number are not found, and no attempt counts', async () => {
	const { to, verificationId, code } = await sendCode(installation);
	const other = { verificationId, code, expected: newPhone() };
	expect(await checkCode(installation, other, expecting)).toMatchObject({
		output: 'Not Verified',
		result: 'not_found',
	});
	const own = { verificationId, code, expected: to };
	expect(await checkCode(installation, own, expecting)).toMatchObject({ result: 'approved', to, attemptsRemaining: 4 });
});

test.each([[undefined], [null], [''], ['+49'], [['+4915100055512']], [{ a: 1 }]])(
	'an expected number that is posted as %j approves nothing',
	async (expected) => {
		const { verificationId, code } = await sendCode(installation);
		const { json } = await installation.run(verifying(expecting), { input: [{ verificationId, code, expected }] });
		expect(json).toMatchObject([[{ result: 'malformed', verified: false }], []]);
	},
);

import { sending, useInstallation } from '../support/installation';
import { matching } from '../support/matchers';
import { checkCode, sendCode } from '../support/send-and-check';
import { pass } from '../support/time';

const installation = useInstallation();

describe('a posted code', () => {
	it.each([
		['with spaces and dashes', (code: string) => ` ${code.slice(0, 3)} - ${code.slice(3)}\n`],
		['in full-width digits', (code: string) => code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + +digit))],
		['in Arabic-Indic digits', (code: string) => code.replace(/\d/g, (digit) => String.fromCharCode(0x660 + +digit))],
	])('is accepted %s', async (_how, write) => {
		const { verificationId, code } = await sendCode(installation);
		expect(await checkCode(installation, { verificationId, code: write(code) })).toMatchObject({
			result: 'approved',
		});
	});

	it('is accepted as a number with all its digits', async () => {
		const { verificationId } = await sendCode(installation, { codeSource: 'custom', code: '730518' });
		expect(await checkCode(installation, { verificationId, code: 730518 })).toMatchObject({
			result: 'approved',
		});
	});

	it('is malformed as a number without its leading zeros, and the reason says so', async () => {
		const { verificationId, to } = await sendCode(installation);
		pass(30);
		await installation.run(sending(), { input: [{ to }] });
		const lost = { verificationId, code: 49281 };
		expect(await checkCode(installation, lost)).toMatchObject({
			output: 'Not Verified',
			result: 'malformed',
			attemptsRemaining: 5,
			status: 'pending',
			reason: 'Expected a code of 6 characters: a number loses its leading zeros, so pass the code as text',
		});
	});

	it.each([
		[['123456']],
		[['1', '2', '3', '4', '5', '6']],
		[{ $ne: '' }],
		[{ length: 6 }],
		[true],
		[null],
		[''],
		['12345'],
		['1234567'],
		['12345a'],
		['1'.repeat(10_000)],
		[-123456],
		[1234.56],
		['0x1E240'],
	])('is malformed and costs no attempt: %.40j', async (code) => {
		const { verificationId } = await sendCode(installation);
		const answer = await checkCode(installation, { verificationId, code });
		expect(answer).toMatchObject({
			output: 'Not Verified',
			result: 'malformed',
			attemptsRemaining: 5,
			status: 'pending',
		});
		expect(answer).toMatchObject({ reason: matching(/^Expected a code of 6 characters/) });
	});

	it('is malformed if it is missing, in a list or in an object', async () => {
		const { verificationId, code } = await sendCode(installation);
		expect(await checkCode(installation, { verificationId })).toMatchObject({
			result: 'malformed',
			attemptsRemaining: 5,
		});
		for (const posted of [[code], { code }, [[code]], `${code}${code}`]) {
			expect(await checkCode(installation, { verificationId, code: posted })).toMatchObject({
				result: 'malformed',
			});
		}
	});

	it.each([[['a']], [{ id: 1 }], [null], [''], ['nonsense'], ['x'.repeat(32)], [7], [true], ['../../etc/passwd']])(
		'is not found for the verification id %j',
		async (verificationId) => {
			const answer = await checkCode(installation, { verificationId, code: '123456' });
			expect(answer).toMatchObject({ output: 'Not Verified', result: 'not_found' });
		},
	);

	it('is not found if a valid verification id is in a list', async () => {
		const { verificationId, code } = await sendCode(installation);
		const answer = await checkCode(installation, { verificationId: [verificationId], code });
		expect(answer).toMatchObject({ result: 'not_found' });
		expect(await checkCode(installation, { verificationId, code })).toMatchObject({ result: 'approved' });
	});
});

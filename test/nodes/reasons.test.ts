import { newPhone, sending, useInstallation, verifying, type Ran } from '../support/installation';
import { sendCode } from '../support/send-and-check';

/*
 * From a look at a new builder's first ten minutes: n8n marks a run in which nothing was sent with a green tick, and
 * the reason stood in the last column of the table.
 */

const installation = useInstallation();

const empty = "'Verification ID' is empty. Drag it from the output of the node that sent the code";
const sendTo = (mode: 'manual' | 'trigger', ...to: string[]) =>
	installation.run(sending(), { input: to.map((one) => ({ to: one })), mode });
const reasonOf = ({ json }: Ran): string => {
	const reason = json[0]?.[0]?.reason;
	return typeof reason === 'string' ? reason : '';
};

describe('The hint above the output of a manual run', () => {
	it('says why Send sent nothing', async () => {
		const run = await sendTo('manual', '2015550123');
		expect(run.json).toMatchObject([[{ result: 'invalid_phone' }], []]);
		expect(reasonOf(run)).toContain('country code');
		expect(run.hints).toEqual([`Not Sent: ${reasonOf(run)}.`]);
	});

	it('says it once for the same reason, and nothing for a code that was sent', async () => {
		const run = await sendTo('manual', '2015550123', '2015550124', newPhone());
		expect(run.json.map((items) => items.length)).toEqual([2, 1]);
		expect(run.hints).toEqual([`Not Sent: ${reasonOf(run)}.`]);
	});

	it.each([[''], [undefined]])("says that 'Verification ID' of Verify is empty: %p", async (verificationId) => {
		const { code } = await sendCode(installation);
		const run = await installation.run(verifying(), { input: [{ verificationId, code }], mode: 'manual' });
		expect(run.json).toMatchObject([[{ result: 'not_found', reason: empty }], []]);
		expect(run.hints).toEqual([`Not Verified: ${empty}.`]);
	});

	it('is not there in a run of a published workflow', async () => {
		expect((await sendTo('trigger', '2015550123')).hints).toEqual([]);
	});
});

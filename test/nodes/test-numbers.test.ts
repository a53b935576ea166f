/** A test number gets no message. The sandbox records every request to the provider. */
import type { INodeParameters } from 'n8n-workflow';
import { emulators } from '../../sandbox/providers';
import { approveTemplate, newPhone, sending, useInstallation, verifying } from '../support/installation';
import { FrontEnd, publishSignIn } from '../support/sign-in-page';
import { headingIn, idIn, Visitor } from '../support/sign-in-visitor';
import { pass } from '../support/time';
import { credentialOf } from '../support/webhook-senders';

const installation = useInstallation();

const code = '246810';
const testNumbers = (...phones: string[]): INodeParameters => ({
	testNumbers: { number: phones.map((phone) => ({ phone, code })) },
});

/** Requests that the sandbox has recorded for any provider. */
const calls = () => installation.sandbox.requests().length;

describe('a test number', () => {
	it.each(['dialog360', 'metaCloud', 'oneMsg', 'onPremises', 'waCr'] as const)(
		'gets no message, but its code, with %s',
		async (provider) => {
			const { sandbox, run } = installation;
			const { name } = emulators[provider].credential(sandbox.url);
			approveTemplate(sandbox, 'verification_code', 'en_US', provider);
			const node = { credentials: credentialOf(sandbox.url, { credential: name }) };
			const to = newPhone();
			const options = testNumbers(to);
			const before = calls();
			const sent = await run(sending({ provider, options }), { input: [{ to }], ...node });
			const [item] = sent.json[1] ?? [];
			expect(item).toMatchObject({ result: 'sent', isTest: true, to, message: {} });
			expect(item?.message).toEqual({});
			pass(30);
			const resend = { resource: 'otp', operation: 'resend', verificationId: '={{ $json.verificationId }}' };
			const resent = await run({ ...sending({ provider, options }), ...resend }, { input: [item ?? {}], ...node });
			expect(resent.json[1]?.[0]).toMatchObject({ result: 'sent', isResend: true, isTest: true });
			const check = { input: [{ verificationId: item?.verificationId, code }], ...node };
			const checked = await run(verifying({ provider }), check);
			expect(checked.json[1]).toMatchObject([{ result: 'approved', isTest: true, to }]);
			expect(calls()).toBe(before);
			const other = newPhone();
			const normal = await run(sending({ provider, options }), { input: [{ to: other }], ...node });
			expect(normal.json[1]).toMatchObject([{ result: 'sent' }]);
			expect(normal.json[1]?.[0]).not.toHaveProperty('isTest');
			expect(calls()).toBeGreaterThan(before);
		},
	);

	it('must be listed by the node that resends', async () => {
		const to = newPhone();
		const sent = await installation.run(sending({ options: testNumbers(to) }), { input: [{ to }] });
		pass(30);
		const resend = { resource: 'otp', operation: 'resend', verificationId: '={{ $json.verificationId }}' };
		const resent = await installation.run({ ...sending(), ...resend }, { input: [sent.json[1]?.[0] ?? {}] });
		expect(resent.error?.message).toContain("'Test Numbers' does not have the number");
		expect(installation.sandbox.messages({ to })).toEqual([]);
	});
});

describe('a test number on the sign-in page', () => {
	it('signs in with its code, and the item says so', async () => {
		const to = newPhone();
		const page = await publishSignIn(installation, { options: testNumbers(to) });
		const visitor = new Visitor(await page.url());
		const before = calls();
		const asked = await visitor.post({ phone: to });
		expect(headingIn(asked)).toBe('Enter the code');
		expect(asked.html).not.toContain(code);
		const done = await visitor.post({ verificationId: idIn(asked), code });
		expect(headingIn(done)).toBe('Your number is verified');
		await page.next();
		const { run } = await page.next();
		expect(run?.node('Trigger').outputs[0]).toMatchObject([{ json: { phone: to, isTest: true } }]);
		expect(installation.sandbox.messages({ to })).toEqual([]);
		// The page may ask for the languages of the template.
		expect(calls() - before).toBeLessThanOrEqual(1);
		await page.stop();
	});

	it('is marked in the answers to a front end', async () => {
		const to = newPhone();
		const page = await publishSignIn(installation, { options: { ...testNumbers(to), botProtection: 'none' } });
		const frontEnd = new FrontEnd(await page.url());
		const { json } = await frontEnd.post({ phone: to });
		expect(json).toMatchObject({ result: 'sent', isTest: true });
		expect((await frontEnd.post({ verificationId: json.verificationId, code })).json).toMatchObject({
			verified: true,
			isTest: true,
		});
		await page.stop();
	});
});

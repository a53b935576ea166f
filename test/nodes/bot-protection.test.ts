/** The page asks for a proof before it sends. Recorded messages show what a proof is good for. */
import { codeOn, newPhone, useInstallation } from '../support/installation';
import type { PublishedTrigger } from '../support/n8n-core';
import { decodeProof, encodeProof, FrontEnd, publishSignIn, solve, type SignInSettings } from '../support/sign-in-page';
import { headingIn, Visitor } from '../support/sign-in-visitor';
import { pass } from '../support/time';

const installation = useInstallation();

let published: PublishedTrigger[] = [];

async function publish(settings: SignInSettings = {}): Promise<string> {
	const page = await publishSignIn(installation, settings);
	published.push(page);
	return await page.url();
}

afterEach(async () => {
	for (const page of published) await page.stop();
	published = [];
});

const messagesTo = (to: string) => installation.sandbox.messages({ to }).length;

describe('proof of work', () => {
	it('is asked of a front end, which posts the solution with the number', async () => {
		const page = new FrontEnd(await publish());
		const challenge = await page.challenge();
		expect(challenge).toMatchObject({
			status: 200,
			json: { botProtection: 'proofOfWork', challenge: { parameters: { algorithm: 'PBKDF2/SHA-256' } } },
		});
		const phone = newPhone();
		expect(await page.post({ phone })).toMatchObject({ status: 403, json: { result: 'not_protected' } });
		expect(messagesTo(phone)).toBe(0);
		const sent = await page.post({ phone, altcha: await page.proof() });
		expect(sent).toMatchObject({ status: 200, json: { result: 'sent' } });
		const { verificationId } = sent.json;
		expect(await page.post({ verificationId, code: codeOn(installation.sandbox, phone) })).toMatchObject({
			status: 200,
			json: { verified: true },
		});
	});

	it('is good for one send, also if 20 numbers come with one solution at once', async () => {
		const page = new FrontEnd(await publish());
		const altcha = await page.proof();
		const phones = Array.from({ length: 20 }, newPhone);
		const answers = await Promise.all(phones.map((phone) => page.post({ phone, altcha })));
		const statuses = answers.map(({ status }) => status).sort();
		expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 403)]);
		expect(phones.map(messagesTo).reduce((sum, count) => sum + count)).toBe(1);
		// Not after the lifetime of the challenge, either.
		pass(3700);
		expect(await page.post({ phone: newPhone(), altcha })).toMatchObject({ status: 403 });
	});

	it('gives two clicks with one solution the same verification and one message', async () => {
		const page = new FrontEnd(await publish());
		const [phone, altcha] = [newPhone(), await page.proof()];
		const clicks = await Promise.all([page.post({ phone, altcha }), page.post({ phone, altcha })]);
		const ids = clicks.map(({ json }) => json.verificationId);
		expect(ids[0]).toBe(ids[1]);
		expect(messagesTo(phone)).toBe(1);
	});

	it('can be used again if the provider sent nothing', async () => {
		const page = new FrontEnd(await publish());
		const altcha = await page.proof();
		const phone = newPhone();
		installation.sandbox.addFault({ call: 'send', to: phone, times: 1, effect: { error: { code: 132001 } } });
		expect((await page.post({ phone, altcha })).status).toBe(503);
		expect(await page.post({ phone: newPhone(), altcha })).toMatchObject({ status: 200 });
	});

	it('does not count on another page, and not with other parameters', async () => {
		const url = await publish();
		const page = new FrontEnd(url);
		const other = new FrontEnd(await publish({ id: 'another-page' }));
		const proof = decodeProof(await page.proof());
		const { challenge, solution } = proof;
		const { parameters } = challenge;
		const forged = [
			await other.proof(),
			{ ...proof, challenge: { ...challenge, signature: undefined } },
			{ ...proof, challenge: { ...challenge, signature: '00'.repeat(32) } },
			{ ...proof, challenge: { ...challenge, parameters: { ...parameters, cost: 1 } } },
			{ ...proof, challenge: { ...challenge, parameters: { ...parameters, expiresAt: undefined } } },
			{ ...proof, challenge: { ...challenge, parameters: { ...parameters, nonce: parameters.nonce.toUpperCase() } } },
			{ ...proof, challenge: { ...challenge, parameters: { ...parameters, expiresAt: 9e9 } } },
			{ ...proof, solution: { ...solution, counter: solution.counter + 1 } },
			{ ...proof, solution: { ...solution, counter: 1e300 } },
			{ challenge },
			null,
		].map((each) => (typeof each === 'string' ? each : Buffer.from(JSON.stringify(each)).toString('base64')));
		const phone = newPhone();
		for (const altcha of [...forged, 'not base64 \u0000', '[]', '7', 'e30=']) {
			expect({ altcha, status: (await page.post({ phone, altcha })).status }).toEqual({ altcha, status: 403 });
		}
		expect(messagesTo(phone)).toBe(0);
		expect((await page.post({ phone, altcha: encodeProof(proof) })).status).toBe(200);
	});

	it('expires after an hour', async () => {
		const page = new FrontEnd(await publish());
		const altcha = await page.proof();
		pass(3601);
		expect(await page.post({ phone: newPhone(), altcha })).toMatchObject({ status: 403 });
	});

	it('is in the form of the page, which asks again with a new challenge and the number', async () => {
		const visitor = new Visitor(await publish());
		const challengeIn = (html: string) => {
			const data = /data-challenge="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '';
			return JSON.parse(data) as Parameters<typeof solve>[0];
		};
		const phone = newPhone();
		const refused = await visitor.post({ phone, altcha: 'e30=' });
		expect(headingIn(refused)).toBe('Sign in');
		expect(refused.html).toContain('The security check was not completed. Try again.');
		expect(refused.html).toContain(`value="${phone}"`);
		const altcha = await solve(challengeIn(refused.html));
		expect(headingIn(await visitor.post({ phone, altcha }))).toBe('Enter the code');
		expect(messagesTo(phone)).toBe(1);
	});

	it('is not asked of ten forms an hour, for browsers without JavaScript', async () => {
		const url = await publish({ options: { namespace: 'without-javascript', ...noLimits } });
		const phones = Array.from({ length: 12 }, newPhone);
		const answers = [];
		for (const phone of phones) answers.push(await new Visitor(url).post({ phone }));
		const headings = answers.map(headingIn);
		expect(headings.filter((heading) => heading === 'Enter the code')).toHaveLength(10);
		expect(answers.at(-1)?.html).toContain('Turn on JavaScript');
		expect(phones.map(messagesTo)).toEqual([...Array.from({ length: 10 }, () => 1), 0, 0]);
		const page = new FrontEnd(url);
		expect(await page.post({ phone: newPhone(), altcha: await page.proof() })).toMatchObject({ status: 200 });
		pass(3600);
		expect(headingIn(await new Visitor(url).post({ phone: newPhone() }))).toBe('Enter the code');
	});
});

const noLimits = { limits: { limit: { perCallerHour: 0, totalHour: 0, totalDay: 0 } } };

describe('no protection', () => {
	it('sends without a proof', async () => {
		const page = new FrontEnd(await publish({ options: { botProtection: 'none' } }));
		expect((await page.challenge()).json).toEqual({ botProtection: 'none' });
		expect(await page.post({ phone: newPhone() })).toMatchObject({ status: 200 });
	});
});

/**
 * Attacks on the sign-in page that a review asked for. The sandbox's messages and the runs show what an attacker got.
 * test/nodes/bot-protection.test.ts has the attacks on the proof of work.
 */
import { codeOn, newPhone, useInstallation, wrongCode } from '../support/installation';
import type { PublishedTrigger } from '../support/n8n-core';
import { FrontEnd, publishSignIn, type SignInSettings } from '../support/sign-in-page';
import { headingIn, idIn, Visitor } from '../support/sign-in-visitor';
import { pass } from '../support/time';

const installation = useInstallation();

let page: PublishedTrigger;

async function publish({ options, ...settings }: SignInSettings = {}): Promise<string> {
	page = await publishSignIn(installation, { ...settings, options: { botProtection: 'none', ...options } });
	return await page.url();
}

afterEach(() => page?.stop());

const messagesTo = (to: string) => installation.sandbox.messages({ to }).length;

describe('an attacker at the sign-in page', () => {
	it.each(['HEAD', 'PUT', 'DELETE', 'PATCH'])('gets nothing sent with the method %s', async (method) => {
		const url = await publish();
		const to = newPhone();
		const body = method === 'HEAD' ? undefined : new URLSearchParams({ phone: to });
		await fetch(`${url}?phone=${encodeURIComponent(to)}`, { method, body }).catch(() => undefined);
		expect(messagesTo(to)).toBe(0);
	});

	it("does not get another person's verification with an own cookie and the number", async () => {
		const url = await publish();
		const to = newPhone();
		const owner = new Visitor(url);
		await owner.open();
		const id = idIn(await owner.post({ phone: to }));
		for (const cookie of ['x', '1', 'undefined', 'whatsapp-otp-sign-in', `${'x'.repeat(65)}`]) {
			const thief = await new Visitor(url).post({ phone: to }, { cookie: `whatsapp-otp-sign-in=${cookie}` });
			expect(thief.html).not.toContain(id);
			expect(headingIn(thief)).toBe('Sign in');
		}
		expect(messagesTo(to)).toBe(1);
	});

	it('sends to each number once with one cookie, and cannot make it an answer of another number', async () => {
		const url = await publish();
		const cookie = { cookie: 'whatsapp-otp-sign-in=same-for-all' };
		const [first, second] = [newPhone(), newPhone()];
		const one = await new Visitor(url).post({ phone: first }, cookie);
		const other = await new Visitor(url).post({ phone: second }, cookie);
		expect(idIn(one)).not.toBe(idIn(other));
		expect([messagesTo(first), messagesTo(second)]).toEqual([1, 1]);
	});

	it('gets one message from two clicks on Resend', async () => {
		const url = await publish();
		const to = newPhone();
		const visitor = new Visitor(url);
		const id = idIn(await visitor.post({ phone: to }));
		pass(30);
		const again = () => visitor.post({ verificationId: id, resend: 'true' });
		const clicks = await Promise.all([again(), again()]);
		expect(clicks.map(headingIn)).toEqual(['Enter the code', 'Enter the code']);
		expect(messagesTo(to)).toBe(2);
	});

	it('cannot post from the origin null or a similar one if the builder allowed another', async () => {
		const url = await publish({ options: { allowedOrigins: 'https://app.example.com' } });
		const to = newPhone();
		const origins = [
			'null',
			'*',
			'https://app.example.com.evil.example',
			'http://app.example.com',
			'https://example.com',
		];
		for (const origin of origins) {
			const frontEnd = new FrontEnd(url, { origin, 'sec-fetch-site': 'cross-site' });
			const { status, headers } = await frontEnd.post({ phone: to });
			expect([origin, status, headers.get('access-control-allow-origin')]).toEqual([origin, 403, null]);
		}
		expect(messagesTo(to)).toBe(0);
	});

	it.each([
		['a list as number', '{"phone":["+12015553931"]}'],
		['an object as number', '{"phone":{"$ne":null}}'],
		['an object as id', '{"verificationId":{"a":1},"code":"123456"}'],
		['a prototype', '{"__proto__":{"phone":"+12015553931"}}'],
		['null', 'null'],
		['a number', '7'],
		['nothing', ''],
		['20,000 characters', JSON.stringify({ phone: '1'.repeat(20_000) })],
	])('gets a refusal for %s', async (_what, body) => {
		const url = await publish();
		const headers = { 'content-type': 'application/json' };
		const response = await fetch(url, { method: 'POST', headers, body });
		expect([400, 413]).toContain(response.status);
		expect(installation.sandbox.messages()).toEqual([]);
		expect((await page.next()).run).toBeUndefined();
	});

	it.each([
		['half a document', '{"phone":'],
		['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
	])('gets the answer 422 of n8n itself for %s', async (_what, body) => {
		const url = await publish();
		const headers = { 'content-type': 'application/json' };
		expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(422);
		expect(installation.sandbox.messages()).toEqual([]);
	});

	it('leaves no code and no number in the log', async () => {
		const url = await publish();
		const to = newPhone();
		const visitor = new Visitor(url);
		const id = idIn(await visitor.post({ phone: to }));
		const code = codeOn(installation.sandbox, to);
		await visitor.post({ verificationId: id, code: wrongCode(code) });
		await visitor.post({ verificationId: id, code: wrongCode(code), resend: 'true' });
		installation.sandbox.addFault({ call: 'send', to, effect: { error: { code: 132001 } } });
		pass(30);
		await visitor.post({ verificationId: id, resend: 'true' });
		const log = installation.host.log.text();
		expect(log).not.toContain(code);
		expect(log).not.toContain(to.slice(1));
	});
});

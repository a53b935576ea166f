/** Turnstile as the sign-in page's 'Bot Protection', with an emulator of siteverify (docs/reference/turnstile.md). */
import { startTurnstile, type Turnstile } from '../../sandbox/turnstile';
import { codeOn, newPhone, useInstallation } from '../support/installation';
import type { PublishedTrigger } from '../support/n8n-core';
import { FrontEnd, publishSignIn } from '../support/sign-in-page';
import { headingIn, Visitor } from '../support/sign-in-visitor';

const installation = useInstallation();
const secretKey = 'the-secret-key-of-the-widget';

let turnstile: Turnstile;
let page: PublishedTrigger | undefined;

beforeAll(async () => {
	turnstile = await startTurnstile({ secretKey });
});
afterEach(async () => {
	await page?.stop();
	page = undefined;
});
afterAll(() => turnstile.stop());

async function publish(credential: Record<string, string> = {}): Promise<string> {
	const data = { siteKey: 'the-site-key', secretKey, baseUrl: turnstile.url, ...credential };
	page = await publishSignIn(installation, {
		options: { botProtection: 'turnstile' },
		credentials: { whatsAppOtpTurnstileApi: data },
	});
	return await page.url();
}

const token = 'cf-turnstile-response';
const messagesTo = (to: string) => installation.sandbox.messages({ to }).length;

it('shows the widget of the builder, and allows Cloudflare alone to run scripts', async () => {
	const url = await publish();
	const response = await fetch(url, { headers: { accept: 'text/html' } });
	expect(await response.text()).toContain('data-sitekey="the-site-key"');
	expect(response.headers.get('content-security-policy')).toContain('https://challenges.cloudflare.com');
	expect(await new FrontEnd(url).challenge()).toMatchObject({
		status: 200,
		json: { botProtection: 'turnstile', siteKey: 'the-site-key' },
	});
});

it('sends a code for a token of the widget, and tells Cloudflare the address of the visitor', async () => {
	const front = new FrontEnd(await publish());
	const phone = newPhone();
	const response = turnstile.issueToken();
	const sent = await front.post({ phone, [token]: response });
	expect(sent).toMatchObject({ status: 200, json: { result: 'sent' } });
	expect(turnstile.requests().at(-1)).toMatchObject({
		secret: secretKey,
		response,
		remoteip: expect.stringMatching(/127/) as string,
	});
	const { verificationId } = sent.json;
	expect(await front.post({ verificationId, code: codeOn(installation.sandbox, phone) })).toMatchObject({
		json: { verified: true },
	});
});

it('sends nothing without a token, or for one that is forged, of a test, or solved for another send', async () => {
	const front = new FrontEnd(await publish());
	const used = turnstile.issueToken();
	expect((await front.post({ phone: newPhone(), [token]: used })).status).toBe(200);
	const phone = newPhone();
	for (const wrong of [undefined, '', 'forged', 'XXXX.DUMMY.TOKEN.XXXX', used, 'x'.repeat(3000)]) {
		expect(await front.post({ phone, [token]: wrong })).toMatchObject({
			status: 403,
			json: { result: 'not_protected' },
		});
	}
	expect(await front.post({ phone, altcha: 'e30=' })).toMatchObject({ status: 403 });
	expect(messagesTo(phone)).toBe(0);
});

it('sends one message for 20 numbers that come with one token at once', async () => {
	const front = new FrontEnd(await publish());
	const response = turnstile.issueToken();
	const phones = Array.from({ length: 20 }, newPhone);
	const answers = await Promise.all(phones.map((phone) => front.post({ phone, [token]: response })));
	expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
	expect(phones.map(messagesTo).reduce((sum, count) => sum + count)).toBe(1);
});

it('gives two clicks with one token the same verification and one message', async () => {
	const front = new FrontEnd(await publish());
	const body = { phone: newPhone(), [token]: turnstile.issueToken() };
	const [first, second] = await Promise.all([front.post(body), front.post(body)]);
	expect(first.json.verificationId).toBe(second.json.verificationId);
	expect(messagesTo(body.phone)).toBe(1);
});

it('lets ten visitors an hour without JavaScript send, and no more', async () => {
	const url = await publish();
	const headings: Array<string | undefined> = [];
	for (let i = 0; i < 11; i += 1) headings.push(headingIn(await new Visitor(url).post({ phone: newPhone() })));
	expect(headings).toEqual([...Array.from({ length: 10 }, () => 'Enter the code'), 'Sign in']);
});

it.each([
	['has an internal error', async () => turnstile.failOnce(), {}],
	['refuses the secret key', async () => undefined, { secretKey: 'wrong' }],
	['does not answer', async () => undefined, { baseUrl: 'http://127.0.0.1:1' }],
])('sends nothing and says that it is unavailable if Cloudflare %s', async (_what, prepare, credential) => {
	const front = new FrontEnd(await publish(credential));
	await prepare();
	const phone = newPhone();
	expect(await front.post({ phone, [token]: turnstile.issueToken() })).toMatchObject({
		status: 503,
		json: { result: 'unavailable' },
	});
	expect(messagesTo(phone)).toBe(0);
});

it.each([
	["'Site Key' is empty", { siteKey: '' }],
	["'Secret Key' is empty", { secretKey: ' ' }],
])('stops the publishing: %s', async (message, credential) => {
	await expect(publish(credential)).rejects.toThrow(message);
});

it.each([
	['passes', {}, { status: 'OK' }],
	[
		'names a wrong secret key',
		{ secretKey: 'wrong' },
		{
			status: 'Error',
			message: "Cloudflare refused the secret key. Check 'Secret Key' in the Turnstile credential",
		},
	],
	['names an empty field', { siteKey: '' }, { status: 'Error', message: "'Site Key' is empty." }],
	[
		'says that Cloudflare cannot be reached',
		{ baseUrl: 'http://127.0.0.1:1' },
		{ status: 'Error', message: expect.stringContaining('127.0.0.1:1 refused the connection') as string },
	],
])('the test of the credential %s', async (_what, changes, answer) => {
	const data = { siteKey: 'the-site-key', secretKey, baseUrl: turnstile.url, ...changes };
	await expect(installation.host.testCredential('whatsAppOtpTurnstileApi', data)).resolves.toMatchObject(answer);
});

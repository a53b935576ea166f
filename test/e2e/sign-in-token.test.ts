/** 'Sign-In Token' in a real n8n: who gets a token, what is in it, and that the code of docs/sign-in.md reads it. */
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BrowserContext } from 'playwright-core';
import { z } from 'zod';
import { openBrowser, signInToEditor } from '../../dev/browser';
import { logsIn } from '../../dev/leak-search';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { testsThatNeed } from '../support/required-tools';
import { codeOnPhone, newFolder, openingTime, openPlaygroundForTest } from '../support/running-n8n';
import { FrontEnd } from '../support/sign-in-page';
import { idIn, Visitor } from '../support/sign-in-visitor';
import { publishSignIn, signInNode } from '../support/sign-in-workflow';

const { it: withBrowser } = testsThatNeed('Chromium');

const type = 'whatsAppOtpSignInTokenApi';
const secret = 'a secret of this test with many characters';
const audience = 'https://app.example.com';
const root = join(__dirname, '../..');

let playground: Playground;
let credentials: Record<string, { id: string; name: string }>;
let phones = 0;

/** A number that is alone in its block of ten thousand, because such a block has limits, too. */
const newPhone = () => `+4915${String(2100 + (phones += 1))}55512`;

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	await setUpTemplateIn(playground);
	const name = 'Token for the app';
	const data = { secret, audience, issuer: 'whatsapp-otp' };
	credentials = { [type]: { id: await playground.n8n.api.ensureCredential({ name, type, data }), name } };
}, openingTime);
afterAll(() => playground?.stop());

const codeFor = (to: string) => codeOnPhone(playground, to);

const publish = (name: string, parameters: Record<string, unknown> = {}) =>
	publishSignIn(playground.n8n.api, { name, parameters, options: { signInToken: true }, credentials });

const answer = z.object({ verificationId: z.string(), token: z.string().optional() }).passthrough();

/** Signs in with JSON. @returns the answer to the right code */
async function signInWithJson(address: string, phone: string) {
	const post = async (body: object) => {
		const headers = { 'content-type': 'application/json' };
		const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
		return answer.parse(await response.json());
	};
	const { verificationId } = await post({ phone });
	const code = await codeFor(phone);
	return { approved: await post({ verificationId, code }), again: await post({ verificationId, code }) };
}

/** The JavaScript that docs/sign-in.md shows. */
const [, shown = ''] = /```js\n([^]*?)```/.exec(readFileSync(join(root, 'docs/sign-in.md'), 'utf8')) ?? [];

const checked = z.object({ payload: z.record(z.unknown()).optional(), error: z.string().optional() });

/** Runs it in a new process, as an app would. */
async function checkAsShown(token: string) {
	const program = `${shown}
		console.log(JSON.stringify(await verifySignIn(process.argv[1])
			.then((payload) => ({ payload }), (error) => ({ error: error.code }))));`;
	const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program, token], {
		cwd: root,
		env: { ...process.env, SIGN_IN_SECRET: secret },
	});
	return checked.parse(JSON.parse(stdout));
}

describe('the token', () => {
	it('stands in the redirect to the address of the builder, once', async () => {
		const redirectUrl = 'https://app.example.com/in?from=page#top';
		const { address, workflowId } = await publish('token-redirect', { respond: 'redirect', redirectUrl });
		const visitor = new Visitor(`${address}?redirectUrl=https://evil.example.com`);
		const to = newPhone();
		const verificationId = idIn(await visitor.post({ phone: to }));
		const done = await visitor.post({ verificationId, code: await codeFor(to) });
		const [, href = ''] = /id="next" href="([^"]*)"/.exec(done.html) ?? [];
		const target = new URL(href.replaceAll('&amp;', '&'));
		expect(target.href).toMatch(/^https:\/\/app\.example\.com\/in\?from=page&token=[\w.-]+#top$/);
		const token = target.searchParams.get('token') ?? '';
		const { payload } = await checkAsShown(token);
		expect(payload).toEqual({
			sub: to,
			jti: verificationId,
			iss: 'whatsapp-otp',
			aud: audience,
			iat: expect.any(Number) as number,
			exp: Number(payload?.iat) + 120,
			purpose: 'sign-in',
		});
		const reloaded = await visitor.open();
		expect(reloaded.html).toContain('href="https://app.example.com/in?from=page#top"');
		expect(reloaded.html).not.toContain('token=');
		// Neither the execution nor the log holds the token or the secret.
		const records = JSON.stringify(await playground.n8n.api.executionRecords(workflowId));
		const logs = JSON.stringify(logsIn(playground.n8n.dataFolder));
		for (const text of [records, logs]) {
			expect(text).not.toContain(token);
			expect(text).not.toContain(secret);
		}
	});

	it('stands in the JSON of the approval, and in no other answer', async () => {
		const { address } = await publish('token-json');
		const phone = newPhone();
		const { approved, again } = await signInWithJson(address, phone);
		expect(approved).toMatchObject({ result: 'approved', token: expect.any(String) as string });
		expect(again).toMatchObject({ result: 'already_used' });
		expect(again).not.toHaveProperty('token');
		const { payload } = await checkAsShown(approved.token ?? '');
		expect(payload).toMatchObject({ sub: phone, jti: approved.verificationId });
	});

	it('says that the number is a test number', async () => {
		const phone = newPhone();
		const code = '246810';
		const { address } = await publishSignIn(playground.n8n.api, {
			name: 'token-test-number',
			options: { signInToken: true, testNumbers: { number: [{ phone, code }] } },
			credentials,
		});
		const front = new FrontEnd(address);
		const { json: sent } = await front.post({ phone });
		const { json } = await front.post({ verificationId: sent.verificationId, code });
		const { payload } = await checkAsShown(answer.parse(json).token ?? '');
		expect(payload).toMatchObject({ sub: phone, isTest: true });
		expect(playground.sandbox.messages({ to: phone })).toEqual([]);
		const { approved } = await signInWithJson(address, newPhone());
		expect((await checkAsShown(approved.token ?? '')).payload).not.toHaveProperty('isTest');
	});

	it("does not go to the address of the workflow's last node", async () => {
		const { address } = await publishSignIn(playground.n8n.api, {
			name: 'token-last-node',
			parameters: { respond: 'lastNode' },
			options: { signInToken: true },
			credentials,
			nodes: [
				{
					name: 'Answer',
					type: 'n8n-nodes-base.set',
					typeVersion: 3.4,
					parameters: { mode: 'raw', jsonOutput: '{"redirectUrl": "https://other.example.com/"}', options: {} },
				},
			],
		});
		const visitor = new Visitor(address);
		const to = newPhone();
		await visitor.post({ phone: to });
		const done = await visitor.post({ code: await codeFor(to) });
		expect(done.html).toContain('href="https://other.example.com/"');
		expect(done.html).not.toContain('token=');
		expect((await signInWithJson(address, newPhone())).approved).toMatchObject({
			redirectUrl: 'https://other.example.com/',
			token: expect.any(String) as string,
		});
	});
});

describe('the code of docs/sign-in.md', () => {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

	/** A token that is right, except for the changes. */
	function signed({ alg = 'HS256', hash = 'sha256', by = secret, ...changes }) {
		const now = Math.floor(Date.now() / 1000);
		const claims = { sub: '+12015550123', aud: audience, iss: 'whatsapp-otp', iat: now, exp: now + 120, ...changes };
		const text = `${part({ alg })}.${part(claims)}`;
		return `${text}.${alg === 'none' ? '' : createHmac(hash, by).update(text).digest('base64url')}`;
	}

	it('accepts a token that is right', async () => {
		expect((await checkAsShown(signed({}))).payload).toMatchObject({ sub: '+12015550123' });
	});

	it.each([
		['another secret', { by: 'another secret with 32 characters' }, 'SIGNATURE'],
		['another app', { aud: 'https://other.example.com' }, 'CLAIM'],
		['another issuer', { iss: 'other' }, 'CLAIM'],
		['an old token', { exp: 1_700_000_000 }, 'EXPIRED'],
		['another algorithm', { alg: 'HS512', hash: 'sha512' }, 'ALG'],
		['no signature', { alg: 'none' }, 'ALG'],
	])('refuses %s', async (_what, changes, reason) => {
		expect((await checkAsShown(signed(changes))).error).toContain(reason);
	});
});

describe('the credential of the token', () => {
	it.each([
		['a short secret', { secret: 'x'.repeat(31) }, "'Secret' must have at least 32 characters."],
		['a secret that was pasted with a space', { secret: `${secret} ` }, "'Secret' begins or ends with a space."],
		['no audience', { audience: ' ' }, "'Audience' is empty."],
		['no issuer', { issuer: '' }, "'Issuer' is empty."],
	])('fails its test with %s', async (_what, changes, message) => {
		const data = { secret, audience, issuer: 'whatsapp-otp', ...changes };
		const id = await playground.n8n.api.ensureCredential({ name: 'Wrong', type, data });
		await expect(playground.n8n.api.testCredential(id)).resolves.toEqual({ status: 'Error', message });
	});

	it('stops publishing if it cannot be used', async () => {
		const { api } = playground.n8n;
		const name = 'Too short';
		const id = await api.ensureCredential({ name, type, data: { secret: 'short', audience, issuer: 'whatsapp-otp' } });
		const wrong = { name: 'token-wrong', options: { signInToken: true }, credentials: { [type]: { id, name } } };
		await expect(publishSignIn(api, wrong)).rejects.toThrow("'Secret' must have at least 32 characters");
	});

	it('passes its test', async () => {
		const id = credentials[type]?.id ?? '';
		await expect(playground.n8n.api.testCredential(id)).resolves.toMatchObject({ status: 'OK' });
	});

	it('is required by the option', async () => {
		const without = { name: 'token-without', options: { signInToken: true } };
		await expect(publishSignIn(playground.n8n.api, without)).rejects.toThrow();
	});

	it('is refused for a redirect without https', async () => {
		const parameters = { respond: 'redirect', redirectUrl: 'http://app.example.com/' };
		await expect(publish('token-http', parameters)).rejects.toThrow("'Redirect URL' must begin with https://");
	});
});

describe('in the editor', () => {
	let browser: BrowserContext;

	beforeAll(async () => {
		browser = await openBrowser({ profile: await newFolder() });
	});
	afterAll(() => browser?.close());

	withBrowser('the credential shows only while the option is on', async () => {
		const { workflowId } = await publish('token-editor');
		await signInToEditor(browser, playground.n8n);
		const editor = await browser.newPage();
		await editor.goto(`${playground.n8n.url}/workflow/${workflowId}`);
		const byId = (id: string) => editor.locator(`[data-test-id="${id}"]`);
		await byId('canvas-node').filter({ hasText: signInNode }).first().dblclick();
		const credential = editor.getByText('WhatsApp OTP Sign-In Token API');
		await credential.first().waitFor();
		const toggle = byId('parameter-input-signInToken').locator('.el-switch');
		await toggle.click();
		await credential.first().waitFor({ state: 'hidden' });
		await toggle.click();
		await credential.first().waitFor();
	});
});

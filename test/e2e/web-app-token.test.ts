/** The example 'Web app token' in a real n8n, with a web app that runs the code of docs/sign-in.md. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { z } from 'zod';
import { openBrowser } from '../../dev/browser';
import { outputOf } from '../../dev/n8n/executions';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import example from '../../examples/web-app-token.json';
import { testsThatNeed } from '../support/required-tools';
import { codeOnPhone, newFolder, openingTime, openPlaygroundForTest } from '../support/running-n8n';
import { FrontEnd } from '../support/sign-in-page';

const { it: withBrowser } = testsThatNeed('Chromium');

const root = join(__dirname, '../..');
const secret = 'a secret of this test with many characters';
const redirectUrl = 'https://app.example.com/signed-in';

/** The JavaScript that docs/sign-in.md shows: it checks a token, and accepts it once. */
const shown = [...readFileSync(join(root, 'docs/sign-in.md'), 'utf8').matchAll(/```js\n([^]*?)```/g)].map(
	([, code = '']) => code,
);

/** Shows the number of a sign-in, or why it refuses the token. It prints its port. */
const server = `
	import { createServer } from 'node:http';
	const server = createServer(async ({ url }, response) => {
		const token = new URL(url, 'http://app').searchParams.get('token') ?? '';
		const answer = (status, text) => response.writeHead(status).end(text);
		await signInOnce(token).then((phone) => answer(200, phone), ({ message }) => answer(403, message));
	});
	server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

let playground: Playground;
let app: ChildProcess;
/** Of the page of the app. */
let appAddress: string;
let address: string;
let workflowId: string;
let browser: BrowserContext | undefined;

/** Starts the app in a new process. @returns the address of its page */
async function startApp(): Promise<string> {
	app = spawn(process.execPath, ['--input-type=module', '--eval', [...shown, server].join('\n')], {
		cwd: root,
		env: { ...process.env, SIGN_IN_SECRET: secret },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	if (app.stdout === null) throw new Error('The app has no output');
	const printed: unknown[] = await Promise.race([
		once(app.stdout, 'data'),
		once(app, 'exit').then(() => Promise.reject(new Error('The app ended before it had a port'))),
	]);
	return `http://127.0.0.1:${String(printed[0]).trim()}/signed-in`;
}

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	await setUpTemplateIn(playground);
	appAddress = await startApp();
	const { api } = playground.n8n;
	const account = (await api.listCredentials()).find(({ name }) => name === '360dialog account');
	const type = 'whatsAppOtpSignInTokenApi';
	const data = { secret, audience: 'https://app.example.com', issuer: 'whatsapp-otp' };
	const token = await api.ensureCredential({ name: 'Sign-In Token account', type, data });
	const workflow: unknown = JSON.parse(JSON.stringify(example).replace(redirectUrl, appAddress));
	workflowId = await api.ensureWorkflow(workflow, {
		credentials: { whatsAppOtp360DialogApi: account?.id ?? '', [type]: token },
	});
	await api.publish(workflowId);
	address = await api.waitForWebhook('web-app-token/sign-in');
}, openingTime);
afterAll(async () => {
	await browser?.close();
	app?.kill();
	await playground?.stop();
});

const codeFor = (to: string) => codeOnPhone(playground, to);

withBrowser('a person signs in to a web app, which refuses the same token the second time', async () => {
	browser = await openBrowser({ profile: await newFolder() });
	const page = await browser.newPage();
	const to = '+12015553971';
	await page.goto(address);
	await page.getByLabel('Phone number').fill(to);
	await page.getByRole('button', { name: 'Send code' }).click();
	await page.getByLabel('Code', { exact: true }).fill(await codeFor(to));
	await page.waitForURL(`${appAddress}?token=*`);
	expect(await page.locator('body').textContent()).toBe(to);
	const again = await page.reload();
	expect(again?.status()).toBe(403);
	expect(await again?.text()).toBe('This sign-in was already used');
	const { api } = playground.n8n;
	const run = await api.waitForExecution(workflowId, (one) => outputOf(one, 'Signed in').length > 0);
	expect(outputOf(run, 'Signed in')).toMatchObject([{ phone: to }]);
});

it('the web app accepts one of 20 requests with the same token', async () => {
	const phone = '+12015563972';
	const frontEnd = new FrontEnd(address);
	const { json: sent } = await frontEnd.post({ phone, altcha: await frontEnd.proof() });
	const { json } = await frontEnd.post({ verificationId: sent.verificationId, code: await codeFor(phone) });
	const { token } = z.object({ token: z.string() }).parse(json);
	const open = async () => (await fetch(`${appAddress}?token=${token}`)).text();
	const answers = await Promise.all(Array.from({ length: 20 }, open));
	expect(answers.filter((text) => text === phone)).toHaveLength(1);
	expect(answers.filter((text) => text === 'This sign-in was already used')).toHaveLength(19);
});

it('the web app refuses an address without a token, and one with a changed token', async () => {
	expect((await fetch(appAddress)).status).toBe(403);
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
	const forged = `${part({ alg: 'none' })}.${part({ sub: '+12015553971', jti: 'new' })}.`;
	expect((await fetch(`${appAddress}?token=${forged}`)).status).toBe(403);
});

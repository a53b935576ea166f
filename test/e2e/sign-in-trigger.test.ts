/** The sign-in trigger in a real n8n: a person with a browser, and executions only for who has proved a number. */
import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser, signInToEditor } from '../../dev/browser';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { watchForErrors } from '../support/browser-errors';
import { wrongCode } from '../support/installation';
import { testsThatNeed } from '../support/required-tools';
import { codeOnPhone, newFolder, openingTime, openPlaygroundForTest } from '../support/running-n8n';
import { headingIn, idIn, Visitor } from '../support/sign-in-visitor';

const { it: withBrowser } = testsThatNeed('Chromium');

const path = 'sign-in-trigger/sign-in';
const limits = { limit: { perCallerHour: 0, failedChecksPerCallerHour: 0 } };

const workflow = {
	name: 'Sign-in trigger',
	nodes: [
		{
			id: 'sign-in-trigger',
			webhookId: 'sign-in-trigger',
			name: 'Sign in',
			type: 'n8n-nodes-whatsapp-otp.whatsAppOtpSignInTrigger',
			typeVersion: 2,
			position: [0, 0],
			parameters: {
				provider: 'dialog360',
				template: { __rl: true, mode: 'name', value: 'verification_code' },
				page: { title: 'Sign in to Example' },
				options: { limits, allowedOrigins: 'https://app.example.com' },
			},
			credentials: { whatsAppOtp360DialogApi: { id: null, name: '360dialog account' } },
		},
		{
			id: 'after',
			name: 'Signed in',
			type: 'n8n-nodes-base.noOp',
			typeVersion: 1,
			position: [200, 0],
			parameters: {},
		},
	],
	connections: { 'Sign in': { main: [[{ node: 'Signed in', type: 'main', index: 0 }]] } },
	settings: { executionOrder: 'v1' },
};

let playground: Playground;
let workflowId: string;
let address: string;

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	await setUpTemplateIn(playground);
	const { api } = playground.n8n;
	const account = (await api.listCredentials()).find(({ name }) => name === '360dialog account');
	workflowId = await api.ensureWorkflow(workflow, { credentials: { whatsAppOtp360DialogApi: account?.id ?? '' } });
	await api.publish(workflowId);
	address = await api.waitForWebhook(path);
}, openingTime);
afterAll(() => playground?.stop());

const codeFor = (to: string) => codeOnPhone(playground, to);

/** The numbers for which executions have started. */
async function signedIn(): Promise<unknown[]> {
	const found = await playground.n8n.api.executions({ workflowId, includeData: true, limit: 100 });
	return found.map(({ nodes }) => nodes['Sign in']?.[0]?.outputs[0]?.[0]?.phone);
}

/** Waits for the execution of a last sign-in, so that all that were started before it are there, too. */
async function signInLast(to: string): Promise<unknown[]> {
	const visitor = new Visitor(address);
	const id = idIn(await visitor.post({ phone: to }));
	await visitor.post({ verificationId: id, code: await codeFor(to) });
	for (;;) {
		const numbers = await signedIn();
		if (numbers.includes(to)) return numbers;
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
}

it('starts no execution for visits, wrong codes and a locked verification', async () => {
	const visitor = new Visitor(address);
	expect(headingIn(await visitor.open())).toBe('Sign in to Example');
	const to = '+12015553941';
	const id = idIn(await visitor.post({ phone: to }));
	const code = await codeFor(to);
	for (let i = 0; i < 5; i += 1) await visitor.post({ verificationId: id, code: wrongCode(code) });
	await visitor.post({ verificationId: id, code });
	expect(await signInLast('+12015553942')).toEqual(['+12015553942']);
});

it('starts one execution for 20 right codes at once', async () => {
	const visitor = new Visitor(address);
	const to = '+12015563943';
	const id = idIn(await visitor.post({ phone: to }));
	const code = await codeFor(to);
	const visits = await Promise.all(Array.from({ length: 20 }, () => visitor.post({ verificationId: id, code })));
	expect(visits.map(headingIn)).toEqual(Array.from({ length: 20 }, () => 'Your number is verified'));
	const numbers = await signInLast('+12015573944');
	expect(numbers.filter((number) => number === to)).toHaveLength(1);
});

it('lets only scripts of the allowed origin read the answers', async () => {
	const read = async (origin: string) => {
		const headers = { 'content-type': 'application/json', origin, 'sec-fetch-site': 'cross-site' };
		const { status, headers: got } = await fetch(address, { method: 'POST', headers, body: '{"phone": "12"}' });
		return [status, got.get('access-control-allow-origin')];
	};
	expect(await read('https://app.example.com')).toEqual([403, 'https://app.example.com']);
	expect(await read('https://evil.example.com')).toEqual([403, null]);
});

describe('in a browser', () => {
	let browser: BrowserContext;
	let page: Page;
	let wrong: string[];

	beforeAll(async () => {
		browser = await openBrowser({ profile: await newFolder() });
		wrong = watchForErrors(browser, playground.sandbox.url);
		page = await browser.newPage();
	});
	afterAll(() => browser?.close());

	const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

	withBrowser("a builder sees the node's fields and its credential", async () => {
		await signInToEditor(browser, playground.n8n);
		const editor = await browser.newPage();
		await editor.goto(`${playground.n8n.url}/workflow/${workflowId}`);
		const byId = (id: string) => editor.locator(`[data-test-id="${id}"]`);
		await byId('canvas-node').filter({ hasText: 'Sign in' }).first().dblclick();
		// The panel shows the last field last.
		await byId('parameter-input-maxSends').waitFor();
		const parameters = '[data-test-id^="parameter-input-"]:not([data-test-id="parameter-input-field"])';
		const all = await byId('node-parameters').locator(parameters).filter({ visible: true }).all();
		const ids = await Promise.all(all.map((field) => field.getAttribute('data-test-id')));
		expect(ids.map((id) => id?.replace('parameter-input-', '')).slice(0, 6)).toEqual([
			'provider',
			'template',
			'language',
			'title',
			'respond',
			'message',
		]);
		await expect(byId('node-credentials-select').count()).resolves.toBe(1);
		await editor.close();
	});

	withBrowser('a person signs in after a wrong code and a reload', async () => {
		const to = '+12015583945';
		await page.goto(address);
		await heading('Sign in to Example');
		await page.locator('#phone').fill(to);
		await page.locator('button[type=submit]').click();
		await heading('Enter the code');
		const code = await codeFor(to);
		await page.locator('#code').fill(wrongCode(code));
		await page.locator('#error').getByText(/./).waitFor();
		await page.reload();
		await heading('Enter the code');
		await page.locator('#code').fill(code);
		await heading('Your number is verified');
		await page.reload();
		await heading('Your number is verified');
		const numbers = await signInLast('+12015593946');
		expect(numbers.filter((number) => number === to)).toHaveLength(1);
		expect(wrong).toEqual([]);
	});
});

import type { BrowserContext, Page, Request } from 'playwright-core';
import { openBrowser } from '../../dev/browser';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { watchForErrors } from '../support/browser-errors';
import { testsThatNeed } from '../support/required-tools';
import { newFolder, openPlaygroundForTest, openingTime } from '../support/running-n8n';

const { it } = testsThatNeed('Chromium');

jest.setTimeout(120_000);

let playground: Playground;
let browser: BrowserContext;
let page: Page;
let wrong: string[];

const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
const sentence = (text: string) => page.getByText(text, { exact: true }).waitFor();

async function askFor(number: string): Promise<void> {
	await page.goto(playground.signInPage);
	await page.getByLabel('WhatsApp number').fill(number);
	await page.getByRole('button', { name: 'Send code' }).click();
}

async function enter(code: string): Promise<void> {
	await page.getByLabel('Code').fill(code);
	await page.getByRole('button', { name: 'Sign in' }).click();
}

async function codeFor(to: string): Promise<string> {
	const [message] = await playground.sandbox.waitForMessages({ to });
	return message?.code ?? '';
}

/** Another code of the same length. */
const another = (code: string, nth = 0) => String((Number(code) + 1 + nth) % 1_000_000).padStart(6, '0');

/** How often the workflow's nodes ran for this visitor, over all executions. */
async function runsOf(node: string, verificationOf: string): Promise<number> {
	const executions = await playground.n8n.api.executions({
		workflowId: playground.workflows.signInPage,
		includeData: true,
		limit: 100,
	});
	return executions
		.filter(({ nodes }) => nodes['Send code']?.[0]?.outputs[1]?.[0]?.to === verificationOf)
		.reduce((sum, { nodes }) => sum + (nodes[node]?.length ?? 0), 0);
}

describe('the sign-in page', () => {
	beforeAll(async () => {
		playground = await openPlaygroundForTest();
		await setUpTemplateIn(playground);
		browser = await openBrowser({ profile: await newFolder() });
		await browser.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: playground.sandbox.url });
		wrong = watchForErrors(browser, playground.sandbox.url);
	}, openingTime);

	beforeEach(async () => {
		page = await browser.newPage();
	});

	afterEach(async () => {
		await page.close();
		expect(wrong).toEqual([]);
	});

	afterAll(async () => {
		await browser?.close();
		await playground?.stop();
	});

	it('signs a person in with the code on the phone, once', async () => {
		const number = '+12015553931';
		// The page shows the number masked, as every message does (docs/reference/verification-rules.md 1.13).
		const shown = '+12*****31';
		await askFor('+1 201 555 3931');
		await heading('Enter the code');
		await sentence(`We sent a 6-digit code to ${shown} on WhatsApp.`);

		const code = await copyFromPhone(number);
		await page.bringToFront();
		await enter('12ab');
		await sentence('The code has 6 digits.');
		await enter(another(code));
		await sentence('That is not the code. Attempts left: 4.');

		const posted = page.waitForRequest((request) => request.method() === 'POST');
		await page.getByLabel('Code').focus();
		await page.keyboard.press('ControlOrMeta+V');
		await expect(page.getByLabel('Code').inputValue()).resolves.toBe(code);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await heading('You are signed in');
		await sentence(`Your number ${shown} is verified.`);
		const { workflows, n8n } = playground;
		// n8n does not answer a request for the page of an execution that still runs.
		await n8n.api.waitForExecution(
			workflows.signInPage,
			({ nodes, status }) => 'Signed in' in nodes && status === 'success',
		);

		await page.reload();
		await heading('You are signed in');
		await replay(await posted);
		await expect(runsOf('Signed in', number)).resolves.toBe(1);
		await expect(runsOf('Check code', number)).resolves.toBe(3);
	});

	it('refuses every code after five wrong codes', async () => {
		await askFor('+1 201 555 3932');
		const code = await codeFor('12015553932');
		for (const left of [4, 3, 2, 1]) {
			await enter(another(code, left));
			await sentence(`That is not the code. Attempts left: ${left}.`);
		}
		await enter(another(code));
		await heading('You are not signed in');
		await page.getByText('Too many wrong codes.').waitFor();
		await expect(page.getByRole('textbox').count()).resolves.toBe(0);

		await page.getByRole('link', { name: 'Start again' }).click();
		await heading('Sign in');
	});

	it('sends no code to an invalid number and says how to write a number', async () => {
		const sends = () => playground.sandbox.requests({ call: 'send' }).length;
		const before = sends();
		await askFor('+1 12');
		await heading('No code was sent');
		await page.getByText('Enter it with + and the country code, such as +1 201 555 3931.').waitFor();
		expect(sends()).toBe(before);

		await page.getByRole('link', { name: 'Try again' }).click();
		await heading('Sign in');
	});

	it('says when the next code can be requested', async () => {
		await askFor('+1 201 555 3933');
		await heading('Enter the code');
		await askFor('+1 201 555 3933');
		await heading('No code was sent');
		await page.getByText(/^A code is already on its way\. You can ask for another in \d+ seconds\./).waitFor();
		expect(playground.sandbox.messages({ to: '12015553933' })).toHaveLength(1);
	});
});

/** Does what a person does: opens the message on the phone and taps Copy code. */
async function copyFromPhone(number: string): Promise<string> {
	const code = await codeFor(number);
	const phone = await browser.newPage();
	await phone.goto(playground.sandbox.phoneUrl);
	const message = phone.getByRole('article').filter({ hasText: `${code} is your verification code.` });
	await message.getByText('This code expires in 5 minutes.').waitFor();
	await message.getByRole('button', { name: 'Copy code' }).click();
	await phone.getByText('Code copied').waitFor();
	await expect(phone.evaluate('navigator.clipboard.readText()')).resolves.toBe(code);
	await playground.sandbox.waitForMessages({ to: number, status: 'read' });
	await phone.close();
	return code;
}

/** Sends the same post again, as a proxy or a second click would. */
async function replay(posted: Request): Promise<void> {
	const answer = await browser.request.post(posted.url(), {
		headers: { 'content-type': (await posted.headerValue('content-type')) ?? '' },
		data: posted.postDataBuffer() ?? '',
	});
	expect(await answer.text()).not.toContain('verified');
	expect(answer.ok()).toBe(false);
}

import type { BrowserContext, Page, Request } from 'playwright-core';
import { openBrowser } from '../../dev/browser';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { watchForErrors } from '../support/browser-errors';
import { testsThatNeed } from '../support/required-tools';
import { codeOnPhone, newFolder, openingTime, openPlaygroundForTest } from '../support/running-n8n';

const { it } = testsThatNeed('Chromium');

let playground: Playground;
let browser: BrowserContext;
let page: Page;
let wrong: string[];

const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
const sentence = (text: string | RegExp) => page.getByText(text).filter({ visible: true }).waitFor();

async function askFor(number: string): Promise<void> {
	await page.goto(playground.signInPage);
	await enterNumber(number);
}

async function enterNumber(number: string): Promise<void> {
	await page.getByLabel('Phone number').fill(number);
	await page.getByRole('button', { name: 'Send code' }).click();
}

/** The page posts a code of full length without a click. */
async function enter(code: string): Promise<void> {
	await page.getByLabel('Code', { exact: true }).fill(code);
}

const codeFor = (to: string) => codeOnPhone(playground, to);

/** Another code of the same length. */
const another = (code: string, nth = 0) => String((Number(code) + 1 + nth) % 1_000_000).padStart(6, '0');

/** The verified numbers for which the workflow has run. */
async function signedIn(): Promise<unknown[]> {
	const { workflows, n8n } = playground;
	const runs = await n8n.api.executions({ workflowId: workflows.signInPage, includeData: true, limit: 100 });
	return runs.flatMap(({ nodes }) => nodes['Signed in']?.[0]?.outputs[0]?.map(({ phone }) => phone) ?? []);
}

describe("the example 'Sign-in page'", () => {
	beforeAll(async () => {
		playground = await openPlaygroundForTest();
		await setUpTemplateIn(playground);
		browser = await openBrowser({ profile: await newFolder() });
		await browser.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: playground.sandbox.url });
		wrong = watchForErrors(browser, playground.sandbox.url);
	}, openingTime);

	beforeEach(async () => {
		// The cookie of the test before would open the page of its verification.
		await browser.clearCookies();
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
		await askFor('+1 201 555 3931');
		await heading('Enter the code');

		const code = await copyFromPhone(number);
		await page.bringToFront();
		await enter(another(code));
		await sentence('This code is not correct.');
		await sentence('4 attempts left');

		const posted = page.waitForRequest((request) => request.method() === 'POST');
		await page.getByLabel('Code', { exact: true }).fill('');
		await page.keyboard.press('ControlOrMeta+V');
		await heading('Your number is verified');
		await page.reload();
		await heading('Your number is verified');
		await replay(await posted);
		const { workflows, n8n } = playground;
		await n8n.api.waitForExecution(workflows.signInPage, ({ status }) => status === 'success');
		await expect(signedIn()).resolves.toEqual([number]);
	});

	it('refuses every code after five wrong codes, and starts no run', async () => {
		const runs = await signedIn();
		await askFor('+1 201 555 3932');
		await heading('Enter the code');
		const code = await codeFor('12015553932');
		for (const left of [4, 3, 2, 1]) {
			await enter(another(code, left));
			await sentence(left === 1 ? '1 attempt left' : `${left} attempts left`);
		}
		await enter(another(code));
		await heading('Too many wrong codes');
		await expect(page.getByRole('textbox').count()).resolves.toBe(0);
		await expect(signedIn()).resolves.toEqual(runs);

		await page.getByRole('button', { name: 'Start again' }).click();
		await heading('Sign in');
	});

	it('sends no code to an invalid number and says how to write a number', async () => {
		const sends = () => playground.sandbox.requests({ call: 'send' }).length;
		const before = sends();
		await askFor('+1 12');
		await sentence('This phone number is not valid.');
		await sentence('Begin with + and the country code');
		expect(sends()).toBe(before);
	});

	it('asks for the code again if the person enters the same number again', async () => {
		await askFor('+1 201 555 3933');
		await heading('Enter the code');
		await page.getByRole('button', { name: 'Wrong number?' }).click();
		await heading('Sign in');
		await enterNumber('+1 201 555 3933');
		await heading('Enter the code');
		await sentence('We already sent a code to this number. Enter it here.');
		await page.getByText(/^Send a new code in/).waitFor();
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

/** Sends the same post again, as a proxy or a second click would. The page says the same, and no second run starts. */
async function replay(posted: Request): Promise<void> {
	const answer = await browser.request.post(posted.url(), {
		headers: { 'content-type': (await posted.headerValue('content-type')) ?? '', 'sec-fetch-site': 'same-origin' },
		data: posted.postDataBuffer() ?? '',
	});
	expect(await answer.text()).toContain('Your number is verified');
}

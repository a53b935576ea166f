/** The example 'Own front end' in a real n8n: its HTML file on another origin, in a browser. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../../dev/browser';
import { outputOf } from '../../dev/n8n/executions';
import { startPageServer, type PageServer } from '../../dev/page-server';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import example from '../../examples/own-front-end.json';
import { wrongCode } from '../support/installation';
import { testsThatNeed } from '../support/required-tools';
import { endCooldowns, newFolder, openPlaygroundForTest, openingTime } from '../support/running-n8n';
import { FrontEnd } from '../support/sign-in-page';

const { it } = testsThatNeed('Chromium');

const signInNode = 'Sign-in';
const file = readFileSync(join(__dirname, '../../examples/own-front-end.html'), 'utf8');
const [, shownAddress = ''] = /const address = '([^']*)';/.exec(file) ?? [];

let playground: Playground;
let workflowId: string;
let website: PageServer;
let otherWebsite: PageServer;
let browser: BrowserContext;
let page: Page;
let lastNumber = 12015553950;
const newNumber = () => `+${(lastNumber += 1)}`;

/** The file as a builder puts it on a website, with the address of the node. */
function serveFile(): Promise<PageServer> {
	return startPageServer(() => file.replace(shownAddress, `${playground.n8n.url}/webhook/own-front-end/sign-in`));
}

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	await setUpTemplateIn(playground);
	[website, otherWebsite] = [await serveFile(), await serveFile()];
	const { api } = playground.n8n;
	const account = (await api.listCredentials()).find(({ name }) => name === '360dialog account');
	const { origin } = new URL(website.url);
	const workflow: unknown = JSON.parse(JSON.stringify(example).replaceAll('"https://app.example.com"', `"${origin}"`));
	workflowId = await api.ensureWorkflow(workflow, { credentials: { whatsAppOtp360DialogApi: account?.id ?? '' } });
	await api.publish(workflowId);
	await api.waitForWebhook('own-front-end/sign-in');
	browser = await openBrowser({ profile: await newFolder() });
	page = await browser.newPage();
}, openingTime);
afterAll(async () => {
	await browser?.close();
	await website?.stop();
	await otherWebsite?.stop();
	await playground?.stop();
});

const answered = (text: string | RegExp) => page.getByRole('status').getByText(text).waitFor();
const press = (name: string) => page.getByRole('button', { name }).click();

async function requestCode(number: string): Promise<void> {
	await page.getByLabel('Your WhatsApp number').fill(number);
	await press('Send code');
}

async function enter(code: string): Promise<void> {
	await page.getByLabel('The code from WhatsApp').fill(code);
	await press('Confirm');
}

/** @returns the code of the newest of `count` messages */
async function codeFor(to: string, count = 1): Promise<string> {
	const messages = await playground.sandbox.waitForMessages({ to }, { count });
	return messages.at(-1)?.code ?? '';
}

/** The numbers for which the workflow has started, after that of `last`. */
async function signedIn(last: string): Promise<unknown[]> {
	const numbersOf = (run: Parameters<typeof outputOf>[0]) => outputOf(run, signInNode).map(({ phone }) => phone);
	const { api } = playground.n8n;
	await api.waitForExecution(workflowId, (run) => numbersOf(run).includes(last));
	return (await api.executions({ workflowId, includeData: true })).flatMap(numbersOf);
}

it('a person signs in on another website, after a refusal, a wrong code and a new code', async () => {
	await page.goto(website.url);
	await requestCode('12');
	await answered('This is not a phone number. Enter it with + and the country code.');
	const to = newNumber();
	await requestCode(to);
	await answered('We sent a code to your WhatsApp.');
	const first = await codeFor(to);
	await enter(wrongCode(first));
	await answered('This code is not correct. Attempts left: 4.');
	await press('Send a new code');
	await answered(/You requested a code a short time ago\. Try again in \d+ seconds\./);
	endCooldowns(playground);
	await press('Send a new code');
	await answered('We sent a code to your WhatsApp.');
	await enter(await codeFor(to, 2));
	await answered('Your number is verified.');
	expect(await page.getByRole('button').count()).toBe(0);
	expect(await signedIn(to)).toEqual([to]);
});

it('a person who enters five wrong codes begins again, and the right code comes too late', async () => {
	await page.goto(website.url);
	const to = newNumber();
	await requestCode(to);
	const wrong = wrongCode(await codeFor(to));
	for (const left of [4, 3, 2, 1]) {
		await enter(wrong);
		await answered(`Attempts left: ${left}.`);
	}
	await enter(wrong);
	await answered('Too many wrong codes. Request a new one.');
	await page.getByLabel('Your WhatsApp number').waitFor();
	expect(await page.getByLabel('The code from WhatsApp').isVisible()).toBe(false);
	const next = newNumber();
	await requestCode(next);
	await enter(await codeFor(next));
	await answered('Your number is verified.');
	expect(await signedIn(next)).not.toContain(to);
});

it('the same file on a website that is not allowed gets no challenge and says so', async () => {
	await page.goto(otherWebsite.url);
	await requestCode(newNumber());
	await answered('This website must be one of the Allowed Origins.');
});

it('a script of that website sends nothing with a solution that is good on the allowed website', async () => {
	const address = `${playground.n8n.url}/webhook/own-front-end/sign-in`;
	const body = { phone: newNumber(), altcha: await new FrontEnd(address).proof() };
	const post = async ({ url, json }: { url: string; json: string }) => {
		const headers = { 'Content-Type': 'application/json' };
		return await fetch(url, { method: 'POST', headers, body: json }).then(
			({ status }) => status,
			() => 'the browser hides the answer',
		);
	};
	const request = { url: address, json: JSON.stringify(body) };
	await page.goto(otherWebsite.url);
	expect(await page.evaluate(post, request)).toBe('the browser hides the answer');
	expect(playground.sandbox.messages({ to: body.phone })).toEqual([]);
	await page.goto(website.url);
	expect(await page.evaluate(post, request)).toBe(200);
	expect(await playground.sandbox.waitForMessages({ to: body.phone })).toHaveLength(1);
});

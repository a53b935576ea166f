import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser, signInToEditor } from '../../dev/browser';
import { until } from '../../dev/n8n/wait-until';
import type { Playground } from '../../dev/playground';
import { watchForErrors } from '../support/browser-errors';
import { testsThatNeed } from '../support/required-tools';
import { newFolder, openPlaygroundForTest, openingTime } from '../support/running-n8n';

const { it } = testsThatNeed('Chromium');

let playground: Playground;
let browser: BrowserContext;
let page: Page;
let wrong: string[];

const byId = (id: string) => page.locator(`[data-test-id="${id}"]`);

/** The names of the nodes on the first screen after a search, from top to bottom. */
async function found(words: string): Promise<string[]> {
	const search = byId('node-creator-search-bar');
	// n8n searches a moment after the last key. The empty list between two searches keeps their results apart.
	await search.fill('nothing has this name');
	await byId('node-creator-no-results').waitFor();
	await search.fill(words);
	const names = byId('node-creator-item-name');
	await names.or(page.getByText(`We didn't make that`)).first().waitFor();
	// n8n shows a long list in several steps, one in each frame.
	let shown = -1;
	const isComplete = async () => {
		const before = shown;
		shown = await names.count();
		return shown === before || undefined;
	};
	await until(isComplete, { what: () => 'the list was complete' });
	const { height } = page.viewportSize() ?? { height: 0 };
	const boxes = await Promise.all((await names.all()).map(async (name) => [name, await name.boundingBox()] as const));
	const inView = boxes.filter(([, box]) => box !== null && box.y + box.height <= height);
	return Promise.all(inView.map(async ([name]) => (await name.innerText()).trim()));
}

/** What people type, and the place of the node. n8n's own nodes with the word in their name come before it. */
const words: Array<[string, number]> = [
	['whatsapp otp', 1],
	['whatsapp code', 1],
	['verification', 1],
	['verify code', 1],
	['verify phone', 1],
	['send code', 1],
	['sms code', 1],
	['passcode', 1],
	['one time password', 1],
	['one-time password', 1],
	['login', 1],
	['sign in', 1],
	['360dialog', 1],
	['1msg', 1],
	['whatsapp', 2],
	['otp', 2],
	['2fa', 2],
	['mfa', 2],
	['verify', 2],
	['meta', 2],
	['authentication', 3],
	['sms', 5],
	['code', 6],
];

describe("n8n's list of nodes", () => {
	beforeAll(async () => {
		playground = await openPlaygroundForTest();
		browser = await openBrowser({ profile: await newFolder(), viewport: { width: 1440, height: 900 } });
		await signInToEditor(browser, playground.n8n);
		wrong = watchForErrors(browser, playground.sandbox.url);
		page = await browser.newPage();
		await page.goto(`${playground.n8n.url}/workflow/new`);
		await byId('canvas-add-button').click();
	}, openingTime);

	afterEach(() => expect(wrong).toEqual([]));

	afterAll(async () => {
		await browser?.close();
		await playground?.stop();
	});

	it.each(words)('shows the node on the first screen for %p, at place %d or before', async (typed, place) => {
		expect((await found(typed)).slice(0, place)).toContain('WhatsApp OTP');
	});

	it('shows the sign-in page for what people call one', async () => {
		for (const typed of ['login page', 'sign-in page', 'whatsapp login', 'passwordless']) {
			expect(await found(typed)).toContain('WhatsApp OTP Sign-In Trigger');
		}
	});

	it('says what the node does, and lists its triggers and actions in the order of use', async () => {
		await found('whatsapp otp');
		await page.getByText('Sends one-time codes over WhatsApp, checks them').waitFor();
		await byId('node-creator-item-name').first().click();
		await page.getByText(/^Actions \(\d+\)/).click();
		const actions = byId('node-creator-item-name');
		await actions.getByText('Send code', { exact: true }).waitFor();
		const names = (await actions.allInnerTexts()).map((name) => name.trim());
		expect(names.slice(0, 3)).toEqual([
			'When a code is delivered',
			'When a code cannot be delivered',
			'When a code is not delivered in time',
		]);
		expect(names.slice(names.indexOf('Send code'))).toEqual([
			'Send code',
			'Send and wait for code',
			'Verify code',
			'Resend code',
			'Generate code for another channel',
			'Get verification',
			'Cancel verification',
			'Create template',
			'Get many templates',
			'Get template',
			'Delete template',
			'Get message status',
			'Record events of a webhook',
		]);
	});
});

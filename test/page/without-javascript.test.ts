import type { Page } from 'playwright-core';
import type { PageRequest } from '../../dev/page-server';
import { testsThatNeed } from '../support/required-tools';
import { openPages, stateAt, type PageBrowser } from './browser';
import { rightCode, signInFlow } from './sign-in-flow';

const { describe, it } = testsThatNeed('Chromium');

describe('the page without JavaScript', () => {
	let pages: PageBrowser;
	let page: Page;

	const viewOf = (request: PageRequest) => {
		if (request.path === '/next') return '<h1>The next page</h1>';
		if (request.path === '/moves-on') {
			return { step: 'done' as const, language: 'en', redirectUrl: `${pages.server.url}/next?a=1&b="2"` };
		}
		return request.path === '/' ? signInFlow(request) : stateAt(request);
	};
	const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
	const actions = () => pages.server.requests.flatMap(({ post }) => post?.action ?? []);

	beforeAll(async () => {
		pages = await openPages(viewOf, { runsScripts: false });
	});
	beforeEach(async () => {
		page = await pages.browser.newPage();
		pages.server.requests.length = 0;
	});
	afterEach(() => page.close());
	afterAll(() => pages?.close());

	it('signs in: a refused number, a wrong code, a new code, a wrong number, the right code', async () => {
		await page.goto(pages.server.url);
		await page.getByLabel('Phone number').fill('+1 201');
		await page.getByRole('button', { name: 'Send code' }).click();
		await page.getByText('This phone number is not valid.').waitFor();
		await page.getByLabel('Phone number').fill('+1 201 555 3931');
		await page.getByRole('button', { name: 'Send code' }).click();
		await heading('Enter the code');
		await page.getByText('Expires in 5 minutes').waitFor();

		await page.getByLabel('Code', { exact: true }).fill('111111');
		await page.getByRole('button', { name: 'Confirm' }).click();
		await page.getByText('This code is not correct.').waitFor();
		await page.getByRole('button', { name: 'Send a new code' }).click();
		await page.getByText('We sent a new code.').waitFor();
		await page.getByRole('button', { name: 'Wrong number?' }).click();
		await heading('Sign in');
		await page.getByLabel('Phone number').fill('+1 201 555 3932');
		await page.keyboard.press('Enter');
		await page.getByLabel('Code', { exact: true }).fill('123 456');
		await page.keyboard.press('Enter');
		await heading('Your number is verified');
		expect(rightCode).toBe('123456');
		expect(actions()).toEqual(['send', 'send', 'verify', 'resend', 'restart', 'send', 'verify']);
	});

	it('goes on to the next page', async () => {
		await page.goto(`${pages.server.url}/moves-on`, { waitUntil: 'commit' });
		await heading('The next page');
		expect(new URL(page.url()).search).toBe('?a=1&b=%222%22');
	});
});

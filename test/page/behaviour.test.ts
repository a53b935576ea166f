import type { Page } from 'playwright-core';
import { until } from '../../dev/n8n/wait-until';
import type { PageRequest } from '../../dev/page-server';
import { testsThatNeed } from '../support/required-tools';
import { openPages, stateAt, type PageBrowser } from './browser';
import { rightCode, signInFlow } from './sign-in-flow';

const { describe, it } = testsThatNeed('Chromium');

describe('the page in a browser', () => {
	let pages: PageBrowser;
	let page: Page;

	/** A provider can take a while. */
	let mayAnswer = Promise.resolve();
	const viewOf = async (request: PageRequest) => {
		if (request.post !== undefined) await mayAnswer;
		return request.path === '/' || request.post !== undefined ? signInFlow(request) : stateAt(request);
	};
	const posts = () => pages.server.requests.flatMap(({ post }) => (post === undefined ? [] : [post]));
	const open = async (path: string) => {
		await page.goto(pages.server.url + path);
		pages.server.requests.length = 0;
	};
	const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
	const phone = () => page.getByLabel('Phone number');
	const code = () => page.getByLabel('Code', { exact: true });
	const focused = () => page.evaluate('document.activeElement.id || document.activeElement.localName');

	beforeAll(async () => {
		pages = await openPages(viewOf);
		await pages.browser.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: pages.server.url });
	});
	beforeEach(async () => {
		page = await pages.browser.newPage();
		mayAnswer = Promise.resolve();
	});
	afterEach(async () => {
		await page.close();
		expect(pages.errors).toEqual([]);
		expect(pages.outside).toEqual([]);
	});
	afterAll(() => pages?.close());

	const askForCode = async () => {
		await open('/');
		await page.locator('#phone:focus').waitFor();
		await page.keyboard.type('+12015553931');
		await page.keyboard.press('Enter');
		await heading('Enter the code');
		await page.locator('#code:focus').waitFor();
	};

	it('signs in with the keyboard alone, and sends the code with its last digit', async () => {
		await open('/');
		await page.locator('#phone:focus').waitFor();
		await page.keyboard.type('+12015553931');
		await page.keyboard.press('Enter');
		await heading('Enter the code');
		await page.locator('#code:focus').waitFor();
		await page.keyboard.type(rightCode);
		await heading('Your number is verified');
		expect(await focused()).toBe('h1');
		expect(posts()).toEqual([
			{ format: 'form', action: 'send', phone: '+12015553931', proof: {} },
			{
				format: 'form',
				action: 'verify',
				code: rightCode,
				verificationId: 'bm90IGEgcmVhbCB2ZXJpZmljYXRpb24gaWQ',
			},
		]);
	});

	it('keeps a number that was refused, and says what is wrong with it', async () => {
		await open('/');
		await phone().fill('+1 201');
		await page.keyboard.press('Enter');
		await page.getByRole('alert').filter({ hasText: 'This phone number is not valid.' }).waitFor();
		expect(await phone().inputValue()).toBe('+1 201');
		expect(await phone().getAttribute('aria-invalid')).toBe('true');
		expect(await phone().getAttribute('aria-describedby')).toBe('error hint');
		expect(await focused()).toBe('phone');
	});

	it.each([
		'123 456',
		'123-456',
		'\u0661\u0662\u0663\u0664\u0665\u0666',
		'\uff11\uff12\uff13456',
		'१२३४५६',
		'Code: 123456.',
	])('sends the pasted code %j once', async (text) => {
		await askForCode();
		await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
		await page.keyboard.press('Control+V');
		await heading('Your number is verified');
		expect(posts().filter(({ action }) => action === 'verify')).toMatchObject([{ code: rightCode }]);
	});

	it('keeps letters as they are, without spaces and dashes', async () => {
		await open('/en/code/letters');
		await code().pressSequentially('ab-CD 23');
		expect(await code().inputValue()).toBe('abCD23');
	});

	it('asks for a wrong code again, and says how many attempts are left', async () => {
		await askForCode();
		await page.keyboard.type('654321');
		await page.getByRole('alert').filter({ hasText: 'This code is not correct.' }).waitFor();
		await page.getByText('4 attempts left').waitFor();
		expect(await code().inputValue()).toBe('');
		expect(await code().getAttribute('aria-describedby')).toBe('error meta');
		await page.locator('#code:focus').waitFor();
		await page.keyboard.type(rightCode);
		await heading('Your number is verified');
	});

	it.each([
		['/', 'Send code'],
		['/en/code', 'Confirm'],
		['/en/code/last-attempt', 'Send a new code'],
		['/en/code', 'Wrong number?'],
		['/en/ended/expired', 'Start again'],
	])('posts once if a person clicks again before the answer: %s %s', async (path, name) => {
		await open(path);
		// Without an event, so that the last digit does not send the code.
		await page.evaluate('for (const field of document.querySelectorAll("[required]")) field.value = "12345678"');
		const button = page.getByRole('button', { name });
		const { x, y } = (await button.boundingBox()) ?? { x: 0, y: 0 };
		let answer = (): void => undefined;
		mayAnswer = new Promise((resolve) => (answer = resolve));
		await page.mouse.click(x + 8, y + 8);
		await until(async () => posts().length > 0 || undefined, { what: () => 'the page posted' });
		await page.mouse.click(x + 8, y + 8);
		// A second post would arrive by then.
		await page.waitForTimeout(500);
		const answered = page.waitForEvent('load');
		answer();
		await answered;
		expect(posts().length).toBe(1);
	});

	it('can be used again after the browser has restored it from its history', async () => {
		await open('/');
		await phone().fill('+12015553931');
		await page.evaluate('document.forms[0].addEventListener("submit", (event) => event.preventDefault())');
		await page.keyboard.press('Enter');
		const form = page.locator('form');
		expect(await form.getAttribute('aria-busy')).toBe('true');
		expect(await page.getByRole('status').innerText()).toBe('Please wait.');
		await page.evaluate('dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))');
		expect(await form.getAttribute('aria-busy')).toBeNull();
		expect(await page.getByRole('status').innerText()).toBe('');
	});

	it('does not post again when it is reloaded', async () => {
		await askForCode();
		expect(posts().length).toBe(1);
		await page.reload();
		await heading('Sign in');
		expect(posts().length).toBe(1);
	});

	it('goes back to the number, and sends a new code', async () => {
		await askForCode();
		await page.getByRole('button', { name: 'Wrong number?' }).click();
		await heading('Sign in');
		expect(posts().at(-1)).toMatchObject({ action: 'restart' });
		await open('/en/code/last-attempt');
		const answered = page.waitForEvent('load');
		await page.getByRole('button', { name: 'Send a new code' }).click();
		await answered;
		expect(posts()).toMatchObject([{ action: 'resend' }]);
	});

	it('shows the country before the field until the person types +', async () => {
		await open('/en/number/country');
		const preset = page.getByText('+49', { exact: true }).first();
		await preset.waitFor();
		await page.getByText('Country: Germany (+49).').waitFor();
		await phone().pressSequentially('+1');
		await preset.waitFor({ state: 'hidden' });
	});

	it('counts down to a new code and to the end of the code, and tells a screen reader', async () => {
		await page.clock.install();
		await open('/en/code');
		const resend = page.locator('#resend');
		const live = page.locator('#live');
		await page.getByText('Expires in 4:59').waitFor();
		expect(await resend.innerText()).toBe('Send a new code in 0:29');
		expect(await resend.isDisabled()).toBe(true);
		await page.clock.runFor(10_000);
		await page.getByText('Expires in 4:49').waitFor();
		expect(await resend.innerText()).toBe('Send a new code in 0:19');
		await page.clock.runFor(19_500);
		expect(await resend.innerText()).toBe('Send a new code');
		expect(await resend.isEnabled()).toBe(true);
		expect(await live.innerText()).toBe('You can request a new code now.');
		// The phone sleeps: time passes, but no timer runs.
		await page.clock.fastForward(215_000);
		await page.getByText('Expires in 0:55').waitFor();
		expect(await live.innerText()).toBe('The code expires in less than one minute.');
		await page.clock.runFor(56_000);
		expect(await page.getByRole('alert').innerText()).toBe('The code has expired\nRequest a new code to continue.');
		expect(await code().isDisabled()).toBe(true);
		expect(await page.getByRole('button', { name: 'Confirm' }).count()).toBe(0);
		expect(await page.locator('#meta').isVisible()).toBe(false);
		expect(await focused()).toBe('resend');
		expect(await resend.isEnabled()).toBe(true);
	});

	it('needs as few or as many boxes as the code has characters', async () => {
		for (const [state, length] of [
			['code', 6],
			['code/letters', 8],
			['code/long', 12],
		] as const) {
			await open(`/en/${state}`);
			await code().fill('W'.repeat(length - 1).replaceAll('W', length === 6 ? '0' : 'W'));
			const boxes = page.locator('.boxes i');
			expect(await boxes.count()).toBe(length);
			expect(await page.locator('.boxes i.next').count()).toBe(1);
			expect(await boxes.last().getAttribute('class')).toBe('next');
			// Each character stands in its box: the text ends inside the last box but one.
			expect(await page.evaluate('document.querySelector("#code").scrollLeft')).toBe(0);
		}
	});
});

/** People with browsers on the sign-in page of a real n8n. */
import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser, type BrowserOptions } from '../../dev/browser';
import type { Execution } from '../../dev/n8n/executions';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { startTurnstile } from '../../sandbox/turnstile';
import { wrongCode } from '../support/installation';
import { copyCodeTemplate } from '../support/message-samples';
import { testsThatNeed } from '../support/required-tools';
import { codeOnPhone, newFolder, openingTime, openPlaygroundForTest } from '../support/running-n8n';
import { headingIn, idIn, Visitor } from '../support/sign-in-visitor';
import { publishSignIn } from '../support/sign-in-workflow';

const { describe, it } = testsThatNeed('Chromium');

let phones = 0;

/** A number that is alone in its block of ten thousand, because such a block has limits, too. */
const newPhone = () => `+4915${String(2300 + (phones += 1))}55512`;

describe('a person on the sign-in page', () => {
	let playground: Playground;
	let address: string;
	let workflowId: string;
	const browsers: BrowserContext[] = [];

	beforeAll(async () => {
		playground = await openPlaygroundForTest();
		await setUpTemplateIn(playground);
		({ address, workflowId } = await publishSignIn(playground.n8n.api, { name: 'people' }));
	}, openingTime);
	afterEach(async () => {
		for (const browser of browsers.splice(0)) await browser.close();
	});
	afterAll(() => playground?.stop());

	async function open(options: Partial<BrowserOptions> = {}): Promise<Page> {
		const browser = await openBrowser({ profile: await newFolder(), ...options });
		browsers.push(browser);
		const page = await browser.newPage();
		await page.goto(address);
		return page;
	}

	const shows = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

	async function requestCode(page: Page, to: string): Promise<string> {
		await page.locator('#phone').fill(to);
		await page.locator('button[type=submit]').first().click();
		await page.locator('#code').waitFor();
		return await codeFor(to);
	}

	const codeFor = (to: string) => codeOnPhone(playground, to);

	/** How many executions this number has started. Waits for that of another sign-in, which started later. */
	async function runsOf(to: string): Promise<number> {
		const [visitor, last] = [new Visitor(address), newPhone()];
		const verificationId = idIn(await visitor.post({ phone: last }));
		await visitor.post({ verificationId, code: await codeFor(last) });
		const isOf = (phone: string) => (run: Execution) => JSON.stringify(run.nodes).includes(phone);
		await playground.n8n.api.waitForExecution(workflowId, isOf(last));
		const runs = await playground.n8n.api.executions({ workflowId, includeData: true, limit: 100 });
		return runs.filter(isOf(to)).length;
	}

	it('pastes a code with a space', async () => {
		const page = await open();
		const to = newPhone();
		const code = await requestCode(page, to);
		await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await page.evaluate(`navigator.clipboard.writeText('${code.slice(0, 3)} ${code.slice(3)}')`);
		await page.locator('#code').press('Control+V');
		await shows(page, 'Your number is verified');
		expect(await runsOf(to)).toBe(1);
	});

	it('enters wrong codes until the code is locked', async () => {
		const page = await open();
		const to = newPhone();
		const code = await requestCode(page, to);
		for (const left of ['4 attempts left', '3 attempts left', '2 attempts left', '1 attempt left']) {
			await page.locator('#code').fill(wrongCode(code));
			await page.getByText(left).waitFor();
		}
		const verificationId = await page.locator('[name=verificationId]').first().inputValue();
		await page.locator('#code').fill(wrongCode(code));
		await shows(page, 'Too many wrong codes');
		// The person's own cookie and the right code, which comes too late.
		const late = await page.context().request.post(address, { form: { verificationId, code } });
		expect(await late.text()).toContain('Too many wrong codes');
		expect(await runsOf(to)).toBe(0);
	});

	it('gets a new code after the cool-down, and only the new code is right', async () => {
		const page = await open();
		const to = newPhone();
		const old = await requestCode(page, to);
		expect(await page.locator('#resend').isDisabled()).toBe(true);
		// A click waits until the button can be used.
		await page.locator('#resend').click();
		await page.getByText('We sent a new code.').waitFor();
		const [, message] = await playground.sandbox.waitForMessages({ to }, { count: 2 });
		await page.locator('#code').fill(old);
		await page.getByText('This code is not correct.').waitFor();
		await page.locator('#code').fill(message?.code ?? '');
		await shows(page, 'Your number is verified');
		expect(await runsOf(to)).toBe(1);
	});

	it('cannot use a code that has expired, in the shortest lifetime of a minute', async () => {
		const short = await publishSignIn(playground.n8n.api, { name: 'short', options: { expiresIn: 60 } });
		const page = await open();
		await page.goto(short.address);
		const code = await requestCode(page, newPhone());
		const verificationId = await page.locator('[name=verificationId]').first().inputValue();
		await page.getByText('The code has expired').waitFor({ timeout: 75_000 });
		expect(await page.locator('#code').isDisabled()).toBe(true);
		const late = await page.context().request.post(short.address, { form: { verificationId, code } });
		expect(await late.text()).toContain('The code has expired');
		expect(await playground.n8n.api.executions({ workflowId: short.workflowId })).toEqual([]);
	});

	it('goes back after the sign-in, and starts nothing again', async () => {
		const page = await open();
		const to = newPhone();
		await page.locator('#code').fill(await requestCode(page, to));
		await shows(page, 'Your number is verified');
		await page.goBack();
		await page.goForward();
		await page.goto(address);
		await shows(page, 'Your number is verified');
		expect(await runsOf(to)).toBe(1);
	});

	it.each([
		['with JavaScript, which posts once', true, 1],
		['without JavaScript, which posts twice', false, 2],
	])('submits again before the answer (%s), and starts one execution', async (_what, runsScripts, count) => {
		const page = await open({ runsScripts });
		const to = newPhone();
		const code = await requestCode(page, to);
		let posts = 0;
		await page.route(address, async (route) => {
			const answer = await route.fetch();
			posts += 1;
			if (posts === 1) {
				const again = count > 1 ? page.waitForRequest(address) : undefined;
				await page.keyboard.press('Enter');
				await again;
			}
			// Chromium has dropped this request if it sent the form again.
			await route.fulfill({ response: answer }).catch(() => undefined);
		});
		await page.locator('#code').fill(code);
		if (!runsScripts) await page.locator('#code').press('Enter');
		await shows(page, 'Your number is verified');
		expect(posts).toBe(count);
		expect(await runsOf(to)).toBe(1);
	});

	it('signs in without JavaScript, on a phone', async () => {
		const page = await open({ runsScripts: false, viewport: { width: 360, height: 640 } });
		const to = newPhone();
		await page.locator('#code').fill(await requestCode(page, to));
		await page.locator('#confirm').click();
		await shows(page, 'Your number is verified');
		expect(await runsOf(to)).toBe(1);
	});

	it('needs no scrolling to the side on a small phone', async () => {
		const page = await open({ viewport: { width: 320, height: 568 } });
		const width = () => page.evaluate('document.documentElement.scrollWidth');
		expect(await width()).toBe(320);
		await requestCode(page, newPhone());
		expect(await width()).toBe(320);
	});

	it('sees a dark page in dark mode', async () => {
		const page = await open();
		const red = async () =>
			Number(await page.evaluate('getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]'));
		expect(await red()).toBeGreaterThan(200);
		await page.emulateMedia({ colorScheme: 'dark' });
		expect(await red()).toBeLessThan(60);
	});

	it('reads Arabic from right to left, and gets the message in Arabic', async () => {
		const { sandbox, n8n } = playground;
		sandbox.setTemplate({ name: 'verification_code', language: 'ar', components: copyCodeTemplate().components });
		const arabic = await publishSignIn(n8n.api, { name: 'arabic', parameters: { language: 'ar' } });
		const page = await open();
		await page.goto(arabic.address);
		expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
		const to = newPhone();
		await page.locator('#code').fill(await requestCode(page, to));
		await shows(page, 'تم التحقق من رقمك');
		expect(sandbox.messages({ to })[0]).toMatchObject({ template: { language: 'ar' } });
	});

	it('continues in a second tab', async () => {
		const page = await open();
		const to = newPhone();
		const code = await requestCode(page, to);
		const second = await page.context().newPage();
		await second.goto(address);
		await second.locator('#code').fill(code);
		await shows(second, 'Your number is verified');
		await page.reload();
		await shows(page, 'Your number is verified');
		expect(await runsOf(to)).toBe(1);
	});

	it('gains nothing from the verification id of another person', async () => {
		const to = newPhone();
		const stolen = idIn(await new Visitor(address).post({ phone: to }));
		const thief = new Visitor(address);
		const own = newPhone();
		const ownId = idIn(await thief.post({ phone: own }));
		const ownCode = await codeFor(own);
		expect(headingIn(await thief.post({ verificationId: stolen, code: ownCode }))).toBe('Enter the code');
		expect([await runsOf(to), await runsOf(own)]).toEqual([0, 0]);
		expect(headingIn(await thief.post({ verificationId: ownId, code: ownCode }))).toBe('Your number is verified');
	});

	it('passes the widget of Cloudflare, if the builder chose it', async () => {
		const turnstile = await startTurnstile({ secretKey: 'secret' });
		const [name, type] = ['Turnstile', 'whatsAppOtpTurnstileApi'];
		const data = { siteKey: 'site', secretKey: 'secret', baseUrl: turnstile.url };
		const { api } = playground.n8n;
		const credentials = { [type]: { id: await api.ensureCredential({ name, type, data }), name } };
		const options = { botProtection: 'turnstile' };
		const widget = await publishSignIn(api, { name: 'widget', options, credentials });
		const page = await open();
		// What the widget does in the form (docs/reference/turnstile.md 1).
		const field = `<input type="hidden" name="cf-turnstile-response" value="${turnstile.issueToken()}">`;
		const body = `document.querySelector('.cf-turnstile').innerHTML = ${JSON.stringify(field)};`;
		const script = 'https://challenges.cloudflare.com/turnstile/v0/api.js';
		await page.route(script, (route) => route.fulfill({ contentType: 'text/javascript', body }));
		await page.goto(widget.address);
		await page.locator('[name=cf-turnstile-response]').waitFor({ state: 'attached' });
		await page.locator('#code').fill(await requestCode(page, newPhone()));
		await shows(page, 'Your number is verified');
		expect(turnstile.requests()).toMatchObject([{ secret: 'secret' }]);
		await turnstile.stop();
	});

	it('does not see the page in a frame of another website', async () => {
		const page = await open();
		const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
		await page.goto(playground.sandbox.phoneUrl);
		await page.setContent(`<iframe src="${address}"></iframe>`);
		await refused;
		expect(await page.frameLocator('iframe').locator('#phone').count()).toBe(0);
	});
});

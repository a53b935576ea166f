import { createChallenge, verifySolution, type Challenge, type Solution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { Page } from 'playwright-core';
import type { BotProtection, NumberView } from '../../page';
import { testsThatNeed } from '../support/required-tools';
import { openPages, type PageBrowser } from './browser';

const { describe, it } = testsThatNeed('Chromium');

const hmacSignatureSecret = 'only for this test';

const proofOfWork = async (cost: number): Promise<BotProtection> => ({
	kind: 'proofOfWork',
	challenge: await createChallenge({ algorithm: 'PBKDF2/SHA-256', cost, deriveKey, hmacSignatureSecret }),
});

describe('the protection against bots', () => {
	let pages: PageBrowser;
	let page: Page;
	let protection: BotProtection;

	const view = (): NumberView => ({ step: 'number', language: 'en', protection });
	const posts = () => pages.server.requests.flatMap(({ post }) => (post === undefined ? [] : [post]));
	/** Ends with the page that answers the post: Chromium cannot close a page that waits for one (it did not in 20 s). */
	const send = async ({ clicks = 1 } = {}) => {
		await page.goto(pages.server.url);
		await page.getByLabel('Phone number').fill('+12015553931');
		const answered = page.waitForEvent('load');
		for (let click = 0; click < clicks; click += 1) {
			await page.getByRole('button', { name: 'Send code' }).click();
		}
		await answered;
	};

	beforeAll(async () => {
		pages = await openPages(view);
	});
	beforeEach(async () => {
		page = await pages.browser.newPage();
		pages.server.requests.length = 0;
		pages.outside.length = 0;
	});
	afterEach(() => page.close());
	afterAll(() => pages?.close());

	it('solves a challenge of ALTCHA before it posts, once, and without another server', async () => {
		protection = await proofOfWork(1000);
		await send({ clicks: 2 });
		const [post, ...others] = posts();
		expect(others).toEqual([]);
		if (post?.action !== 'send') throw new Error('The page must post the number');
		const solved = JSON.parse(Buffer.from(post.proof.altcha ?? '', 'base64').toString()) as {
			challenge: Challenge;
			solution: Solution;
		};
		expect(await verifySolution({ ...solved, deriveKey, hmacSignatureSecret })).toMatchObject({ verified: true });
		expect(pages.outside).toEqual([]);
	});

	it('posts without a solution where the browser has no cryptography, as without https', async () => {
		protection = await proofOfWork(1000);
		await page.addInitScript('Object.defineProperty(Crypto.prototype, "subtle", { value: undefined })');
		await send();
		expect(posts()).toEqual([{ format: 'form', action: 'send', phone: '+12015553931', proof: { altcha: '' } }]);
	});

	it("loads Cloudflare's widget, and nothing else", async () => {
		protection = { kind: 'turnstile', siteKey: 'key"><b>' };
		await page.goto(pages.server.url);
		expect(pages.outside).toEqual(['https://challenges.cloudflare.com/turnstile/v0/api.js']);
		expect(await page.locator('.cf-turnstile').getAttribute('data-sitekey')).toBe('key"><b>');
	});
});

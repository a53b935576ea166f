import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { pageStates } from '../../dev/page-states';
import { pageLanguages, renderPage } from '../../page';
import { languages } from '../../page/languages';
import { testsThatNeed } from '../support/required-tools';
import { openPages, stateAt, type PageBrowser } from './browser';

const { describe, it } = testsThatNeed('Chromium');

const states = Object.keys(pageStates);
const look = {
	title: 'Sign in to Bluebird Books',
	text: 'Order books and follow your deliveries.',
	accentColor: '#ffd84d',
	privacyUrl: 'https://example.com/privacy',
};

describe('every state of the page', () => {
	let pages: PageBrowser;
	let page: Page;

	beforeAll(async () => {
		pages = await openPages((request) => {
			if (request.path === '/broken') return '<title>x</title><img src="x"><input><p style="color:#ccc">pale</p>';
			const view = stateAt(request);
			return view && { ...view, look };
		});
		page = await pages.browser.newPage();
	});
	afterAll(() => pages?.close());

	it.each(pageLanguages)('shows its words in %s, and fits on a small phone', async (language) => {
		await page.setViewportSize({ width: 320, height: 640 });
		for (const state of states) {
			await page.goto(`${pages.server.url}/${language}/${state}`);
			const document = page.locator('html');
			const shown = {
				language: await document.getAttribute('lang'),
				direction: await document.getAttribute('dir'),
				heading: await page.locator('h1').innerText(),
				text: await page.locator('body').innerText(),
				width: await page.evaluate('document.documentElement.scrollWidth'),
			};
			expect({ state, ...shown }).toEqual({
				state,
				language,
				direction: languages[language].direction,
				heading: expect.stringMatching(/\S/) as string,
				text: expect.not.stringMatching(/[{}]|\bundefined\b|\bnull\b|\bNaN\b|\[object/) as string,
				width: 320,
			});
		}
		expect(pages.errors).toEqual([]);
		expect(pages.outside).toEqual([]);
	});

	it.each([
		['light', 'en', 390],
		['dark', 'en', 1280],
		['light', 'ar', 1280],
		['dark', 'ar', 390],
	] as const)('has no finding of axe: %s, in %s, %d points wide', async (colorScheme, language, width) => {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		await page.setViewportSize({ width, height: 844 });
		for (const state of states) {
			await page.goto(`${pages.server.url}/${language}/${state}`);
			expect({ state, found: await findingsOn(page) }).toEqual({ state, found: [] });
		}
	});

	it('would have findings on a page without labels and contrast', async () => {
		await page.emulateMedia({ colorScheme: 'light' });
		await page.goto(`${pages.server.url}/broken`);
		expect((await findingsOn(page)).map((finding) => finding.split(':')[0])).toEqual(
			expect.arrayContaining(['color-contrast', 'image-alt', 'label', 'html-has-lang']),
		);
	});

	it('is one document of less than 30 kB', () => {
		const sizes = pageLanguages.flatMap((language) =>
			Object.values(pageStates).map((view) => Buffer.byteLength(renderPage({ ...view, language, look }).html)),
		);
		expect(sizes.length).toBe(pageLanguages.length * states.length);
		expect(Math.max(...sizes)).toBeLessThan(30_000);
	});
});

/** Broken rules, and those that axe could not decide. */
async function findingsOn(page: Page): Promise<string[]> {
	await page.evaluate(axe.source);
	const { violations, incomplete } = await page.evaluate<AxeResults>('axe.run()');
	return [...violations, ...incomplete].flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { pageStates } from '../../dev/page-states';
import { pageLanguages, renderPage } from '../../page';
import { languages } from '../../page/languages';
import { testsThatNeed } from '../support/required-tools';
import { openPages, stateAt, type PageBrowser } from './browser';

const { describe, it } = testsThatNeed('Chromium');

jest.setTimeout(240_000);

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
			const view = stateAt(request);
			return view && { ...view, look };
		});
		page = await pages.browser.newPage();
	});
	afterAll(() => pages.close());

	it.each(pageLanguages)('shows its words in %s, and fits on a small phone', async (language) => {
		await page.setViewportSize({ width: 320, height: 640 });
		for (const state of states) {
			await page.goto(`${pages.server.url}/${language}/${state}`);
			const shown = await page.evaluate(() => ({
				language: document.documentElement.lang,
				direction: document.documentElement.dir,
				text: document.body.innerText,
				hasHeading: (document.querySelector('h1')?.innerText.trim() ?? '') !== '',
				width: document.documentElement.scrollWidth,
			}));
			expect({ state, ...shown }).toEqual({
				state,
				language,
				direction: languages[language].direction,
				text: expect.not.stringMatching(/[{}]|undefined|null|\bNaN\b|\[object/) as string,
				hasHeading: true,
				width: 320,
			});
		}
		expect(pages.errors).toEqual([]);
		expect(pages.outside).toEqual([]);
	});

	it.each([
		['light', 'en'],
		['dark', 'en'],
		['light', 'ar'],
		['dark', 'ar'],
	] as const)('has no finding of axe, in %s and in %s', async (colorScheme, language) => {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		for (const viewport of [
			{ width: 390, height: 844 },
			{ width: 1280, height: 800 },
		]) {
			await page.setViewportSize(viewport);
			for (const state of states) {
				await page.goto(`${pages.server.url}/${language}/${state}`);
				const found = await findingsOn(page);
				expect({ state, viewport, found }).toEqual({ state, viewport, found: [] });
			}
		}
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
	return page.evaluate(async () => {
		// The page's own type of the library that the line above has put there.
		const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
		const { violations, incomplete } = await axe.run();
		return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
			nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`),
		);
	});
}

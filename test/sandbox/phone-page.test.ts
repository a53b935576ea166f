import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../../dev/browser';
import { startSandbox, type Sandbox } from '../../sandbox/server';
import { codeMessage, copyCodeTemplate } from '../support/message-samples';
import { testsThatNeed } from '../support/required-tools';
import { dialog360At } from '../support/sandbox-callers';
import { scratchRoot } from '../support/scratch-folder';

const { describe, it } = testsThatNeed('Chromium');

const size = { width: 390, height: 844 };

describe('the phone page', () => {
	let sandbox: Sandbox;
	let browser: BrowserContext;
	let page: Page;

	beforeAll(async () => {
		sandbox = await startSandbox();
		const { name, language, components } = copyCodeTemplate();
		sandbox.setTemplate({ name, language, components });
		for (let ending = 31; ending < 43; ending += 1) {
			await dialog360At(sandbox.url).post('/messages', codeMessage(`120155539${ending}`));
		}
		for (let more = 0; more < 6; more += 1) {
			await dialog360At(sandbox.url).post('/messages', codeMessage('12015553931'));
		}
		browser = await openBrowser({ profile: await mkdtemp(join(scratchRoot(), 'profile-')), viewport: size });
		page = await browser.newPage();
		await page.goto(`${sandbox.phoneUrl}?to=%2B12015553931`);
		await page.getByRole('article').first().waitFor();
	});
	afterAll(async () => {
		await browser?.close();
		await sandbox?.stop();
	});

	const boxOf = async (selector: string) => {
		const box = await page.locator(selector).first().boundingBox();
		if (box === null) throw new Error(`${selector} is not shown`);
		return box;
	};

	// From the walk through the first ten minutes: the strip of numbers was squeezed to a third of its height.
	it('shows numbers of full height beside a long chat on a small phone', async () => {
		const [strip, number] = [await boxOf('#phones'), await boxOf('#phones button')];
		expect(number.height).toBeGreaterThanOrEqual(44);
		expect(number.y).toBeGreaterThanOrEqual(strip.y);
		expect(number.y + number.height).toBeLessThanOrEqual(strip.y + strip.height);
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(size.width);
	});

	it.each([
		['small', 'light', size],
		['small', 'dark', size],
		['wide', 'light', { width: 1280, height: 800 }],
		['wide', 'dark', { width: 1280, height: 800 }],
	] as const)('has no finding of axe on a %s screen in %s colors', async (_, colorScheme, viewport) => {
		await page.setViewportSize(viewport);
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		await page.evaluate(axe.source);
		const { violations } = await page.evaluate<AxeResults>('axe.run()');
		expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
	});
});

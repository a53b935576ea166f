import type { BrowserContext } from 'playwright-core';
import { findChromium } from '../../dev/browser';

/** Names what is skipped where no Chromium is found; CI may skip nothing, and fails there. */
export const describeInBrowser = (name: string, tests: () => void): void =>
	findChromium() !== undefined || process.env.CI
		? describe(name, tests)
		: describe.skip(`${name} (skipped: no Chromium; CHROMIUM_PATH can name one)`, tests);

/** What goes wrong from now on: scripts that throw on any page, and console errors on pages of `origin`. */
export function watch(context: BrowserContext, origin: string): string[] {
	const wrong: string[] = [];
	context.on('weberror', (thrown) => {
		wrong.push(`${thrown.page()?.url() ?? 'a closed page'} threw: ${thrown.error().message}`);
	});
	context.on('console', (message) => {
		const isOurs = message.page()?.url().startsWith(origin);
		if (message.type() === 'error' && isOurs) wrong.push(`${origin} logged: ${message.text()}`);
	});
	return wrong;
}

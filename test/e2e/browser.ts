import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { newFolder } from './house';

const usualPlaces = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join('/usr/bin', name));
const executable = process.env.CHROMIUM_PATH ?? usualPlaces.find((place) => existsSync(place));

/** Names what is skipped where no Chromium is found; CI may skip nothing, and fails there. */
export const describeInBrowser = (name: string, tests: () => void): void =>
	executable !== undefined || process.env.CI
		? describe(name, tests)
		: describe.skip(`${name} (skipped: no Chromium; CHROMIUM_PATH can name one)`, tests);

const args = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** A headless Chromium with a profile of its own, which reaches nothing but this machine. */
export async function openBrowser(): Promise<BrowserContext> {
	if (executable === undefined) throw new Error('No Chromium found: install it or name it in CHROMIUM_PATH');
	const context = await chromium.launchPersistentContext(await newFolder(), {
		executablePath: executable,
		headless: true,
		args,
		viewport: { width: 1280, height: 800 },
	});
	context.setDefaultTimeout(20_000);
	await context.route(
		({ hostname }) => hostname !== '127.0.0.1',
		(route) => route.abort(),
	);
	return context;
}

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

import { chromium, type BrowserContext } from 'playwright-core';
import { findChromium } from './chromium';

const args = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

export interface BrowserOptions {
	/** An empty folder for the profile. */
	profile: string;
	/** In CSS pixels. Default: 1280 x 800. */
	viewport?: { width: number; height: number };
	/** Picture pixels per CSS pixel. Default: 1. */
	scale?: number;
	/** Default: true. */
	runsScripts?: boolean;
}

/** Opens a headless Chromium that can reach only this machine. */
export async function openBrowser(options: BrowserOptions): Promise<BrowserContext> {
	const { profile, viewport = { width: 1280, height: 800 }, scale = 1, runsScripts = true } = options;
	const executablePath = findChromium();
	if (executablePath === undefined) {
		throw new Error('Chromium is missing. Install it, or set CHROMIUM_PATH');
	}
	const context = await chromium.launchPersistentContext(profile, {
		executablePath,
		headless: true,
		args,
		viewport,
		deviceScaleFactor: scale,
		colorScheme: 'light',
		javaScriptEnabled: runsScripts,
	});
	context.setDefaultTimeout(60_000);
	await context.route(
		({ hostname }) => hostname !== '127.0.0.1',
		(route) => route.abort(),
	);
	return context;
}

/** Signs the browser in to n8n's editor as the owner. */
export async function signInToEditor(
	browser: BrowserContext,
	{ url, email, password }: { url: string; email: string; password: string },
): Promise<void> {
	const answer = await browser.request.post(`${url}/rest/login`, {
		data: { emailOrLdapLoginId: email, password },
	});
	if (!answer.ok()) throw new Error(`n8n answered ${answer.status()} to the owner's sign-in`);
}

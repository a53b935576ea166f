import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { openBrowser, type BrowserOptions } from '../../dev/browser';
import { startPageServer, type PageRequest, type PageServer, type Shown } from '../../dev/page-server';
import { pageStates } from '../../dev/page-states';
import type { PageView } from '../../page';
import { watchForErrors } from '../support/browser-errors';
import { scratchRoot } from '../support/scratch-folder';

export interface PageBrowser {
	server: PageServer;
	browser: BrowserContext;
	/** Errors of scripts, and of the console. It grows. */
	errors: string[];
	/** Requests to anything but the server. It grows. */
	outside: string[];
	close(): Promise<void>;
}

/** A headless Chromium beside a server of pages. */
export async function openPages(
	view: (request: PageRequest) => Shown | Promise<Shown>,
	options: Omit<BrowserOptions, 'profile'> = {},
): Promise<PageBrowser> {
	const server = await startPageServer(view);
	const profile = await mkdtemp(join(scratchRoot(), 'profile-'));
	const browser = await openBrowser({ viewport: { width: 390, height: 844 }, ...options, profile });
	browser.setDefaultTimeout(60_000);
	const errors = watchForErrors(browser, server.url);
	const outside: string[] = [];
	browser.on('request', (request) => {
		if (!request.url().startsWith(`${server.url}/`)) outside.push(request.url());
	});
	const close = async () => {
		await browser.close();
		await server.stop();
	};
	return { server, browser, errors, outside, close };
}

/** The state at an address such as `/ar/code/resent`. */
export function stateAt({ path }: PageRequest): PageView | undefined {
	const [, language = '', ...name] = path.split('/');
	const view = pageStates[name.join('/')];
	return view && { ...view, language };
}

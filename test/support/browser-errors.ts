import type { BrowserContext } from 'playwright-core';

/**
 * Collects errors from now on: scripts that throw on any page, and errors in the console of pages of `origin`.
 * @returns the list, which grows
 */
export function watchForErrors(context: BrowserContext, origin: string): string[] {
	const errors: string[] = [];
	context.on('weberror', (thrown) => {
		errors.push(`${thrown.page()?.url() ?? 'a closed page'} threw: ${thrown.error().message}`);
	});
	context.on('console', (message) => {
		const isFromOrigin = message.page()?.url().startsWith(origin);
		if (message.type() === 'error' && isFromOrigin) errors.push(`${origin} logged: ${message.text()}`);
	});
	return errors;
}

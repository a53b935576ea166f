import type { IWebhookFunctions } from 'n8n-workflow';

type RequestHeaders = ReturnType<IWebhookFunctions['getRequestObject']>['headers'];

/**
 * Whether the script or form of another website makes this request. The page itself posts with `Origin: null`
 * (docs/architecture.md, 'The page'), so `Sec-Fetch-Site` decides if the browser sends it.
 */
export function isForeign(headers: RequestHeaders): boolean {
	const { origin, host, 'sec-fetch-site': site } = headers;
	if (site !== undefined) return site !== 'same-origin' && site !== 'none';
	if (origin === undefined || origin === 'null') return false;
	return !URL.canParse(origin) || new URL(origin).host !== host;
}

export function isAllowed({ origin }: RequestHeaders, allowedOrigins: readonly string[]): boolean {
	return origin !== undefined && allowedOrigins.includes(origin);
}

import { createHash } from 'node:crypto';

/** https://developers.cloudflare.com/turnstile/reference/content-security-policy */
const turnstileOrigin = 'https://challenges.cloudflare.com';
export const turnstileScript = `${turnstileOrigin}/turnstile/v0/api.js`;

interface Sources {
	/** The exact text of each style sheet and script in the document. */
	styles: readonly string[];
	script: string;
	logo: URL | undefined;
	hasTurnstile: boolean;
}

/** The browser runs and loads nothing but what is named here, and shows the page in no frame. */
export function securityHeaders({ styles, script, logo, hasTurnstile }: Sources): Record<string, string> {
	const third = hasTurnstile ? [turnstileOrigin] : [];
	const policy: Record<string, string[]> = {
		'default-src': ["'none'"],
		'style-src': styles.map(hashOf),
		'script-src': [hashOf(script), ...third],
		'img-src': logo === undefined ? ["'none'"] : [logo.origin],
		'frame-src': third.length > 0 ? third : ["'none'"],
		'form-action': ["'self'"],
		'frame-ancestors': ["'none'"],
		'base-uri': ["'none'"],
	};
	return {
		'Content-Type': 'text/html; charset=utf-8',
		'Content-Security-Policy': Object.entries(policy)
			.map(([name, sources]) => [name, ...sources].join(' '))
			.join('; '),
		'Cache-Control': 'no-store',
		'Referrer-Policy': 'no-referrer',
		'X-Content-Type-Options': 'nosniff',
		'X-Frame-Options': 'DENY',
		'Cross-Origin-Opener-Policy': 'same-origin',
	};
}

function hashOf(text: string): string {
	return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

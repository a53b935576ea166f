import { createHash } from 'node:crypto';
import { renderPage, type PageLook, type PageView } from '../../page';

const number: PageView = { step: 'number', language: 'en' };

function policyOf(view: PageView): Record<string, string> {
	const parts = (renderPage(view).headers['Content-Security-Policy'] ?? '').split('; ');
	return Object.fromEntries(
		parts.map((part): [string, string] => [part.split(' ')[0] ?? '', part.slice(part.indexOf(' ') + 1)]),
	);
}

const withLook = (look: PageLook) => policyOf({ ...number, look });
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const textsIn = (html: string, name: string) =>
	Array.from(html.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g')), ([, text = '']) => text);

describe('the headers of the page', () => {
	it('keep it out of caches, addresses and frames', () => {
		expect(renderPage(number).headers).toMatchObject({
			'Content-Type': 'text/html; charset=utf-8',
			'Cache-Control': 'no-store',
			'Referrer-Policy': 'no-referrer',
			'X-Content-Type-Options': 'nosniff',
			'X-Frame-Options': 'DENY',
		});
	});

	it('allow exactly the style sheets and the script of the document', () => {
		const { html } = renderPage(number);
		const styles = textsIn(html, 'style');
		expect(styles.length).toBe(2);
		expect(policyOf(number)).toEqual({
			'default-src': "'none'",
			'style-src': styles.map(hashOf).join(' '),
			'script-src': textsIn(html, 'script').map(hashOf).join(' '),
			'img-src': "'none'",
			'frame-src': "'none'",
			'form-action': "'self'",
			'frame-ancestors': "'none'",
			'base-uri': "'none'",
		});
	});

	it.each([
		['https://cdn.example/a/logo.png?x=1', 'https://cdn.example'],
		['http://127.0.0.1:8080/logo.png', 'http://127.0.0.1:8080'],
		['https://bücher.example/logo.png', 'https://xn--bcher-kva.example'],
		["https://a.example;script-src 'unsafe-inline'/logo.png", "'none'"],
		['https://a.example;b/logo.png', "'none'"],
		['https://a.example,b/logo.png', "'none'"],
		['data:image/svg+xml,<svg/>', "'none'"],
		['javascript:alert(1)', "'none'"],
		['//a.example/logo.png', "'none'"],
		['logo.png', "'none'"],
	])('of a page with the logo %j allow pictures from %s', (logoUrl, origin) => {
		expect(withLook({ logoUrl })['img-src']).toBe(origin);
		expect(renderPage({ ...number, look: { logoUrl } }).html.includes('<img')).toBe(origin !== "'none'");
	});

	it("allow Cloudflare's widget where the builder chose it", () => {
		const policy = policyOf({ ...number, protection: { kind: 'turnstile', siteKey: '1x' } });
		expect(policy['script-src']).toMatch(/ https:\/\/challenges\.cloudflare\.com$/);
		expect(policy['frame-src']).toBe('https://challenges.cloudflare.com');
	});

	it('and the document hold no verification in an address', () => {
		const { html } = renderPage({
			step: 'code',
			language: 'en',
			verificationId: 'the-id',
			maskedPhone: '+12*****31',
			code: { length: 6, alphabet: 'digits' },
			attemptsRemaining: 5,
			expiresInSeconds: 300,
			resendInSeconds: 30,
			canChangeNumber: true,
		});
		expect(html.match(/[^<]*the-id[^>]*/g)).toEqual([
			'input type="hidden" name="verificationId" value="the-id" /',
			'input type="hidden" name="verificationId" value="the-id" /',
		]);
		expect(html).not.toMatch(/action=|method="get"/i);
	});
});

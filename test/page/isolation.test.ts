import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { startPageServer, type PageServer } from '../../dev/page-server';
import { exampleLook, pageStates } from '../../dev/page-states';
import { renderPage, type PageView } from '../../page';
import { testsThatNeed } from '../support/required-tools';
import { openPages, type PageBrowser } from './browser';

const { describe, it } = testsThatNeed('Chromium');

describe('the page and everything outside it', () => {
	let pages: PageBrowser;
	let other: PageServer;
	let pictures: [Server, Server];
	let logoUrl: string;
	let otherPictureUrl: string;
	let page: Page;

	beforeAll(async () => {
		pictures = await Promise.all([startPictureServer(), startPictureServer()]);
		[logoUrl, otherPictureUrl] = [addressOf(pictures[0]), addressOf(pictures[1])];
		other = await startPageServer(({ path }) =>
			path === '/next' ? '<h1>The next page</h1>' : `<h1>Evil</h1><iframe src="${pages.server.url}${path}"></iframe>`,
		);
		pages = await openPages(({ path }): PageView | string => {
			if (path === '/plain') return '<h1>Sign in</h1>';
			if (path === '/moves-on') return { step: 'done', language: 'en', redirectUrl: `${other.url}/next` };
			return { step: 'number', language: 'en', look: { logoUrl } };
		});
	});
	beforeEach(async () => {
		page = await pages.browser.newPage();
		pages.outside.length = 0;
	});
	afterEach(() => page.close());
	afterAll(async () => {
		await pages?.close();
		await other?.stop();
		pictures?.forEach((server) => server.close());
	});

	it('cannot be shown in a frame', async () => {
		const headingInFrame = page.frameLocator('iframe').getByRole('heading', { name: 'Sign in' });
		await page.goto(`${other.url}/plain`);
		await headingInFrame.waitFor();
		await page.goto(`${other.url}/`);
		await page.waitForTimeout(500);
		expect(await headingInFrame.count()).toBe(0);
	});

	it("loads the builder's logo, and no picture from another origin", async () => {
		await page.goto(pages.server.url);
		const widthOf = (source: string) =>
			page.evaluate(`new Promise((resolve) => {
				const image = new Image();
				image.onload = image.onerror = () => resolve(image.naturalWidth);
				image.src = ${JSON.stringify(source)};
			})`);
		expect(pages.outside).toEqual([logoUrl]);
		expect(await widthOf(logoUrl)).toBe(120);
		expect(await widthOf(otherPictureUrl)).toBe(0);
		await page.goto(`${pages.server.url}/plain`);
		expect(await widthOf(otherPictureUrl)).toBe(120);
	});

	it('moves on to another origin after the code, and cannot be reached by the back button', async () => {
		await page.goto(`${pages.server.url}/`);
		await page.goto(`${pages.server.url}/moves-on`, { waitUntil: 'commit' });
		await page.getByRole('heading', { name: 'The next page' }).waitFor();
		await page.goBack();
		expect(new URL(page.url()).pathname).toBe('/');
	});

	it('runs no script that gets into it', async () => {
		await page.goto(pages.server.url);
		await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="document.title = 1">');
			const script = document.createElement('script');
			script.textContent = 'document.title = 2';
			document.body.append(script);`);
		await page.waitForTimeout(300);
		expect(await page.title()).toBe('Sign in');
	});

	it('escapes every value in every step', async () => {
		await page.goto(`${other.url}/next`);
		const tags = new Set<string>();
		await fc.assert(
			fc.asyncProperty(view, async (shown) => {
				const { html, headers } = renderPage(shown);
				const elements = await page.evaluate<Element[]>(`(${elementsOf})(${JSON.stringify(html)})`);
				for (const { name, attributes } of elements) {
					tags.add(name);
					expect(allowedTags).toContain(name);
					for (const [key, value] of Object.entries(attributes)) {
						expect(key).toMatch(/^(?!on|style$|action$|formaction$|srcdoc$)[a-z-]+$/i);
						if (key === 'href' || key === 'src') expect(value).toMatch(/^(?:https?:\/\/|$)/);
					}
				}
				const isTurnstile = shown.step === 'number' && shown.protection?.kind === 'turnstile';
				expect(elements.filter(({ name }) => name === 'script').length).toBe(isTurnstile ? 2 : 1);
				const valueOf = (key: string) => elements.find(({ attributes }) => attributes.name === key)?.attributes.value;
				if (shown.step === 'number') expect(valueOf('phone')).toBe(printable(shown.phone ?? ''));
				if (shown.step === 'code') expect(valueOf('verificationId')).toBe(printable(shown.verificationId ?? ''));
				expect(headers['Content-Security-Policy']).toMatch(policy);
			}),
			{ numRuns: 400, examples: everyTag },
		);
		expect([...tags].sort()).toEqual([...allowedTags].sort());
	});
});

async function startPictureServer(): Promise<Server> {
	const server = createServer((_, response) => {
		response.setHeader('content-type', 'image/svg+xml');
		response.end('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="48"/>');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return server;
}

function addressOf(server: Server): string {
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/logo.svg`;
}

interface Element {
	name: string;
	attributes: Record<string, string>;
}

/** Runs in the browser, whose parser decides. */
const elementsOf = `(html) => {
	const root = new DOMParser().parseFromString(html, 'text/html').documentElement;
	return [root, ...root.querySelectorAll('*')].map((element) => ({
		name: element.localName,
		attributes: Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value])),
	}));
}`;

const allowedTags = [
	...['html', 'head', 'meta', 'title', 'style', 'script', 'noscript', 'body', 'main', 'footer', 'div', 'h1', 'p'],
	...['form', 'label', 'input', 'button', 'a', 'img', 'svg', 'path', 'span', 'bdi', 'i'],
];

/** Pages that use every tag. A random one rarely has an address that can be opened. */
const everyTag: Array<[PageView]> = [
	...Object.values(pageStates).map((state): [PageView] => [
		{ ...state, look: { ...exampleLook, logoUrl: 'https://a.example/logo.svg' } },
	]),
	[{ step: 'done', language: 'en', redirectUrl: 'https://a.example/' }],
];

const source = String.raw`(?:https?:\/\/[a-z0-9.:-]+|'none'|'self'|'sha256-[A-Za-z0-9+/=]{44}')`;
const policy = new RegExp(`^(?:[a-z-]+(?: ${source})+(?:; |$))+$`);

// eslint-disable-next-line no-control-regex
const printable = (text: string) => text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, ' ');

const text = fc.oneof(
	fc.constantFrom(
		'<script>alert(1)</script>',
		'"><img src=x onerror=alert(1)>',
		"' autofocus onfocus='alert(1)",
		'</title></style></script><script>alert(1)</script>',
		'<!--',
		']]>',
		'&lt;script&gt;&quot;',
		'{number}{time}',
		'$& $` ${x}',
		'javascript:alert(1)',
		'https://a.example/"><script>alert(1)</script>',
		"https://a.example;script-src 'unsafe-inline'/x",
		'https://a.example,b.example/',
		'https://user:password@a.example/',
		'https://[::1]/logo.svg',
		'data:text/html,<script>alert(1)</script>',
		'#fff;}</style><script>alert(1)</script>',
		'\0<b>\r\n\u2028',
	),
	fc.string({ unit: 'grapheme' }),
	fc.string({ unit: 'binary' }),
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const look = fc.record({ title: text, text, accentColor: text, logoUrl: text, privacyUrl: text });
const common = { language: fc.oneof(fc.constantFrom('en', 'ar'), text), look: optional(look) };
const challenge = fc.record({
	parameters: fc.record({
		algorithm: text,
		nonce: text,
		salt: text,
		cost: fc.nat(),
		keyLength: fc.nat(),
		keyPrefix: text,
	}),
	signature: text,
});

const view: fc.Arbitrary<PageView> = fc.oneof(
	fc.record({
		...common,
		step: fc.constant('number' as const),
		phone: text,
		defaultCountry: optional(fc.record({ code: text, callingCode: text })),
		protection: optional(
			fc.oneof(
				fc.record({ kind: fc.constant('proofOfWork' as const), challenge }),
				fc.record({ kind: fc.constant('turnstile' as const), siteKey: text }),
			),
		),
	}),
	fc.record({
		...common,
		step: fc.constant('code' as const),
		verificationId: text,
		maskedPhone: text,
		code: fc.constant({ length: 6, alphabet: 'digits' as const }),
		attemptsRemaining: fc.nat(),
		expiresInSeconds: fc.nat(),
		resendInSeconds: fc.nat(),
		canChangeNumber: fc.boolean(),
	}),
	fc.record({ ...common, step: fc.constant('done' as const), message: text, redirectUrl: optional(text) }),
	fc.record({
		...common,
		step: fc.constant('ended' as const),
		reason: fc.constant('locked' as const),
		canRestart: fc.boolean(),
		verificationId: text,
	}),
	fc.record({ ...common, step: fc.constant('unavailable' as const) }),
);

import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import axios from 'axios';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { openBrowser, signInToEditor } from './browser';
import { until } from './n8n/wait-until';
import { openPlayground, setUpTemplateIn, type Playground } from './playground';
import { sideBySide } from './side-by-side';

const pictures = resolve(__dirname, '../docs/pictures');
const number = '+1 201 555 3931';

interface Scene {
	playground: Playground;
	page: Page;
}

const byId = (page: Page, id: string) => page.locator(`[data-test-id="${id}"]`);

async function hide(page: Page, ids: string[]): Promise<void> {
	const selector = ids.map((id) => `[data-test-id="${id}"]`).join();
	await page.addStyleTag({ content: `${selector} { visibility: hidden !important; }` });
}

/** The smallest picture that shows all parts, with a margin. */
async function pictureOf(parts: Locator, margin: number): Promise<Buffer> {
	const boxes = (await Promise.all((await parts.all()).map((part) => part.boundingBox()))).filter(
		(box) => box !== null,
	);
	const left = Math.min(...boxes.map(({ x }) => x)) - margin;
	const top = Math.min(...boxes.map(({ y }) => y)) - margin;
	const width = Math.max(...boxes.map((box) => box.x + box.width)) + margin - left;
	const height = Math.max(...boxes.map((box) => box.y + box.height)) + margin - top;
	const clip = { x: Math.max(0, left), y: Math.max(0, top), width, height };
	return await parts.page().screenshot({ clip, animations: 'disabled' });
}

async function save(name: string, picture: Buffer): Promise<void> {
	await writeFile(join(pictures, `${name}.png`), picture);
	console.log(`docs/pictures/${name}.png`);
}

const take = async (name: string, parts: Locator, margin: number) => await save(name, await pictureOf(parts, margin));

const smsCanvas = async (scene: Scene) =>
	await save('sms-fallback', await canvas(scene, 'smsFallback', 'Send it by SMS'));

/** The workflow without the editor around it. */
async function canvas(
	{ page, playground }: Scene,
	example: keyof Playground['workflows'],
	node: string,
): Promise<Buffer> {
	await page.goto(`${playground.n8n.url}/workflow/${playground.workflows[example]}`);
	await byId(page, 'canvas-node').filter({ hasText: node }).waitFor();
	const around = ['main-header', 'canvas-controls', 'canvas-minimap', 'logs-panel', 'node-creator-plus-button'];
	const clutter = [...around, 'canvas-handle-plus-wrapper', 'canvas-node-toolbar'];
	await hide(page, clutter);
	// These buttons have no test id.
	await page.addStyleTag({ content: '[class*="_executionButtons_"] { display: none; }' });
	await byId(page, 'zoom-to-fit').dispatchEvent('click');
	// The icons of the nodes come last.
	await page.waitForLoadState('networkidle');
	return await pictureOf(page.locator('[data-test-id="canvas-node"], [data-test-id="sticky"]'), 50);
}

const workflow = {
	name: 'One code',
	nodes: [
		{
			id: 'start',
			name: 'Start',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
		{
			id: 'visitor',
			name: 'Visitor',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			position: [220, 0],
			parameters: {
				assignments: {
					assignments: [
						{ id: 'name', name: 'name', value: 'Ada', type: 'string' },
						{ id: 'phone', name: 'phone', value: '+1 201 555 3932', type: 'string' },
					],
				},
			},
		},
		{
			id: 'send',
			name: 'Send code',
			type: 'n8n-nodes-whatsapp-otp.whatsAppOtp',
			typeVersion: 1,
			position: [440, 0],
			parameters: {
				to: '={{ $json.phone }}',
				template: { __rl: true, mode: 'list', value: 'verification_code', cachedResultName: 'verification_code' },
				options: { expiresIn: 300 },
			},
			credentials: { whatsAppOtp360DialogApi: { id: null, name: '360dialog account' } },
		},
	],
	connections: {
		Start: { main: [[{ node: 'Visitor', type: 'main', index: 0 }]] },
		Visitor: { main: [[{ node: 'Send code', type: 'main', index: 0 }]] },
	},
};

/** The open panel of Send after a run. */
async function panel({ playground, page }: Scene): Promise<void> {
	const accounts = await playground.n8n.api.listCredentials();
	const account = accounts.find(({ name }) => name === '360dialog account');
	const id = await playground.n8n.api.ensureWorkflow(workflow, {
		credentials: { whatsAppOtp360DialogApi: account?.id ?? '' },
	});
	await page.goto(`${playground.n8n.url}/workflow/${id}`);
	await byId(page, 'canvas-node').filter({ hasText: 'Send code' }).dblclick();
	await byId(page, 'node-execute-button').click();
	await page.getByText('Sent Branch (1 item)', { exact: true }).click();
	await byId(page, 'output-panel').getByText('JSON', { exact: true }).click();
	await page.getByText('executed successfully').waitFor({ state: 'hidden' });
	await page.mouse.move(0, 0);
	await hide(page, ['floating-node', 'node-feature-request']);
	await take('send', byId(page, 'ndv'), 0);
}

/** The three steps of the sign-in page on a phone, and the canvas beside the second one. */
async function signIn(scene: Scene): Promise<void> {
	const { playground, page } = scene;
	const desktop = page.viewportSize();
	await page.setViewportSize({ width: 390, height: 620 });
	await page.goto(playground.signInPage);
	const onPhone = () => pictureOf(page.locator('html'), 0);
	await page.getByLabel('Phone number').fill(number);
	const steps = [await onPhone()];
	await page.getByRole('button', { name: 'Send code' }).click();
	await page.getByRole('heading', { name: 'Enter the code' }).waitFor();
	const [message] = await playground.sandbox.waitForMessages({ to: number });
	const code = page.getByLabel('Code', { exact: true });
	// Without the last digit, because the page posts a complete code at once.
	await code.fill(message?.code.slice(0, 5) ?? '');
	steps.push(await onPhone());
	await code.fill(message?.code ?? '');
	await page.getByRole('heading', { name: 'Your number is verified' }).waitFor();
	steps.push(await onPhone());
	if (desktop) await page.setViewportSize(desktop);
	const workflow = await canvas(scene, 'signInPage', 'Signed in');
	const phones = steps.map((picture) => ({ picture, width: 300, isPhone: true }));
	await save('sign-in', await sideBySide(page, phones));
	await save('canvas', await sideBySide(page, [{ picture: workflow, width: 780 }, ...phones.slice(1, 2)]));
}

async function phone({ playground, page }: Scene): Promise<void> {
	await page.setViewportSize({ width: 1100, height: 680 });
	await page.goto(playground.sandbox.phoneUrl);
	await page.getByRole('article').getByText('read', { exact: true }).waitFor();
	await take('phone', page.locator('.device'), 24);
}

/** The report page after codes to some numbers. One of them is not on WhatsApp. */
async function report({ playground, page }: Scene): Promise<void> {
	const { sandbox, n8n } = playground;
	await playground.listenWith('deliveryReport');
	const [absent = '', ...present] = [17, 31, 58, 64, 72, 86].map((ending) => `+120155542${ending}`);
	sandbox.addFault({ to: absent, effect: { failedWebhook: { code: 131026 } } });
	const address = await n8n.api.waitForWebhook('sign-in/send');
	for (const number of [...present, absent]) await axios.post(address, { phone: number }, { proxy: false });
	for (const to of present.slice(2)) sandbox.readMessages({ to });
	await page.setViewportSize({ width: 760, height: 1100 });
	const reportPage = await n8n.api.waitForWebhook('delivery-report', 'GET');
	const isComplete = async () => {
		await page.goto(reportPage);
		return (await page.locator('tbody tr').count()) === 2 * present.length + 3 + 1 || undefined;
	};
	await until(isComplete, { what: () => 'every event was in the report', timeout: 30_000 });
	await take('delivery-report', page.locator('h1, section'), 24);
}

async function takeAll(playground: Playground, browser: BrowserContext): Promise<void> {
	await setUpTemplateIn(playground);
	await signInToEditor(browser, playground.n8n);
	for (const picture of [signIn, phone, panel, smsCanvas, report]) {
		const page = await browser.newPage();
		await picture({ playground, page });
		await page.close();
	}
}

/** Makes the pictures in docs/pictures with a real n8n and a headless Chromium. */
async function main(): Promise<void> {
	mkdirSync(pictures, { recursive: true });
	const folder = await mkdtemp(join(tmpdir(), 'whatsapp-otp-pictures-'));
	try {
		const playground = await openPlayground({
			dataFolder: join(folder, 'playground'),
			report: (line) => console.log(line),
		});
		try {
			const viewport = { width: 1400, height: 900 };
			const browser = await openBrowser({ profile: join(folder, 'profile'), viewport, scale: 2 });
			await takeAll(playground, browser).finally(() => browser.close());
		} finally {
			await playground.stop();
		}
	} finally {
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});

/** 'Respond: Last Node' of the sign-in trigger in a real n8n: what the run answers, and what the person sees. */
import { readFileSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';
import { z } from 'zod';
import { openBrowser } from '../../dev/browser';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { wrongCode } from '../support/installation';
import { testsThatNeed } from '../support/required-tools';
import { codeOnPhone, newFolder, openingTime, openPlaygroundForTest } from '../support/running-n8n';
import { headingIn, idIn, Visitor } from '../support/sign-in-visitor';
import { publishSignIn, type WorkflowNode } from '../support/sign-in-workflow';

const { it: withBrowser } = testsThatNeed('Chromium');

let playground: Playground;
let phones = 0;

/** A number that is alone in its block of ten thousand, because such a block has limits, too. */
const newPhone = () => `+4915${String(2000 + (phones += 1))}55512`;

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	await setUpTemplateIn(playground);
}, openingTime);
afterAll(() => playground?.stop());

const codeFor = (to: string) => codeOnPhone(playground, to);

const publish = (name: string, nodes: WorkflowNode[]) =>
	publishSignIn(playground.n8n.api, { name, nodes, parameters: { respond: 'lastNode' } });

const answers = (json: object): WorkflowNode => ({
	name: 'Answer',
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	parameters: { mode: 'raw', jsonOutput: JSON.stringify(json), options: {} },
});

const fails: WorkflowNode = {
	name: 'Fails',
	type: 'n8n-nodes-base.stopAndError',
	typeVersion: 1,
	parameters: { errorMessage: 'The customer database is down' },
};

const keepsNothing: WorkflowNode = {
	name: 'Keeps nothing',
	type: 'n8n-nodes-base.limit',
	typeVersion: 1,
	parameters: { maxItems: 0 },
};

const nothing: WorkflowNode = { name: 'Nothing', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };

/** Longer than n8n keeps a run in memory. */
const waits: WorkflowNode = {
	name: 'Waits',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	parameters: { amount: 1, unit: 'hours' },
};

const respondsToWebhook: WorkflowNode = {
	name: 'Responds',
	type: 'n8n-nodes-base.respondToWebhook',
	typeVersion: 1.1,
	parameters: { respondWith: 'json', responseBody: '{}', options: {} },
};

/** Signs in on the page. @returns the last page */
async function signIn(address: string) {
	const visitor = new Visitor(address);
	const to = newPhone();
	const verificationId = idIn(await visitor.post({ phone: to }));
	const code = await codeFor(to);
	const wrong = await visitor.post({ verificationId, code: wrongCode(code) });
	expect(headingIn(wrong)).toBe('Enter the code');
	const done = await visitor.post({ verificationId, code });
	return { visitor, verificationId, code, done };
}

const json = z.record(z.unknown());

/** Signs in with JSON. @returns the last answer */
async function signInWithJson(address: string) {
	const post = async (body: object) => {
		const headers = { 'content-type': 'application/json' };
		const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
		return { status: response.status, headers: response.headers, json: json.parse(await response.json()) };
	};
	const phone = newPhone();
	const { verificationId } = (await post({ phone })).json;
	return await post({ verificationId, code: await codeFor(phone) });
}

describe("'Respond: Last Node'", () => {
	it("opens the last node's 'redirectUrl'", async () => {
		const { address, workflowId } = await publish('last-redirect', [
			answers({ redirectUrl: 'https://app.example.com/in?session=7', message: 'Welcome' }),
		]);
		const { done } = await signIn(`${address}?redirectUrl=https://evil.example.com`);
		expect(done.status).toBe(200);
		expect(done.html).toContain('href="https://app.example.com/in?session=7"');
		expect(done.html).not.toContain('evil.example.com');
		expect(done.headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(done.headers.get('content-type')).toBe('text/html; charset=utf-8');
		expect(done.headers.get('cache-control')).toBe('no-store');
		const answered = await signInWithJson(address);
		expect(answered.json).toMatchObject({
			result: 'approved',
			verified: true,
			redirectUrl: 'https://app.example.com/in?session=7',
			message: 'Welcome',
		});
		await expect(playground.n8n.api.executions({ workflowId })).resolves.toHaveLength(2);
	});

	it("shows the last node's 'message' as text", async () => {
		const { address } = await publish('last-message', [answers({ message: 'Welcome, <b>Ada</b>' })]);
		const { done, visitor, verificationId, code } = await signIn(address);
		expect(headingIn(done)).toBe('Your number is verified');
		expect(done.html).toContain('Welcome, &lt;b&gt;Ada&lt;/b&gt;');
		// The message is for this one answer.
		expect((await visitor.open()).html).not.toContain('Ada');
		const stranger = await new Visitor(address).post({ verificationId, code });
		expect(stranger.html).not.toContain('Ada');
	});

	it('opens no address that is not a web address, and says so in the log', async () => {
		const { address } = await publish('last-script', [answers({ redirectUrl: 'javascript:alert(1)//secret' })]);
		const { done } = await signIn(address);
		expect(headingIn(done)).toBe('Your number is verified');
		expect(done.html).not.toContain('alert(1)');
		const log = readFileSync(playground.n8n.logFile, 'utf8');
		expect(log).toContain("'redirectUrl' of the last node must be an address");
		expect(log).not.toContain('alert(1)');
	});

	it('takes nothing from the address of the page', async () => {
		const { address } = await publish('last-nothing', [nothing]);
		const { done } = await signIn(`${address}?redirectUrl=https://evil.example.com&message=evil`);
		expect(headingIn(done)).toBe('Your number is verified');
		expect(done.html).toContain('You can close this page now');
		expect(done.html).not.toContain('evil');
	});

	it.each([
		['a node that fails', fails],
		['Respond to Webhook, which this trigger cannot serve', respondsToWebhook],
	])('says that the number is verified and the next step failed, after %s', async (_what, node) => {
		const { address, workflowId } = await publish(`last-fails-${node.type.split('.')[1]}`, [node]);
		const { done, visitor, verificationId, code } = await signIn(address);
		expect(done.status).toBe(200);
		expect(headingIn(done)).toBe('Your number is verified');
		expect(done.html).toContain('But the next step failed. You do not need a new code.');
		// The code stays used.
		const stranger = await new Visitor(address).post({ verificationId, code });
		expect(headingIn(stranger)).toBe('This code was already used');
		await visitor.post({ verificationId, code });
		const answered = await signInWithJson(address);
		expect([answered.status, answered.json]).toMatchObject([200, { result: 'approved', workflowFailed: true }]);
		const executions = await playground.n8n.api.executions({ workflowId });
		expect(executions.map(({ status }) => status)).toEqual(['error', 'error']);
	});

	it.each([
		['the last node has no item', keepsNothing],
		['the run waits', waits],
	])('shows that the number is verified if %s', async (_what, node) => {
		const { address } = await publish(`last-without-${node.type.split('.')[1]}`, [node]);
		const { done } = await signIn(address);
		expect([done.status, headingIn(done)]).toEqual([200, 'Your number is verified']);
		expect(done.html).toContain('You can close this page now');
		const answered = await signInWithJson(address);
		expect([answered.status, answered.json]).toMatchObject([200, { result: 'approved', verified: true }]);
		expect(answered.json).not.toHaveProperty('workflowFailed');
	});

	it('starts one run for 20 right codes at once, and answers each of them', async () => {
		const { address, workflowId } = await publish('last-parallel', [answers({ message: 'Welcome' })]);
		const visitor = new Visitor(address);
		const to = newPhone();
		const verificationId = idIn(await visitor.post({ phone: to }));
		const code = await codeFor(to);
		const visits = await Promise.all(Array.from({ length: 20 }, () => visitor.post({ verificationId, code })));
		expect(visits.map(headingIn)).toEqual(visits.map(() => 'Your number is verified'));
		expect(visits.filter(({ html }) => html.includes('Welcome'))).toHaveLength(1);
		await expect(playground.n8n.api.executions({ workflowId })).resolves.toHaveLength(1);
	});

	describe('in a browser', () => {
		let browser: BrowserContext;

		beforeAll(async () => {
			browser = await openBrowser({ profile: await newFolder() });
		});
		afterAll(() => browser?.close());

		withBrowser('takes the person to the address of the last node', async () => {
			const target = `${playground.sandbox.url}/phone?from=last-node`;
			const { address } = await publish('last-browser', [answers({ redirectUrl: target })]);
			const page = await browser.newPage();
			const to = newPhone();
			await page.goto(address);
			await page.locator('#phone').fill(to);
			await page.locator('button[type=submit]').click();
			await page.locator('#code').fill(await codeFor(to));
			await page.waitForURL(target);
		});
	});
});

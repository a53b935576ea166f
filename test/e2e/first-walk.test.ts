/**
 * How long the way is from an empty workflow to a verified code, for a builder who only clicks and types. The limits
 * are the measured figures, so a change that makes the way longer fails here.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser, signInToEditor } from '../../dev/browser';
import type { Execution } from '../../dev/n8n/executions';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { Builder } from '../support/builder';
import { testsThatNeed } from '../support/required-tools';
import { codeOnPhone, newFolder, openingTime, openPlaygroundForTest } from '../support/running-n8n';

const { describe, it } = testsThatNeed('Chromium');

let playground: Playground;
let browser: BrowserContext;
let builder: Builder;

/** The code on the phone of the person. */
const codeFor = (to: string) => codeOnPhone(playground, to);

async function openEmptyWorkflow(): Promise<void> {
	const page = await browser.newPage();
	await page.goto(`${playground.n8n.url}/workflow/new`);
	builder = new Builder(page);
}

async function chooseTemplate(): Promise<void> {
	await builder.click(builder.byId('rlc-input'));
	await builder.click(builder.byId('rlc-item').getByText('verification_code', { exact: true }));
}

/** n8n gives a workflow its id when it first saves it. */
function workflowId(): string {
	const [, id] = /\/workflow\/([^/?]+)/.exec(builder.page.url()) ?? [];
	if (id === undefined || id === 'new') throw new Error(`n8n has not saved the workflow: ${builder.page.url()}`);
	return id;
}

describe('a builder with an empty workflow', () => {
	beforeAll(async () => {
		playground = await openPlaygroundForTest();
		await setUpTemplateIn(playground);
		browser = await openBrowser({ profile: await newFolder() });
		await browser.grantPermissions(['clipboard-read', 'clipboard-write']);
		await signInToEditor(browser, playground.n8n);
	}, openingTime);
	beforeEach(openEmptyWorkflow);
	afterEach(() => builder.page.close());

	afterAll(async () => {
		await browser?.close();
		await playground?.stop();
	});

	it('publishes a sign-in page with 15 clicks and 3 typed values, and a person signs in', async () => {
		const { page } = builder;
		await builder.click(builder.byId('canvas-add-button'));
		await builder.findNode('sign in', 'WhatsApp OTP Sign-In Trigger');
		await builder.click(page.getByRole('button', { name: 'Add to workflow' }));
		await chooseTemplate();
		await builder.click(page.getByPlaceholder('Add option'));
		await builder.click(page.getByRole('option', { name: 'Allowed Countries' }));
		await builder.fillIn('allowedCountries', 'US');
		await page.getByText('This page sends codes to every country').waitFor({ state: 'detached' });
		await page.getByText('Test the sign-in page').waitFor();
		const address = await copyProductionUrl();
		await builder.closePanel();
		await publish();

		const visit = await browser.newPage();
		// The builder pastes the address.
		builder.typed += 1;
		await visit.goto(address);
		const to = '+12015553951';
		await visit.locator('#phone').fill(to);
		await visit.locator('button[type=submit]').first().click();
		await visit.locator('#code').waitFor();
		await visit.locator('#code').fill(await codeFor(to));
		await visit.getByRole('heading', { name: 'Your number is verified', exact: true }).waitFor();
		await visit.close();

		const { api } = playground.n8n;
		const run = await api.waitForExecution(workflowId(), ({ status }) => status === 'success');
		expect(run.nodes['WhatsApp OTP Sign-In Trigger']?.[0]?.outputs[0]).toEqual([
			expect.objectContaining({ phone: to }),
		]);
		await expect(api.executions({ workflowId: workflowId() })).resolves.toHaveLength(1);
		expect(builder.clicks).toBeLessThanOrEqual(15);
		expect(builder.typed).toBeLessThanOrEqual(3);
	});

	it('verifies a code with a form, Send, a form page and Verify, with 28 clicks and 9 typed values', async () => {
		const { page } = builder;
		await builder.click(builder.byId('canvas-add-button'));
		await builder.choose('On form submission');
		await builder.fillIn('formTitle', 'Sign in');
		await addFormField('Phone');
		await builder.closePanel();

		await addNode('send code', 'WhatsApp OTP', 'Send code');
		await builder.fillInExpression('to', '{{ $json.Phone }}');
		await builder.leaveExpression();
		await chooseTemplate();
		await builder.closePanel();

		// Of the outputs without a node, that of Sent is the last one.
		await addNode('form', 'n8n Form', 'Next Form Page');
		await addFormField('Code');
		await builder.closePanel();

		await addNode('verify code', 'WhatsApp OTP', 'Verify code');
		await builder.fillInExpression('verificationId', "{{ $('Send code').item.json.verificationId }}");
		await builder.leaveExpression();
		await builder.fillInExpression('code', '{{ $json.Code }}');
		await builder.closePanel();

		const opened = page.waitForEvent('popup');
		await builder.click(builder.byId('execute-workflow-button').last());
		const form = await opened;
		const to = '+12015553952';
		await answer(form, 'Phone', to);
		await answer(form, 'Code', await codeFor(to));

		const isOver = ({ nodes }: Execution) => nodes['Verify code'] !== undefined;
		const { nodes } = await playground.n8n.api.waitForExecution(workflowId(), isOver);
		const [notVerified, verified] = nodes['Verify code']?.[0]?.outputs ?? [];
		expect(notVerified).toEqual([]);
		expect(verified).toEqual([expect.objectContaining({ result: 'approved', to })]);
		expect(builder.clicks).toBeLessThanOrEqual(28);
		expect(builder.typed).toBeLessThanOrEqual(9);
	});
});

/** Ends with the address in the clipboard. */
async function copyProductionUrl(): Promise<string> {
	const { page } = builder;
	await builder.click(page.getByText('Webhook URLs', { exact: true }));
	await builder.click(builder.byId('radio-button-production'));
	await builder.click(page.getByText(/\/webhook\/.*\/sign-in$/));
	await page.getByText('URL copied').waitFor();
	return String(await page.evaluate('navigator.clipboard.readText()'));
}

async function publish(): Promise<void> {
	const { page } = builder;
	await builder.click(page.getByRole('button', { name: 'Publish', exact: true }));
	await builder.click(page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }));
	await page.getByText("'Webhook URLs' > 'Production URL'").waitFor();
	await builder.click(page.getByRole('button', { name: 'Got it' }));
}

/** Adds a node behind the newest one. */
async function addNode(words: string, name: string, action: string): Promise<void> {
	await builder.click(builder.byId('canvas-handle-plus').last());
	await builder.findNode(words, name);
	await builder.choose(action);
}

async function addFormField(label: string): Promise<void> {
	await builder.click(builder.byId('fixed-collection-add'));
	await builder.fillIn('fieldLabel', label);
}

/** A person fills in the only field of a page of the form. */
async function answer(form: Page, label: string, text: string): Promise<void> {
	await form.getByLabel(label).fill(text);
	await form.getByRole('button', { name: 'Submit' }).click();
}

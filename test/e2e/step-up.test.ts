/** The example 'Ask for a code before a payment' in a real n8n: a customer with a browser. */
import type { BrowserContext } from 'playwright-core';
import { openBrowser } from '../../dev/browser';
import { outputOf } from '../../dev/n8n/executions';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { wrongCode } from '../support/installation';
import { testsThatNeed } from '../support/required-tools';
import { newFolder, openPlaygroundForTest, openingTime } from '../support/running-n8n';

const { it: withBrowser } = testsThatNeed('Chromium');

let playground: Playground;
let browser: BrowserContext | undefined;

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	await setUpTemplateIn(playground);
}, openingTime);
afterAll(async () => {
	await browser?.close();
	await playground?.stop();
});

withBrowser('a known customer confirms a payment, and a posted number has no effect', async () => {
	const { n8n, sandbox, workflows } = playground;
	const address = await n8n.api.waitForWebhook('pay');
	browser = await openBrowser({ profile: await newFolder() });
	const page = await browser.newPage();
	await page.setContent(
		`<form method="post" action="${address}"><input name="customer" value="ada"><input name="order" value="1001">
		<input name="phone" value="+15005550006"><button>Pay</button></form>`,
	);
	await page.getByRole('button').click();
	await page.getByRole('heading', { name: 'Enter the code' }).waitFor();
	expect(page.url()).toContain('/webhook-waiting/');
	const [message] = await sandbox.waitForMessages({ to: '12015553931' });
	const code = message?.code ?? '';
	await page.locator('#code').fill(wrongCode(code));
	await page.locator('#error').getByText(/./).waitFor();
	await page.locator('#code').fill(code);
	await page.getByText('Thank you. Your payment is confirmed.').waitFor();
	const isPaid = (execution: Parameters<typeof outputOf>[0]) => outputOf(execution, 'Make the payment').length > 0;
	const execution = await n8n.api.waitForExecution(workflows.stepUp, isPaid);
	expect(outputOf(execution, 'Make the payment')).toEqual([{ order: '1001', verifiedPhone: '+12015553931' }]);
	expect(outputOf(execution, 'Do not pay')).toEqual([]);
	expect(sandbox.messages()).toHaveLength(1);
});

it('makes no payment for an unknown customer', async () => {
	const { n8n, workflows } = playground;
	const address = await n8n.api.waitForWebhook('pay');
	const body = new URLSearchParams({ customer: 'eve', order: '1002', phone: '+12015553931' });
	await fetch(address, { method: 'POST', body });
	const isRefused = (execution: Parameters<typeof outputOf>[0]) =>
		outputOf(execution, 'Do not pay').some(({ order }) => order === '1002');
	const execution = await n8n.api.waitForExecution(workflows.stepUp, isRefused);
	expect(outputOf(execution, 'Make the payment')).toEqual([]);
});

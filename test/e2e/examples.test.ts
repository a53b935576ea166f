import axios from 'axios';
import { z } from 'zod';
import { findLeaks, writtenIn } from '../../dev/leak-search';
import { outputOf } from '../../dev/n8n/executions';
import { until } from '../../dev/n8n/wait-until';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { copyCodeTemplate } from '../support/message-samples';
import { changeStore, endCooldowns, openPlaygroundForTest, openingTime } from '../support/running-n8n';

const http = axios.create({ proxy: false, validateStatus: () => true });

let playground: Playground;

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	await setUpTemplateIn(playground);
}, openingTime);
afterAll(() => playground?.stop());

let lastNumber = 12015553900;
const newNumber = () => String((lastNumber += 1));

async function post(path: string, body: unknown): Promise<{ status: number; data: unknown }> {
	const { status, data } = await http.post<unknown>(await playground.n8n.api.waitForWebhook(path), body);
	return { status, data };
}

const sentSchema = z.object({ verificationId: z.string() });

/** Sends by the sign-in API, as an app does. @returns the id of the verification */
async function send(to: string, visitor?: string): Promise<string> {
	const { data } = await post('sign-in/send', { phone: `+${to}`, visitor });
	return sentSchema.parse(data).verificationId;
}

const check = (verificationId: string, code: string) => post('sign-in/verify', { verificationId, code });

/** The code of the WhatsApp message, whether it was delivered or not. */
async function whatsAppCode(to: string): Promise<string> {
	const [message] = await playground.sandbox.waitForMessages({ to });
	return message?.code ?? '';
}

async function smsCode(to: string): Promise<string> {
	const [sms] = await playground.sandbox.waitForSms({ to });
	const code = /^(\d{6}) is your verification code\./.exec(sms?.text ?? '')?.[1];
	if (code === undefined) throw new Error(`The SMS to ${to} holds no code`);
	return code;
}

const another = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

/** Only of this verification: messages of other tests may wait for a status as well. */
const endWaitForStatus = (verificationId: string) =>
	changeStore(
		playground,
		'UPDATE delivery SET drop_at = ? WHERE drop_at IS NOT NULL AND verification_id = ?',
		Date.now(),
		verificationId,
	);

/** From the walk through the first ten minutes: the big button waited for a webhook, and a second run failed. */
describe('Set up template', () => {
	it('can be run again, and leaves a template that exists as it is', async () => {
		const creations = () => playground.sandbox.requests({ call: 'createTemplate' }).length;
		const before = creations();
		const run = await setUpTemplateIn(playground);
		expect(Object.keys(run.nodes)).toContain('Nothing to do');
		expect(outputOf(run, 'List templates')).toEqual([expect.objectContaining({ name: 'verification_code' })]);
		expect(creations()).toBe(before);
	});
});

describe('Sign-in API', () => {
	it('sends a new code to a person who got none, with words for the person', async () => {
		const to = newNumber();
		const id = await send(to);
		const early = await post('sign-in/resend', { verificationId: id });
		expect(early).toMatchObject({
			status: 409,
			data: { result: 'cooldown', message: expect.stringMatching(/request a new one in \d+ seconds\.$/) as string },
		});
		const first = await whatsAppCode(to);
		endCooldowns(playground);
		expect(await post('sign-in/resend', { verificationId: id })).toMatchObject({
			status: 200,
			data: { result: 'sent', verificationId: id, isResend: true },
		});
		const [, second] = await playground.sandbox.waitForMessages({ to }, { count: 2 });
		if (first !== second?.code) {
			const refused = { result: 'invalid_code', message: 'This code is not correct. Attempts left: 4.' };
			expect(await check(id, first)).toMatchObject({ status: 401, data: refused });
		}
		expect(await check(id, second?.code ?? '')).toMatchObject({ status: 200, data: { result: 'approved' } });
		expect(await check(id, second?.code ?? '')).toMatchObject({
			status: 401,
			data: { message: 'This code was already used. Start again.' },
		});
	});

	it('tells a person why a number gets no code', async () => {
		const message = 'This is not a phone number. Enter it with + and the country code.';
		expect(await post('sign-in/send', { phone: '12' })).toMatchObject({ status: 409, data: { message } });
	});
});

/**
 * Report: a stranger who posted a number with a pending code got its id and its metadata. After the cool-down, a second
 * post replaced the metadata, and the owner's code then approved the stranger's. What must hold:
 * docs/reference/verification-rules.md 1.16, 1.17 and 7.26.
 */
describe('Sign-in API, with a stranger who knows the number', () => {
	beforeEach(() => playground.sandbox.reset({ keep: ['templates', 'subscriptions'] }));

	it('tells the stranger nothing, and the code of the owner approves the owner', async () => {
		const to = newNumber();
		const id = await send(to, 'the owner');
		const code = await whatsAppCode(to);
		const stranger = await post('sign-in/send', { phone: `+${to}`, visitor: 'a stranger' });
		expect(stranger).toMatchObject({ status: 409, data: { result: 'cooldown' } });
		expect(JSON.stringify(stranger.data)).not.toContain('the owner');

		endCooldowns(playground);
		const strange = await send(to, 'a stranger');
		expect(strange).not.toBe(id);
		const [, second] = await playground.sandbox.waitForMessages({ to }, { count: 2 });
		const wrong = another(second?.code ?? '') === code ? another(code) : another(second?.code ?? '');
		for (let left = 4; left >= 0; left -= 1) {
			expect(await check(strange, wrong)).toMatchObject({ status: 401, data: { attemptsRemaining: left } });
		}
		expect(await check(strange, code)).toMatchObject({ status: 401, data: { result: 'locked' } });
		expect(await check(id, code)).toMatchObject({
			status: 200,
			data: { result: 'approved', verificationId: id, to: `+${to}`, metadata: { visitor: 'the owner' } },
		});
	});
});

describe('SMS fallback', () => {
	beforeAll(() => playground.listenWith('smsFallback'));
	beforeEach(() => playground.sandbox.reset({ keep: ['templates', 'subscriptions'] }));

	const ask = (to: string) => post('sign-in/send-or-sms', { phone: `+${to}`, visitor: 'Ada' });

	it('sends another code by SMS for the same verification when WhatsApp reports a failure', async () => {
		const to = newNumber();
		playground.sandbox.addFault({ to, effect: { failedWebhook: { code: 131026 } } });
		const answer = await ask(to);
		expect(answer).toMatchObject({ status: 200, data: { channel: 'sms' } });
		const { verificationId } = sentSchema.parse(answer.data);
		const code = await smsCode(to);
		await expect(check(verificationId, await whatsAppCode(to))).resolves.toMatchObject({
			data: { result: 'invalid_code', attemptsRemaining: 4 },
		});
		await expect(check(verificationId, code)).resolves.toMatchObject({
			status: 200,
			data: { result: 'approved', verificationId, purpose: 'sign-in', metadata: { visitor: 'Ada' } },
		});
		expect(playground.sandbox.sms()).toHaveLength(1);
		const sought = { secrets: [code], phones: [to] };
		expect(findLeaks(await writtenIn(playground), sought, ['Ask for a code', 'Present the code'])).toEqual([]);
	});

	it('sends an SMS if no delivery is reported in 30 seconds, and attempts still count', async () => {
		playground.sandbox.setSchedule({ enabled: false });
		const late = newNumber();
		const answer = await ask(late);
		expect(answer).toMatchObject({ status: 200, data: { channel: 'sms' } });
		const { verificationId } = sentSchema.parse(answer.data);
		const old = await whatsAppCode(late);
		expect(await check(verificationId, old)).toMatchObject({ data: { result: 'invalid_code', attemptsRemaining: 4 } });
		expect(await check(verificationId, await smsCode(late))).toMatchObject({ data: { result: 'approved' } });
	});

	it('sends an SMS at once to a person without WhatsApp, and none to a person with WhatsApp', async () => {
		const [absent, present] = [newNumber(), newNumber()];
		playground.sandbox.addFault({ call: 'send', to: absent, effect: { error: { code: 131026 } } });
		const answer = await ask(absent);
		expect(answer).toMatchObject({ status: 200, data: { channel: 'sms' } });
		expect(playground.sandbox.messages({ to: absent })).toEqual([]);
		const { verificationId } = sentSchema.parse(answer.data);
		expect(await check(verificationId, await smsCode(absent))).toMatchObject({ data: { result: 'approved' } });

		expect(await ask(present)).toMatchObject({ status: 200, data: { channel: 'whatsapp' } });
		expect(await ask(present)).toMatchObject({ status: 409, data: { result: 'cooldown' } });
		await playground.sandbox.waitForWebhooks({ event: 'delivered', state: 'delivered' });
		expect(playground.sandbox.sms({ to: present })).toEqual([]);
	});
});

describe('delivery report', () => {
	const page = async () => {
		const answer = await http.get<string>(await playground.n8n.api.waitForWebhook('delivery-report', 'GET'));
		expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
		return answer.data;
	};
	const bars = (html: string): Record<string, number> => {
		const labels = html.matchAll(/class="count">(\d+)<\/text>\s*<text[^>]*>(\w+)</g);
		return Object.fromEntries(Array.from(labels, ([, count = '', kind = '']) => [kind, Number(count)]));
	};

	beforeAll(async () => {
		playground.sandbox.reset({ keep: ['templates', 'subscriptions'] });
		await playground.listenWith('deliveryReport');
	});

	it('shows an empty page before the first event', async () => {
		const html = await page();
		expect(html).toContain('Nothing yet');
		expect(bars(html)).toEqual({ sent: 0, delivered: 0, read: 0, failed: 0, dropped: 0 });
	});

	it('counts every event and shows no full number', async () => {
		const [read, failed, late] = [newNumber(), newNumber(), newNumber()];
		playground.sandbox.addFault({ to: failed, effect: { failedWebhook: { code: 131026 } } });
		await send(read);
		await send(failed);
		playground.sandbox.readMessages({ to: read });
		await playground.sandbox.waitForWebhooks({ event: 'read', state: 'delivered' });
		await playground.sandbox.waitForWebhooks({ event: 'failed', state: 'delivered' });
		playground.sandbox.setSchedule({ enabled: false });
		endWaitForStatus(await send(late));
		const isComplete = async () => {
			const html = await page();
			const { delivered, read, failed, dropped } = bars(html);
			return delivered === 1 && read === 1 && failed === 1 && dropped === 1 ? html : undefined;
		};
		const html = await until(isComplete, { what: () => 'the report was complete' });
		expect(html).toContain('<td>+12*****');
		expect(html).toContain('Message undeliverable');
		for (const number of [read, failed, late]) expect(html).not.toContain(number.slice(3, 9));
		expect(html).not.toMatch(/(?:src|href)=|url\(|@import|<script/);
	});
});

describe('template alert', () => {
	const { name, language, components } = copyCodeTemplate();
	const template = { provider: 'metaCloud', name, language } as const;

	beforeAll(() => {
		playground.sandbox.reset({ keep: ['templates', 'subscriptions'] });
		playground.sandbox.setTemplate({ ...template, components, status: 'PENDING' });
	});

	it('reports why WhatsApp rejects a template, and when a template can not be used', async () => {
		playground.sandbox.setTemplate({ ...template, status: 'REJECTED', reason: 'INVALID_FORMAT' });
		await playground.sandbox.waitForAlerts({ count: 1 });
		playground.sandbox.setTemplate({ ...template, status: 'PAUSED' });
		await playground.sandbox.waitForAlerts({ count: 2 });
		playground.sandbox.setTemplate({ ...template, status: 'IN_APPEAL' });
		const alerts = await playground.sandbox.waitForAlerts({ count: 3 });
		expect(alerts.map(({ text }) => text)).toEqual([
			`WhatsApp rejected the template ${name} (${language}): INVALID_FORMAT. Change it and submit it again.`,
			`WhatsApp has paused the template ${name} (${language}): no codes go out with it. Choose another one in Send.`,
			`WhatsApp changed the template ${name} (${language}): IN_APPEAL.`,
		]);
	});

	it('starts the roll-out of an approved template', async () => {
		playground.sandbox.setTemplate({ ...template, status: 'APPROVED' });
		const run = await playground.n8n.api.waitForExecution(
			playground.workflows.templateAlert,
			({ nodes }) => 'Start the roll-out' in nodes,
		);
		expect(outputOf(run, 'Start the roll-out')).toEqual([{ template: name, language }]);
		expect(playground.sandbox.alerts()).toHaveLength(3);
	});
});

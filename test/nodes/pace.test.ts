/**
 * Report: 60 requests for one number, all refused, made the next person wait 58 seconds at one message a second. A send
 * took its turn before the store refused it. What must hold: only a message that leaves takes a turn
 * (docs/reference/verification-rules.md 1.21 and 7.31).
 */
import type { INodeParameters } from 'n8n-workflow';
import { newPhone, sending, useInstallation, type RunOptions } from '../support/installation';
import { anyString } from '../support/matchers';
import type { SavedCredential } from '../support/n8n-core';
import { mockTimeouts, pass } from '../support/time';

const installation = useInstallation();

afterEach(() => jest.restoreAllMocks());

/** The time limits of a page of templates, of a run in the harness, and of a request. They are not waits for a turn. */
const timeLimits = [3000, 60_000, 20_000];

/** Skips the waits for a turn, until the mocks are restored. @returns the skipped waits in milliseconds, which grow */
function skipWaits(): number[] {
	const waits: number[] = [];
	mockTimeouts((act, ms, setReal) => {
		if (ms < 100 || timeLimits.includes(ms)) return setReal(act, ms);
		waits.push(ms);
		return setReal(act, 0);
	});
	return waits;
}

/** Sends of one account share their turns. Each test has another account. */
let account: SavedCredential;
beforeEach(async () => {
	account = await installation.host.saveCredential('whatsAppOtp360DialogApi', installation.account);
});

/** Sends at this speed, by default one message a second. */
async function send(phones: string[], options: INodeParameters = {}, more: RunOptions = {}) {
	const input = phones.map((to) => ({ to }));
	const credentials = { whatsAppOtp360DialogApi: account };
	return await installation.run(sending({ options: { messagesPerSecond: 1, ...options } }), {
		input,
		credentials,
		...more,
	});
}

test('sixty refused requests for one number do not delay the next person', async () => {
	const [attacked, next] = [newPhone(), newPhone()];
	await send([attacked]);
	const waits = skipWaits();
	const requests = Array.from({ length: 10 }, () => attacked);
	for (let run = 0; run < 6; run += 1) {
		expect((await send(requests)).json).toMatchObject([requests.map(() => ({ result: 'cooldown' })), []]);
	}
	expect((await send([next])).json).toMatchObject([[], [{ result: 'sent', to: next }]]);
	expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(2000);
});

test('messages leave at the speed of the option', async () => {
	const waits = skipWaits();
	const phones = Array.from({ length: 4 }, newPhone);
	const { json } = await send(phones);
	expect(json[1]).toHaveLength(4);
	expect(waits.length).toBeGreaterThanOrEqual(3);
});

test('a replayed send takes no turn', async () => {
	const to = newPhone();
	await send([to], { idempotencyKey: 'the same' });
	const waits = skipWaits();
	for (let again = 0; again < 5; again += 1) {
		expect((await send([to], { idempotencyKey: 'the same' })).json[1]).toHaveLength(1);
	}
	expect(waits).toEqual([]);
});

test('a send that is cancelled while it waits keeps no turn, sends nothing and counts for no limit', async () => {
	const phones = Array.from({ length: 20 }, newPhone);
	const [first = '', second = ''] = phones;
	const stop = new AbortController();
	const running = send(phones, { messagesPerSecond: 0.1 }, { signal: stop.signal });
	await installation.sandbox.waitForRequests({ call: 'send' });
	stop.abort();
	expect((await running).status).toBe('canceled');
	expect(installation.sandbox.messages().map(({ to }) => `+${to}`)).toEqual([first]);
	const waits = skipWaits();
	pass(11);
	const { json } = await send([second]);
	expect(json[1]).toMatchObject([{ result: 'sent', isResend: false, sendsRemaining: 3 }]);
	expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(2000);
});

test('a send is refused if its turn comes after the code has expired, and the answer says when', async () => {
	skipWaits();
	const [first, second] = [newPhone(), newPhone()];
	const { json } = await send([first, second], { messagesPerSecond: 0.001 });
	expect(json[1]).toMatchObject([{ result: 'sent', to: first }]);
	expect(json[0]).toMatchObject([{ result: 'rate_limited', to: second, reason: anyString }]);
	expect(json[0]?.[0]?.retryAfterSeconds).toBeGreaterThan(900);
	expect(installation.sandbox.messages({ to: second })).toEqual([]);
});

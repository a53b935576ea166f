import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { IDataObject } from 'n8n-workflow';
import pLimit from 'p-limit';
import { z } from 'zod';
import { newPhone, sending, useInstallation } from '../support/installation';
import { allEvents, secretOf, triggerSpec } from '../support/listening-workflow';
import { webhookSenders } from '../support/webhook-senders';

/** The number of requests at the same time. */
const inFlight = 20;
const messages = 620;
const requests = 5000;

const installation = useInstallation();
let collector: Server;
/** The bodies that the provider posted. */
const posted: string[] = [];

beforeAll(async () => {
	collector = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			posted.push(Buffer.concat(chunks).toString('utf8'));
			response.end();
		});
	}).listen(0, '127.0.0.1');
	await once(collector, 'listening');
});
afterAll(async () => {
	collector.closeAllConnections();
	collector.close();
});

/** The order is random, but the same on every run, so that a failure can be repeated. */
function shuffled<Entry>(entries: readonly Entry[]): Entry[] {
	let state = 4711;
	const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
	return entries
		.map((entry) => ({ entry, at: next() }))
		.sort((a, b) => a.at - b.at)
		.map(({ entry }) => entry);
}

/** Sends to many phones. Every eleventh message fails, every third is read. The provider posts to the collector. */
async function sendMany(): Promise<IDataObject[]> {
	const { run, sandbox } = installation;
	const [sender] = webhookSenders;
	const { port } = z.object({ port: z.number() }).parse(collector.address());
	const admin = await sender!.admin(sandbox.url);
	await sender!.setElsewhere(admin, `http://127.0.0.1:${port}/`);
	sandbox.setSchedule({ sentMs: 1, deliveredMs: 2, failedMs: 1, readMs: null });
	const phones = Array.from({ length: messages }, newPhone);
	for (const [i, to] of phones.entries()) {
		if (i % 11 === 0) sandbox.addFault({ to, call: 'send', effect: { failedWebhook: { code: 131026 } } });
	}
	const options = { messagesPerSecond: 0, concurrency: inFlight };
	const { json } = await run(sending({ options }), { input: phones.map((to) => ({ to })), timeout: 240_000 });
	await sandbox.waitForMessages({ status: 'failed' }, { count: phones.filter((_, i) => i % 11 === 0).length });
	const delivered = phones.filter((_, i) => i % 11 !== 0);
	await sandbox.waitForMessages({ status: 'delivered' }, { count: delivered.length });
	const read = delivered.filter((_, i) => i % 3 === 0);
	for (const to of read) sandbox.readMessages({ to });
	const webhooks = messages + delivered.length + read.length;
	await sandbox.waitForWebhooks({ state: 'delivered' }, { count: webhooks, timeoutMs: 240_000 });
	return json[1] ?? [];
}

test('the store has the right status of every message after 5,000 webhooks, repeated and in random order', async () => {
	const { host, sandbox, run } = installation;
	const sent = await sendMany();
	expect(sent).toHaveLength(messages);
	const options = { replaceExistingWebhook: true };
	const trigger = await host.publish(triggerSpec(installation, { events: allEvents, options }));
	const headers = { 'content-type': 'application/json', ...secretOf(installation) };
	const url = await trigger.url();
	// Each of them at least once, then again until there are enough.
	const bodies = shuffled(Array.from({ length: requests }, (_, i) => posted[i % posted.length] ?? ''));
	const limit = pLimit(inFlight);
	const answers = await Promise.all(
		bodies.map((body) => limit(async () => (await fetch(url, { method: 'POST', headers, body })).status)),
	);
	expect([...new Set(answers)]).toEqual([200]);

	const told = new Map<string, string[]>();
	for (let i = 0; i < requests; i += 1) {
		const { run: started } = await trigger.next();
		for (const { json } of started?.node('Trigger').outputs[0] ?? []) {
			const id = z.string().parse(json.verificationId);
			told.set(id, [...(told.get(id) ?? []), z.string().parse(json.event)]);
		}
	}
	const get = { resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' };
	const { json: stored } = await run(get, {
		input: sent.map(({ verificationId }) => ({ verificationId })),
		timeout: 240_000,
	});
	const truth = sandbox.messages().map(({ to, status }) => [`+${to}`, status]);
	const known = (stored[0] ?? []).map(({ to, deliveries }) => {
		const [delivery] = z.array(z.object({ status: z.string() })).parse(deliveries);
		return [to, delivery?.status];
	});
	expect(known.sort()).toEqual(truth.sort());

	// No event comes twice or after one of a higher rank, and the last one is the stored status.
	const rank = ['message.sent', 'message.failed', 'message.delivered', 'message.read'];
	for (const { verificationId, deliveries } of stored[0] ?? []) {
		const events = told.get(z.string().parse(verificationId)) ?? [];
		const ranks = events.map((event) => rank.indexOf(event));
		expect(ranks).toEqual([...new Set(ranks)].sort((a, b) => a - b));
		const [delivery] = z.array(z.object({ status: z.string() })).parse(deliveries);
		expect(events.at(-1)).toBe(`message.${delivery?.status}`);
	}
	await trigger.unpublish();
});

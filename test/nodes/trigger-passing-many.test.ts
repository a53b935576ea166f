import { z } from 'zod';
import { newPhone, sending, useInstallation } from '../support/installation';
import { listen, secretOf, status, statusesPayload } from '../support/listening-workflow';
import { startOtherReceiver, withStatus, type Answering } from '../support/other-receiver';

const installation = useInstallation();

interface Webhook {
	/** Names the webhook in its body. */
	mark: string;
	body: string;
}

/** Ids of messages that the node sent. */
async function sentBy100Items(): Promise<string[]> {
	const input = Array.from({ length: 100 }, () => ({ to: newPhone() }));
	const { json } = await installation.run(sending({ options: { messagesPerSecond: 0, concurrency: 50 } }), { input });
	expect(json[1]).toHaveLength(100);
	const phones = new Set(input.map(({ to }) => to.replace('+', '')));
	return installation.sandbox
		.messages()
		.filter(({ to }) => phones.has(to.replace('+', '')))
		.map(({ id }) => id);
}

const webhook = (mark: string, payload: object): Webhook => ({ mark, body: JSON.stringify(payload) });

function incoming(mark: string): Webhook {
	const value = { messaging_product: 'whatsapp', messages: [{ id: mark, type: 'text', text: { body: 'Hello' } }] };
	return webhook(mark, { entry: [{ id: '1', changes: [{ field: 'messages', value }] }] });
}

/** One of `lists` after the other, so that a failure of the receiver meets webhooks of every kind. */
function mixed(...lists: Webhook[][]): Webhook[] {
	const all = lists.flatMap((list) => list.map((entry, i) => ({ entry, at: (i + 0.5) / list.length })));
	return all.sort((a, b) => a.at - b.at).map(({ entry }) => entry);
}

const slow: Answering = (response) => void setTimeout(() => response.end('{}'), 20);
const breaking: Answering = (response) => void response.destroy();
/** How the receiver behaves, each for the same number of requests, until it has recovered. */
const phases: Answering[] = [withStatus(200), withStatus(500), slow, breaking, withStatus(302), slow];

test('5,000 webhooks with a receiver that is slow, fails and recovers: nothing is lost on either side', async () => {
	installation.sandbox.setSchedule({ enabled: false });
	const own: string[] = [];
	while (own.length < 500) own.push(...(await sentBy100Items()));
	const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
	const webhooks = mixed(
		own.map((id) => webhook(id, statusesPayload(status(id, 'delivered')))),
		numbers(2500).map((i) => incoming(`incoming-${i}.`)),
		numbers(2000).map((i) => webhook(`foreign-${i}.`, statusesPayload(status(`foreign-${i}.`, 'read')))),
	);
	expect(webhooks).toHaveLength(5000);

	const marks = new Map(webhooks.map(({ mark, body }) => [body, mark]));
	const taken = new Map<string, number>();
	let asked = 0;
	const other = await startOtherReceiver((response, request) => {
		const behave = phases[Math.floor(asked / 700)] ?? withStatus(200);
		asked += 1;
		if (behave === slow || behave === phases[0] || asked > 700 * phases.length) {
			const mark = marks.get(request.body.toString()) ?? 'changed';
			taken.set(mark, (taken.get(mark) ?? 0) + 1);
		}
		behave(response, request);
	});
	const { trigger } = await listen(installation, { options: { passEventsOnTo: other.url } });
	const url = await trigger.url();
	const headers = { 'content-type': 'application/json', ...secretOf(installation) };

	// As the provider: what was not answered with 200 is sent again later.
	const left = [...webhooks];
	let posts = 0;
	const provider = async () => {
		for (let next = left.shift(); next !== undefined; next = left.shift()) {
			posts += 1;
			const answer = await fetch(url, { method: 'POST', headers, body: next.body });
			expect([200, 502]).toContain(answer.status);
			if (answer.status !== 200) left.push(next);
		}
	};
	await Promise.all(Array.from({ length: 20 }, provider));

	const runs = new Map<string, number>();
	for (let read = 0; read < posts; read += 1) {
		const { run } = await trigger.next();
		for (const { json } of run?.node('Trigger').outputs[0] ?? []) {
			const id = z.string().parse(json.messageId);
			runs.set(id, (runs.get(id) ?? 0) + 1);
		}
	}
	await trigger.unpublish();
	await other.stop();

	const once = (names: string[]) => Object.fromEntries(names.sort().map((name) => [name, 1]));
	const counted = (counts: Map<string, number>) => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
	expect(counted(runs)).toEqual(once(own));
	expect(counted(taken)).toEqual(once(webhooks.map(({ mark }) => mark)));
	expect(posts).toBeGreaterThan(webhooks.length + 2000);
});

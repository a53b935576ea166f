import { once } from 'node:events';
import { createServer } from 'node:net';
import type { INodeParameters } from 'n8n-workflow';
import { z } from 'zod';
import { triggerType, useInstallation } from '../support/installation';
import {
	allEvents,
	listen,
	secretOf,
	status,
	statusesPayload,
	type ListeningWorkflow,
} from '../support/listening-workflow';
import { anyString } from '../support/matchers';
import type { PublishedTrigger } from '../support/n8n-core';
import { withEnvironment } from '../support/n8n-core/process-environment';
import { startOtherReceiver, withStatus } from '../support/other-receiver';
import { dialog360At } from '../support/sandbox-callers';
import { sendCode } from '../support/send-and-check';
import { pass } from '../support/time';
import { credentialOf, metaSender, webhookSenders } from '../support/webhook-senders';

const installation = useInstallation();
const published: PublishedTrigger[] = [];
let other: Awaited<ReturnType<typeof startOtherReceiver>>;

beforeEach(async () => {
	installation.sandbox.setSchedule({ enabled: false });
	other = await startOtherReceiver();
});
afterEach(async () => {
	jest.restoreAllMocks();
	for (const trigger of published.splice(0)) await trigger.unpublish();
	await other.stop();
});

async function passing(
	options: INodeParameters = {},
	node: { id?: string; webhookId?: string } = {},
): Promise<ListeningWorkflow> {
	const workflow = await listen(installation, { options: { passEventsOnTo: other.url, ...options } }, node);
	published.push(workflow.trigger);
	return workflow;
}

/** A message to the chatbot, which does not concern the trigger. Its JSON is not what JSON.stringify would write. */
const incoming = [
	'{ "entry":[{"changes":[ {"field":"messages","value":',
	'{"messages":[{"text":{"body":"caf\\u00e9 \\ud83d\\ude00 é"}}]}}]}]}\n',
].join('');

async function messageId(): Promise<string> {
	const { to } = await sendCode(installation);
	return installation.sandbox.messages({ to })[0]?.id ?? '';
}

/** An address at which nothing listens. */
async function closedAddress(): Promise<string> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = z.object({ port: z.number() }).parse(server.address());
	server.close();
	await once(server, 'close');
	return `http://127.0.0.1:${port}/`;
}

describe('an event that goes on', () => {
	it('arrives byte for byte, with its content type, and without the secret of the trigger', async () => {
		const { post } = await passing();
		const headers = {
			...secretOf(installation),
			'content-type': 'application/json; charset=UTF-8',
			'user-agent': 'provider/1.0',
			'x-forwarded-for': '10.0.0.1',
			cookie: 'session=1',
		};
		expect(await post({ headers, body: incoming })).toMatchObject({ status: 200, text: 'OK', isRun: false });
		const [received] = other.received.list();
		expect(received?.body.toString('utf8')).toBe(incoming);
		expect(received?.url).toBe('/chatbot?key=secret');
		expect(received?.headers).toMatchObject({
			'content-type': 'application/json; charset=UTF-8',
			'content-length': String(Buffer.byteLength(incoming)),
			'user-agent': 'provider/1.0',
			'x-whatsapp-otp-passed-by': anyString,
		});
		expect(received?.headers).not.toHaveProperty('x-forwarded-for');
		expect(received?.headers).not.toHaveProperty('cookie');
		expect(JSON.stringify(received?.headers)).not.toContain(secretOf(installation)['x-whatsapp-otp-secret']);
	});

	it('arrives unchanged if it is not text', async () => {
		const { post } = await passing();
		const body = new Uint8Array([0xff, 0xfe, 0x00, 0xc3, 0x28]);
		const headers = { ...secretOf(installation), 'content-type': 'application/octet-stream' };
		expect(await post({ headers, body })).toMatchObject({ status: 200 });
		expect([...(other.received.list()[0]?.body ?? [])]).toEqual([...body]);
	});

	it('starts a run, too, if it concerns a message of the node', async () => {
		const { post } = await passing();
		const json = statusesPayload(status(await messageId(), 'delivered'));
		expect((await post({ json })).items).toMatchObject([{ event: 'message.delivered' }]);
		expect(JSON.parse(other.received.list()[0]?.body.toString() ?? '')).toEqual(json);
	});

	it('is not passed on if it is forged', async () => {
		const { post } = await passing();
		expect(await post({ headers: {}, body: incoming })).toMatchObject({ status: 401 });
		expect(other.received.list()).toEqual([]);
	});

	it('gets 503 while the store is down, and goes on when the provider repeats it', async () => {
		const { post } = await passing();
		const json = statusesPayload(status(await messageId(), 'delivered'));
		await withEnvironment({ N8N_USER_FOLDER: '/dev/null' }, async () => {
			expect(await post({ json })).toMatchObject({ status: 503, isRun: false });
		});
		expect(other.received.list()).toEqual([]);
		expect(await post({ json })).toMatchObject({ status: 200, isRun: true });
		expect(other.received.list()).toHaveLength(1);
	});

	it('can be larger than what the trigger reads, up to 4 MB', async () => {
		const { post } = await passing();
		const padded = (bytes: number) => incoming.trimEnd() + ' '.repeat(bytes);
		expect(await post({ body: padded(3_000_000) })).toMatchObject({ status: 200 });
		expect(await post({ body: padded(10_000_000) })).toMatchObject({ status: 502, isRun: false });
		expect(other.received.list().map(({ body }) => body.length > 3_000_000)).toEqual([true]);
	});
});

describe('if the other receiver', () => {
	it.each([
		[204, 200],
		[201, 200],
		[301, 502],
		[302, 502],
		[400, 502],
		[401, 502],
		[404, 502],
		[410, 502],
		[500, 502],
		[503, 502],
	])('answers %i, the provider gets %i', async (given, expected) => {
		const elsewhere = await startOtherReceiver();
		other.answer(withStatus(given, { location: elsewhere.url }));
		const { post } = await passing();
		const json = statusesPayload(status(await messageId(), 'delivered'));
		expect(await post({ json })).toMatchObject({ status: expected, isRun: true });
		expect(other.received.list()).toHaveLength(1);
		expect(elsewhere.received.list()).toEqual([]);
		await elsewhere.stop();
	});

	it('fails, the repeated event arrives there and starts no second run', async () => {
		other.answer(withStatus(500));
		const { post } = await passing();
		const json = statusesPayload(status(await messageId(), 'delivered'));
		expect(await post({ json })).toMatchObject({ status: 502, isRun: true });
		other.answer(withStatus(200));
		expect(await post({ json })).toMatchObject({ status: 200, isRun: false });
		expect(other.received.list()).toHaveLength(2);
	});

	it('cannot be reached, the provider gets 502', async () => {
		const { post } = await passing({ passEventsOnTo: await closedAddress() });
		const json = statusesPayload(status(await messageId(), 'delivered'));
		expect(await post({ json })).toMatchObject({ status: 502, isRun: true });
	});

	it('closes the connection without an answer, the provider gets 502', async () => {
		other.answer((response) => void response.destroy());
		const { post } = await passing();
		expect(await post({ body: incoming })).toMatchObject({ status: 502 });
	});

	it('begins to answer and never ends, the status counts at once', async () => {
		other.answer((response) => void response.writeHead(200).write('...'));
		const { post } = await passing();
		expect(await post({ body: incoming })).toMatchObject({ status: 200 });
	});

	it('is slow, the run starts before it answers', async () => {
		let finish = (): void => undefined;
		other.answer((response) => (finish = () => void response.end('{}')));
		const workflow = await passing();
		const json = statusesPayload(status(await messageId(), 'delivered'));
		const answer = fetch(await workflow.trigger.url(), {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...secretOf(installation) },
			body: JSON.stringify(json),
		});
		expect(await workflow.heard()).toMatchObject([{ event: 'message.delivered' }]);
		await other.received.wait(() => true);
		finish();
		expect((await answer).status).toBe(200);
	});

	it('never answers, the provider gets 502 after ten seconds', async () => {
		other.answer(() => undefined);
		const { post } = await passing();
		const limit = jest.spyOn(AbortSignal, 'timeout');
		const start = performance.now();
		expect(await post({ body: incoming })).toMatchObject({ status: 502 });
		expect(performance.now() - start).toBeGreaterThan(9000);
		expect(limit.mock.calls).toContainEqual([10_000]);
	});

	it('never answers, more than 200 requests at the same time are refused at once', async () => {
		const open: Array<() => void> = [];
		other.answer((response) => open.push(() => void response.end('{}')));
		// On a busy machine, the first ones would wait for more than their ten seconds.
		jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => new AbortController().signal);
		const { trigger } = await passing();
		const url = await trigger.url();
		const headers = { 'content-type': 'application/json', ...secretOf(installation) };
		const post = async () => (await fetch(url, { method: 'POST', headers, body: incoming })).status;
		const waiting = Array.from({ length: 200 }, post);
		await other.received.wait(() => true, { count: 200 });
		expect(await post()).toBe(502);
		for (const end of open) end();
		expect(new Set(await Promise.all(waiting))).toEqual(new Set([200]));
		expect(other.received.list()).toHaveLength(200);
	});
});

test('the log names a receiver that is down for a minute once, with the count, and once when it is back', async () => {
	const said = () =>
		installation.host.log.entries
			.map(({ message }) => message)
			.filter((message) => message.includes('passes events on'));
	installation.host.log.clear();
	other.answer(withStatus(500));
	const { post } = await passing();
	const fail = async () => expect(await post({ body: incoming })).toMatchObject({ status: 502 });
	await fail();
	await fail();
	expect(said()).toEqual([]);
	pass(60);
	await fail();
	await fail();
	const receiver = `WhatsApp OTP Trigger: ${other.url.replace(/[?].*/, '')}, to which 'Trigger' passes events on,`;
	const down = `${receiver} took no event for 60 s (3 failures). The provider sends them again`;
	expect(said()).toEqual([down]);
	other.answer(withStatus(200));
	expect(await post({ body: incoming })).toMatchObject({ status: 200 });
	expect(said()).toEqual([down, `${receiver} takes events again, after 4 failures in 60 s`]);
});

describe('a circle', () => {
	it('is refused at publishing if the address is that of the trigger', async () => {
		const { trigger } = await passing({}, { id: 'in-a-circle', webhookId: 'in-a-circle' });
		const own = await trigger.url();
		await trigger.unpublish();
		published.pop();
		const publishing = passing({ passEventsOnTo: `${own}?x=1` }, { id: 'in-a-circle', webhookId: 'in-a-circle' });
		await expect(publishing).rejects.toThrow("'Pass Events On To' is the address of this trigger");
	});

	it.each(['example.com/hook', '=https://example.com/{{ 1 }}', 'ftp://example.com/', 'https://'])(
		'and another text than an address are refused at publishing: %s',
		async (passEventsOnTo) => {
			await expect(passing({ passEventsOnTo })).rejects.toThrow(
				'must be an address that begins with https:// or http://',
			);
		},
	);

	it.each([
		['', (url: string) => url],
		[', written in another way', (url: string) => url.replace('/chatbot', '/./chatbot')],
	])('of copies is refused at publishing if the provider sends to the address anyway%s', async (_, written) => {
		const admin = dialog360At(installation.sandbox.url);
		await admin.post('/v1/configs/webhook', { url: written(other.url) });
		const shown = other.url.replace(/[?].*/, '');
		await expect(passing()).rejects.toThrow(
			`360dialog already sends its events to ${shown}, which would get each of them twice`,
		);
		expect(installation.sandbox.subscriptions().map(({ url }) => url)).toEqual([written(other.url)]);
		await passing({ replaceExistingWebhook: true });
	});

	it('ends at a request that has passed the trigger before', async () => {
		const { post } = await passing();
		await post({ body: incoming });
		const { 'x-whatsapp-otp-passed-by': mark = '' } = other.received.list()[0]?.headers ?? {};
		const again = { ...secretOf(installation), 'x-whatsapp-otp-passed-by': `0123456789abcdef, ${String(mark)}` };
		expect(await post({ headers: again, body: incoming })).toMatchObject({ status: 200 });
		expect(other.received.list()).toHaveLength(1);
		const others = { ...secretOf(installation), 'x-whatsapp-otp-passed-by': '0123456789abcdef' };
		expect(await post({ headers: others, body: incoming })).toMatchObject({ status: 200 });
		expect(other.received.list()[1]?.headers['x-whatsapp-otp-passed-by']).toBe(`0123456789abcdef, ${String(mark)}`);
	});

	it('ends after eight triggers', async () => {
		const { post } = await passing();
		const marks = Array.from({ length: 8 }, (_, i) => `mark${i}`).join(',');
		const headers = { ...secretOf(installation), 'x-whatsapp-otp-passed-by': marks };
		expect(await post({ headers, body: incoming })).toMatchObject({ status: 200 });
		expect(other.received.list()).toEqual([]);
	});
});

describe('an address that the trigger replaced', () => {
	/** The webhook of another system with a password, as it was registered before. */
	async function replacing(options: INodeParameters = {}): Promise<ListeningWorkflow> {
		const admin = dialog360At(installation.sandbox.url);
		await admin.post('/v1/configs/webhook', { url: other.url, headers: { Authorization: 'Basic x' } });
		const workflow = await listen(installation, { options: { replaceExistingWebhook: true, ...options } });
		published.push(workflow.trigger);
		return workflow;
	}

	it('gets the events with the headers that were registered with it', async () => {
		const { post } = await replacing();
		expect(await post({ body: incoming })).toMatchObject({ status: 200 });
		const [received] = await other.received.wait(() => true);
		expect(received?.headers).toMatchObject({ authorization: 'Basic x' });
		expect(received?.headers).not.toHaveProperty('x-whatsapp-otp-secret');
		expect(received?.body.toString('utf8')).toBe(incoming);
	});

	it('can make the provider repeat an event only after it has taken one', async () => {
		const { post } = await replacing();
		other.answer(withStatus(500));
		expect(await post({ body: incoming })).toMatchObject({ status: 200 });
		await other.received.wait(() => true);
		other.answer(withStatus(200));
		expect(await post({ body: incoming })).toMatchObject({ status: 200 });
		await other.received.wait(() => true, { count: 2 });
		other.answer(withStatus(500));
		await expect(eventually(post, 502)).resolves.toBe(502);
		// Nothing listens there any more.
		other.answer(withStatus(404));
		expect(await post({ body: incoming })).toMatchObject({ status: 200 });
	});

	it('gets the events beside the address of the option, and each of them once', async () => {
		const chosen = await startOtherReceiver();
		const { post } = await replacing({ passEventsOnTo: chosen.url });
		expect(await post({ body: incoming })).toMatchObject({ status: 200 });
		await other.received.wait(() => true);
		expect([chosen.received.list().length, other.received.list().length]).toEqual([1, 1]);
		expect(chosen.received.list()[0]?.headers).not.toHaveProperty('authorization');
		await chosen.stop();
	});

	it('can be that of another trigger, which hears each event once and passes it on in turn', async () => {
		const first = await passing({}, { id: 'first', webhookId: 'first' });
		const options = { replaceExistingWebhook: true };
		const second = await listen(installation, { options }, { id: 'second', webhookId: 'second' });
		const json = statusesPayload(status(await messageId(), 'delivered'));
		expect(await second.post({ json })).toMatchObject({ status: 200, items: [{ event: 'message.delivered' }] });
		// The other trigger shares the store, in which the event is known by then.
		expect((await first.trigger.next()).status).toBe(200);
		const [received] = await other.received.wait(() => true);
		expect(String(received?.headers['x-whatsapp-otp-passed-by']).split(', ')).toHaveLength(2);
		await second.trigger.unpublish();
		expect(await first.post({ body: incoming })).toMatchObject({ status: 200 });
		expect(other.received.list()).toHaveLength(2);
	});
});

/** Posts until the provider gets this status. @returns the last status */
async function eventually(post: ListeningWorkflow['post'], wanted: number): Promise<number> {
	for (let left = 20; ; left -= 1) {
		const { status: answered } = await post({ body: incoming });
		if (answered === wanted || left === 0) return answered;
	}
}

describe.each([metaSender, ...webhookSenders.filter(({ account }) => account !== 'dialog360')])(
	'events of $account',
	({ account, provider, credential, sign }) => {
		async function publish() {
			const trigger = await installation.host.publish({
				trigger: {
					id: `passing-${account}`,
					type: triggerType,
					parameters: { provider, events: allEvents, options: { passEventsOnTo: other.url } },
				},
				credentials: credentialOf(installation.sandbox.url, { credential }),
			});
			published.push(trigger);
			return trigger;
		}

		const post = async (body: string, headers: Record<string, string> = {}) => {
			const [registered] = installation.sandbox.subscriptions().filter((one) => one.provider === account);
			return await fetch(registered?.url ?? '', {
				method: 'POST',
				headers: { 'content-type': 'application/json', ...registered?.headers, ...sign?.(body), ...headers },
				body,
			});
		};

		it('go on with the proof that the receiver needs, and without the secret of the trigger', async () => {
			await publish();
			expect((await post(incoming)).status).toBe(200);
			const [received] = await other.received.wait(() => true);
			expect(received?.body.toString('utf8')).toBe(incoming);
			if (sign !== undefined) expect(received?.headers).toMatchObject(sign(incoming));
			const [registered] = installation.sandbox.subscriptions().filter((one) => one.provider === account);
			const secrets = [
				...Object.values(registered?.headers ?? {}),
				new URL(registered?.url ?? '').searchParams.get('secret'),
			];
			for (const secret of secrets) if (secret) expect(JSON.stringify(received)).not.toContain(secret);
		});

		it('get a failure only if the provider sends them again', async () => {
			await publish();
			other.answer(withStatus(500));
			expect((await post(incoming)).status).toBe(provider === 'oneMsg' ? 200 : 502);
			await other.received.wait(() => true);
		});
	},
);

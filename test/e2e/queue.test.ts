import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { findLeaks } from '../../dev/leak-search';
import { outputOf, type Execution } from '../../dev/n8n/executions';
import { sandboxSecrets } from '../../dev/sandbox-credentials';
import { testsThatNeed } from '../support/required-tools';
import { openingTime } from '../support/running-n8n';
import {
	startQueueMode,
	posted,
	signingSecret,
	workOf,
	writtenIn,
	type QueueMode,
} from '../support/running-queue-mode';
import { headingIn, idIn, Visitor } from '../support/sign-in-visitor';
import { publishSignIn } from '../support/sign-in-workflow';
import { beginWait, endsOf, postedToWait } from '../support/waiting-workflow';
import { wrongCodes } from '../verification/verifier';

const { describe, test } = testsThatNeed('Redis', 'PostgreSQL');

const sent = z.object({ result: z.literal('sent'), verificationId: z.string() });
const checked = z.object({ result: z.string(), verified: z.boolean(), attemptsRemaining: z.number().nullable() });

let queueMode: QueueMode;
let phones = 0;

/** A number that is alone in its block of ten thousand, because such a block has limits, too. */
const newPhone = () => `+4915${String(1000 + (phones += 1))}55512`;

interface Sent {
	to: string;
	verificationId: string;
	code: string;
}

async function send(): Promise<Sent> {
	const to = newPhone();
	const { data } = await queueMode.post('send', { phone: to, key: to });
	const { verificationId } = sent.parse(data);
	return { to, verificationId, code: codeOn(to) };
}

function codeOn(to: string): string {
	const [message, ...others] = queueMode.sandbox.messages({ to });
	if (message === undefined || others.length > 0) throw new Error(`There are ${others.length + 1} messages on ${to}`);
	return message.code;
}

async function check(verificationId: string, code: string) {
	const { status, data } = await queueMode.post('verify', { verificationId, code });
	expect(status).toBe(200);
	return checked.parse(data);
}

/** How often each result came back, for codes that are all checked at once. */
async function tally(verificationId: string, codes: string[]): Promise<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const { result } of await Promise.all(codes.map((code) => check(verificationId, code)))) {
		counts[result] = (counts[result] ?? 0) + 1;
	}
	return counts;
}

/** How many executions of a workflow each worker ran. */
async function shares(workflow: string): Promise<number[]> {
	const workflowId = queueMode.workflows[workflow] ?? '';
	const ids = (await queueMode.api.executions({ workflowId, limit: 250 })).map(({ id }) => id);
	return queueMode.n8n.workers.map((worker) => workOf(worker).finished.filter((id) => ids.includes(id)).length);
}

/** Starts an execution that waits for a code, and comes to its page as the person. */
async function beginToWait(name: string) {
	const to = newPhone();
	const order = `order ${(phones += 1)}`;
	const workflow = { name, id: queueMode.workflows[name] ?? '' };
	return { to, order, ...(await beginWait(queueMode.api, workflow, { phone: to, order })) };
}

/** How often the workers have started an execution: once until it waits, and once to go on. */
function runsOf({ id }: Execution): number {
	const started = queueMode.n8n.workers.flatMap((worker) => workOf(worker).started);
	return started.filter((one) => one === id).length;
}

const hasFailed = ({ status }: Execution) => status === 'error';

describe('n8n in queue mode, with a Redis as shared store', () => {
	beforeAll(async () => {
		queueMode = await startQueueMode();
	}, openingTime);
	afterAll(() => queueMode?.stop());

	test('both workers send and check codes, and each accepts the codes of the other', async () => {
		const codes = await Promise.all(Array.from({ length: 30 }, send));
		for (const worked of await shares('send')) expect(worked).toBeGreaterThan(0);
		const wrong = await Promise.all(
			codes.map(({ verificationId, code }) => check(verificationId, wrongCodes(code, 1)[0] ?? '')),
		);
		expect(new Set(wrong.map(({ result, attemptsRemaining }) => `${result} ${attemptsRemaining}`))).toEqual(
			new Set(['invalid_code 4']),
		);
		const right = await Promise.all(codes.map(({ verificationId, code }) => check(verificationId, code)));
		expect(new Set(right.map(({ result }) => result))).toEqual(new Set(['approved']));
		for (const worked of await shares('verify')) expect(worked).toBeGreaterThan(0);
	});

	test('of 200 wrong codes at once, five are evaluated and the verification is locked', async () => {
		const { verificationId, code } = await send();
		expect(await tally(verificationId, wrongCodes(code, 200))).toEqual({ invalid_code: 4, locked: 196 });
		expect(await check(verificationId, code)).toMatchObject({
			result: 'locked',
			verified: false,
			attemptsRemaining: 0,
		});
		for (const worked of await shares('verify')) expect(worked).toBeGreaterThan(0);
	});

	test('of 50 right codes at once, one is approved', async () => {
		const { verificationId, code } = await send();
		expect(await tally(verificationId, Array<string>(50).fill(code))).toEqual({ approved: 1, already_used: 49 });
	});

	test('a delivery event reaches the webhook process, the shared store and one execution', async () => {
		const { n8n, sandbox } = queueMode;
		const [webhook] = sandbox.subscriptions();
		expect(webhook?.url).toMatch(new RegExp(`^${n8n.webhook.url}/webhook/`));
		sandbox.setSchedule({ statuses: ['delivered'], duplicates: 3 });
		const { to, verificationId } = await send();
		const [{ id: messageId = '' } = {}] = sandbox.messages({ to });
		await sandbox.waitForWebhooks({ messageId, state: 'delivered' }, { count: 4 });
		const { data } = await queueMode.post('get', { verificationId });
		expect(data).toMatchObject({ deliveries: [{ status: 'delivered', deliveredAt: expect.any(String) as string }] });
		const workflowId = queueMode.workflows.events ?? '';
		const news = (execution: Execution) =>
			outputOf(execution, 'WhatsApp reports').filter((item) => item.messageId === messageId);
		const { id } = await queueMode.api.waitForExecution(workflowId, (execution) => news(execution).length > 0);
		expect(readFileSync(n8n.webhook.logFile, 'utf8')).toContain(`Enqueued execution ${id} `);
		const executions = await queueMode.api.executions({ workflowId, includeData: true, limit: 250 });
		expect(executions.flatMap(news)).toMatchObject([{ event: 'message.delivered', verificationId }]);
	});

	test('the sign-in page works in the webhook process, and the last node of a worker answers the person', async () => {
		const { api, sandbox } = queueMode;
		const type = 'whatsAppOtpStoreApi';
		const store = (await api.listCredentials()).find(({ name }) => name === 'Shared store');
		const answer = {
			name: 'Answer',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: '{"message": "Welcome from the worker"}', options: {} },
		};
		const { address, workflowId } = await publishSignIn(api, {
			name: 'sign-in-in-queue',
			parameters: { respond: 'lastNode' },
			credentials: { [type]: { id: store?.id ?? '', name: 'Shared store' } },
			nodes: [answer],
		});
		const visitor = new Visitor(address);
		expect(headingIn(await visitor.open())).toBe('Sign in');
		const to = newPhone();
		const verificationId = idIn(await visitor.post({ phone: to }));
		const [message] = await sandbox.waitForMessages({ to });
		const posts = Array.from({ length: 20 }, () => visitor.post({ verificationId, code: message?.code ?? '' }));
		const visits = await Promise.all(posts);
		expect(visits.map(headingIn)).toEqual(visits.map(() => 'Your number is verified'));
		expect(visits.filter(({ html }) => html.includes('Welcome from the worker'))).toHaveLength(1);
		const executions = await api.executions({ workflowId });
		expect(executions.map(({ status }) => status)).toEqual(['success']);
	});

	test('the webhook process shows the page of a waiting execution, and one of 10 right codes resumes it', async () => {
		const { to, order, execution, url, visitor, ended } = await beginToWait('wait');
		expect(execution.status).toBe('waiting');
		expect(url).toMatch(new RegExp(`^${queueMode.n8n.webhook.url}/webhook-waiting/`));
		expect(headingIn(await visitor.open())).toBe('Enter the code');
		const code = codeOn(to);
		expect(headingIn(await visitor.post({ code: wrongCodes(code, 1)[0] ?? '' }))).toBe('Enter the code');
		expect(runsOf(execution)).toBe(1);
		const visits = await Promise.all(Array.from({ length: 10 }, () => visitor.post({ code })));
		expect(visits.filter((visit) => headingIn(visit) === 'Your number is verified')).toHaveLength(1);
		expect(endsOf(await ended())).toMatchObject({
			status: 'success',
			no: undefined,
			yes: [[{ result: 'approved', verified: true, to, attemptsRemaining: 3, order }]],
		});
		expect(runsOf(execution)).toBe(2);
		expect((await visitor.open()).status).toBe(409);
	});

	test('an execution that waits goes on by Not Verified after too many wrong codes', async () => {
		const { to, order, execution, visitor, ended } = await beginToWait('wait');
		const wrong = wrongCodes(codeOn(to), 10);
		await Promise.all(wrong.map((code) => visitor.post({ code })));
		expect(endsOf(await ended())).toMatchObject({ no: [[{ result: 'locked', order }]], yes: undefined });
		expect(runsOf(execution)).toBe(2);
	});

	test('an execution that waits goes on by Not Verified at the end of the wait', async () => {
		const { order, execution, visitor, ended } = await beginToWait('wait-a-minute');
		expect(headingIn(await visitor.open())).toBe('Enter the code');
		expect(endsOf(await ended())).toMatchObject({
			status: 'success',
			no: [[{ result: 'expired', verified: false, order }]],
			yes: undefined,
		});
		expect(runsOf(execution)).toBe(2);
		expect((await visitor.open()).status).toBe(409);
	});

	test.each([
		['Send', 'no store credential', 'send-embedded'],
		['Verify', 'no store credential', 'verify-embedded'],
		['Send', 'a file as store', 'send-in-file'],
		['Verify', 'a file as store', 'verify-in-file'],
	])('%s with %s is refused with a message that says what to add', async (_operation, _store, path) => {
		const answer = await queueMode.post(path, { phone: newPhone(), verificationId: 'A'.repeat(22), code: '123456' });
		expect(answer.status).toBe(500);
		const { nodes } = await queueMode.api.waitForExecution(queueMode.workflows[path] ?? '', hasFailed);
		expect(nodes.OTP?.[0]?.error).toMatchObject({
			message: expect.stringMatching(/^n8n runs in queue mode: .* \[item 0\]$/) as string,
			description: expect.stringMatching(/^Add a WhatsApp OTP Store credential for Redis .*\.$/) as string,
		});
		expect(nodes.Answer).toBeUndefined();
	});

	test('a worker that is killed during a send loses no code and sends none twice', async () => {
		const { sandbox } = queueMode;
		const to = newPhone();
		sandbox.addFault({ call: 'send', to, times: 1, effect: { delayMs: 15_000 } });
		const asked = sandbox.requests({ call: 'send' }).length;
		const posting = queueMode.post('send', { phone: to, key: 'once' });
		await sandbox.waitForRequests({ call: 'send' }, { count: asked + 1 });
		const worker = busyWorker();
		process.kill(worker.pid, 'SIGKILL');
		await expect(worker.exited).resolves.toMatchObject({ signal: 'SIGKILL' });
		expect(sandbox.messages({ to })).toEqual([]);

		// The caller got no answer and calls again, while the result of the send is unknown.
		const { data: meanwhile } = await queueMode.post('send', { phone: to, key: 'once' });
		expect(meanwhile).toMatchObject({ result: 'in_progress', status: 'pending' });
		// n8n marks such an execution as failed and does not start it again.
		await expect(posting).resolves.toMatchObject({ status: 500 });
		const { error, nodes } = await queueMode.api.waitForExecution(queueMode.workflows.send ?? '', hasFailed);
		expect([error?.message, nodes]).toEqual([expect.stringMatching(/failed to be processed too many times/), {}]);

		const [{ id: messageId = '' } = {}] = await sandbox.waitForMessages({ to });
		await sandbox.waitForWebhooks({ messageId, state: 'delivered' });
		const { data: again } = await queueMode.post('send', { phone: to, key: 'once' });
		expect(again).toMatchObject({ result: 'sent', isResend: false, message: { id: messageId, status: 'delivered' } });
		expect(sandbox.requests({ call: 'send' })).toHaveLength(asked + 1);
		const { verificationId } = sent.parse(again);
		const { data: kept } = await queueMode.post('get', { verificationId });
		expect(kept).toMatchObject({ status: 'pending', deliveries: [{ status: 'delivered' }] });
		expect(await check(verificationId, codeOn(to))).toMatchObject({ result: 'approved', verified: true });
	});

	test('the remaining worker continues alone', async () => {
		const codes = await Promise.all(Array.from({ length: 10 }, send));
		for (const { verificationId, code } of codes) {
			expect(await check(verificationId, code)).toMatchObject({ result: 'approved' });
		}
	});

	test('no code is written to logs, databases or Redis, except where it was posted', async () => {
		const { sandbox } = queueMode;
		const messages = sandbox.messages();
		const codes = messages.map(({ code }) => code);
		const webhookSecrets = sandbox.subscriptions().flatMap(({ headers }) => Object.values(headers));
		const tokens = [signingSecret, ...webhookSecrets, ...sandboxSecrets(sandbox.url)];
		const written = await writtenIn(queueMode);
		expect(Object.keys(written.executions).length).toBeGreaterThan(300);
		const text = (texts: typeof written.logs) => texts.map((one) => one.text).join('\n');
		for (const words of ['Worker started execution', 'Enqueued execution']) expect(text(written.logs)).toContain(words);
		for (const words of ['INSERT INTO public.execution_entity', 'bull'])
			expect(text(written.database)).toContain(words);
		expect(text(written.store)).toContain('whatsapp-otp:');
		const sought = {
			secrets: [...codes, ...tokens],
			phones: messages.map(({ to }) => to),
			sealed: messages.map(({ id }) => id),
		};
		expect(findLeaks(written, sought, [posted, ...postedToWait])).toEqual([]);
		// Without the list of nodes to skip, the search finds the posted codes: so it can find something.
		expect(findLeaks(written, sought, []).length).toBeGreaterThan(messages.length);
	});
});

/** The worker that has started an execution and not finished it. */
function busyWorker(): QueueMode['n8n']['workers'][number] {
	const [busy, ...others] = queueMode.n8n.workers.filter((worker) => {
		const { started, finished } = workOf(worker);
		return started.some((id) => !finished.includes(id));
	});
	if (busy === undefined || others.length > 0) throw new Error(`${busy ? 'More than one' : 'No'} worker is at it`);
	return busy;
}

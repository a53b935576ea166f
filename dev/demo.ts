import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import { z } from 'zod';
import { buildIfNeeded } from './build';
import { findLeaks, writtenIn } from './leak-search';
import { outputOf } from './n8n/executions';
import { openPlayground, setUpTemplateIn, type Playground } from './playground';
import { sandboxSecrets } from './sandbox-credentials';

const phone = '+12015553931';
const say = (line: string) => console.log(line);

/** `npm run demo -- --verbose` also prints what each step returned. */
const isVerbose = process.argv.includes('--verbose');

/** Prints a step in two lines. A code is shown as stars, because a transcript is a log. */
function show(step: string, summary: string, answer: unknown, code = '\0'): void {
	const details = isVerbose ? `\n${JSON.stringify(answer, null, 2)}` : '';
	say(`\n${step}\n${`${summary}${details}`.replaceAll(code, '*'.repeat(code.length)).replace(/^/gm, '   ')}`);
}

const sendSchema = z
	.object({ result: z.string(), verificationId: z.string().nullable(), provider: z.string().optional() })
	.passthrough();
const checkSchema = z
	.object({ result: z.string(), verified: z.boolean(), attemptsRemaining: z.number() })
	.passthrough();
const templatesSchema = z.array(z.object({ name: z.string(), language: z.string(), status: z.string() }).passthrough());
const messagesSchema = z.object({
	messages: z.array(z.object({ code: z.string().regex(/^\d{6}$/), text: z.string() }).passthrough()),
});

async function post(address: string, body: unknown): Promise<{ status: number; data: unknown }> {
	const { status, data } = await axios.post<unknown>(address, body, { proxy: false, validateStatus: () => true });
	return { status, data };
}

/** Runs the main job without a person. Throws at the first step that fails. */
async function main(playground: Playground): Promise<void> {
	const made = await setUpTemplateIn(playground);
	const [template] = templatesSchema.parse(outputOf(made, 'Create template'));
	assert.ok(template, 'no template was created');
	show('1. The template is created', `${template.name} (${template.language}) is ${template.status}`, template);

	const sendTo = await playground.n8n.api.waitForWebhook('sign-in/send');
	const verifyAt = await playground.n8n.api.waitForWebhook('sign-in/verify');
	const sent = sendSchema.parse((await post(sendTo, { phone, visitor: 'demo' })).data);
	show('2. A code is sent', `The result is ${sent.result}`, sent);
	assert.ok(sent.result === 'sent', `the send ended as ${sent.result}`);

	const { data } = await post(`${playground.sandbox.url}/admin/messages/wait`, {
		to: phone,
		count: 1,
		timeoutMs: 10_000,
	});
	const [message] = messagesSchema.parse(data).messages;
	assert.ok(message, 'the phone received nothing');
	const { code } = message;
	// WhatsApp shows text between asterisks in bold.
	show('3. The phone receives it', message.text.replaceAll('*', ''), message, code);

	const check = async (entry: string) => {
		const answer = await post(verifyAt, { verificationId: sent.verificationId, code: entry });
		return { http: answer.status, ...checkSchema.parse(answer.data) };
	};
	const wrong = await check(code === '000000' ? '000001' : '000000');
	show(
		'4. A wrong code leaves by Not Verified',
		`${answered(wrong)}; attempts left: ${wrong.attemptsRemaining}`,
		wrong,
	);
	assert.deepEqual([wrong.http, wrong.result, wrong.attemptsRemaining], [401, 'invalid_code', 4]);

	const right = await check(code);
	show('5. The right code leaves by Verified', answered(right), right);
	assert.deepEqual([right.http, right.result, right.verified], [200, 'approved', true]);

	const replay = await check(code);
	show('6. The same code again leaves by Not Verified', answered(replay), replay);
	assert.deepEqual([replay.http, replay.result, replay.verified], [401, 'already_used', false]);

	const isDelivered = (item: Record<string, unknown>) =>
		item.event === 'message.delivered' && item.verificationId === sent.verificationId;
	const run = await playground.n8n.api.waitForExecution(playground.workflows.deliveryEvents, (execution) =>
		outputOf(execution, 'WhatsApp reports').some(isDelivered),
	);
	const event = outputOf(run, 'WhatsApp reports').find(isDelivered);
	show('7. The delivery starts a workflow', 'The event is message.delivered', event);

	const written = await writtenIn(playground);
	const sought = {
		secrets: [code, ...sandboxSecrets(playground.sandbox.url)],
		phones: [phone],
		sealed: playground.sandbox.messages().map(({ id }) => id),
	};
	const leaks = findLeaks(written, sought, ['Ask for a code', 'Present the code']);
	assert.deepEqual(leaks, [], 'the code, a token or the number is written down in clear');
	assert.notDeepEqual(
		findLeaks(written, { secrets: [code], phones: [] }, []),
		[],
		'the search does not find the posted code, so it proves nothing',
	);
	show(
		'8. The code is not stored',
		"n8n's database, its log and the code store hold it only in the posted requests",
		Object.keys(written),
	);
}

const answered = ({ http, result }: { http: number; result: string }) => `The result is ${result} (HTTP ${http})`;

async function run(): Promise<void> {
	const dataFolder = await mkdtemp(join(tmpdir(), 'whatsapp-otp-demo-'));
	const interrupted = new Promise<never>((_, reject) => {
		// Not `once`: tsx sends the terminal's signal a second time, which would interrupt the clean-up.
		const interrupt = () => reject(new Error('interrupted'));
		process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
	});
	try {
		const opening = buildIfNeeded(say).then(() => openPlayground({ dataFolder, report: say }));
		// Awaited even after an interrupt: everything that it started must be stopped.
		const work = opening.then(main).then(() => say('\nDone: all 8 steps passed.'));
		await Promise.race([work, interrupted]).finally(async () => {
			const playground = await opening.catch(() => undefined);
			await playground?.stop();
			await work.catch(() => undefined);
		});
	} finally {
		await rm(dataFolder, { recursive: true, force: true });
	}
}

run().catch((error: unknown) => {
	console.error(error instanceof Error ? `\nFailed: ${error.message}` : error);
	process.exitCode = 1;
});

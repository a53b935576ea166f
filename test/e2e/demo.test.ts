import { globSync } from 'node:fs';
import { join } from 'node:path';
import axios from 'axios';
import { z } from 'zod';
import { standingAlone } from '../../dev/leak-search';
import { until } from '../../dev/n8n/wait-until';
import { startScript, type RunningScript } from '../support/npm-script';
import { allEnded, familyOf, isListening, isN8n, type Process } from '../support/processes';
import { testsThatNeed } from '../support/required-tools';
import { newFolder, openingTime } from '../support/running-n8n';

const { test } = testsThatNeed('ps');

const steps = [
	'1. The template is created',
	'2. A code is sent',
	'3. The phone receives it',
	'4. A wrong code leaves by Not Verified',
	'5. The right code leaves by Verified',
	'6. The same code again leaves by Not Verified',
	'7. The delivery starts a workflow',
	'8. The code is not stored',
];

const messages = z.object({ messages: z.array(z.object({ code: z.string() })).nonempty() });

let folder: string;
let demo: RunningScript;

beforeEach(async () => {
	folder = await newFolder();
	demo = startScript('demo', { TMPDIR: folder });
});

afterEach(() => demo.kill());

/** The sandbox of the demo. It answers long before n8n does. */
async function sandboxOfDemo(): Promise<string> {
	const [, sandbox = ''] = await demo.said(/The sandbox is up at (\S+)/);
	return sandbox;
}

async function expectNothingLeft(family: Process[], addresses: string[]): Promise<void> {
	expect(family.some(isN8n)).toBe(true);
	await allEnded(family);
	for (const address of addresses) await expect(isListening(address)).resolves.toBe(false);
	// tsx and n8n leave caches beside it.
	expect(globSync(join(folder, 'whatsapp-otp-demo-*'))).toEqual([]);
}

test(
	'the demo shows the main job step by step, shows no code and leaves nothing behind',
	async () => {
		const sandbox = await sandboxOfDemo();
		// The transcript must not contain the code. So the test reads it from the phone, as soon as it arrives.
		const phone = axios.post(`${sandbox}/admin/messages/wait`, { timeoutMs: 400_000 }, { proxy: false });
		const [, n8n = ''] = await demo.said(/n8n is up at (\S+)/);
		const family = await familyOf(demo.pid);
		const [{ code }] = messages.parse((await phone).data).messages;

		await expect(demo.exitCode).resolves.toBe(0);
		expect(demo.output().match(/^\d+\. .*$/gm)).toEqual(steps);
		expect(demo.output()).toMatch(/Done: all 8 steps passed\.\s*$/);
		expect(demo.output()).toContain('   ****** is your verification code.');
		expect(demo.output()).not.toMatch(standingAlone(code));
		await expectNothingLeft(family, [n8n, sandbox]);
	},
	openingTime,
);

test(
	'the demo stops at the first step that fails, says which, and cleans up',
	async () => {
		const sandbox = await sandboxOfDemo();
		const fault = { call: 'send', effect: { error: { code: 131026 } } };
		await axios.post(`${sandbox}/admin/faults`, fault, { proxy: false });
		const [, n8n = ''] = await demo.said(/n8n is up at (\S+)/);
		const family = await familyOf(demo.pid);

		await expect(demo.exitCode).resolves.toBe(1);
		expect(demo.output().match(/^\d+\. .*$/gm)).toEqual(steps.slice(0, 2));
		expect(demo.output()).toMatch(/Failed: the send ended as undeliverable\s*$/);
		expect(demo.output()).not.toContain('steps passed');
		await expectNothingLeft(family, [n8n, sandbox]);
	},
	openingTime,
);

test(
	'the demo cleans up if it is interrupted while it starts',
	async () => {
		await demo.said(/Starting n8n/);
		const isUp = async () => {
			const family = await familyOf(demo.pid);
			return family.some(isN8n) ? family : undefined;
		};
		const family = await until(isUp, { what: () => 'n8n was started' });
		demo.interrupt();
		await expect(demo.exitCode).resolves.toBe(1);
		expect(demo.output()).toMatch(/Failed: interrupted\s*$/);
		await expectNothingLeft(family, []);
	},
	openingTime,
);

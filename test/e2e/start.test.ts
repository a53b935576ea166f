import { createServer } from 'node:net';
import axios from 'axios';
import { z } from 'zod';
import { openSession } from '../../dev/n8n/owner';
import { until } from '../../dev/n8n/wait-until';
import { startScript, type RunningScript } from '../support/npm-script';
import { allEnded, familyOf, isListening, isN8n } from '../support/processes';
import { testsThatNeed } from '../support/required-tools';
import { newFolder, openingTime } from '../support/running-n8n';

const { test } = testsThatNeed('ps');

jest.setTimeout(openingTime);

type Addresses = Record<'signInPage' | 'phone' | 'editor', string>;

let folder: string;
let script: RunningScript;
let first: Addresses;

const http = axios.create({ proxy: false, validateStatus: () => true });

beforeAll(async () => {
	folder = await newFolder();
});
afterEach(() => script.kill());

async function start(): Promise<Addresses> {
	script = startScript('start', { DATA_FOLDER: folder });
	await script.said(/Press Ctrl-C to stop everything/);
	const address = (label: string) => new RegExp(`^ *${label} +(http://127\\.0\\.0\\.1:\\S+)$`, 'm');
	const printed = async (label: string) => (await script.said(address(label)))[1] ?? '';
	return {
		signInPage: await printed('Sign-in page'),
		phone: await printed('Phone'),
		editor: await printed('n8n editor'),
	};
}

async function interrupt(): Promise<void> {
	const family = await familyOf(script.pid);
	expect(family.some(isN8n)).toBe(true);
	script.interrupt();
	await expect(script.exitCode).resolves.toBe(0);
	expect(script.output()).toMatch(/Stopped\.\s*$/);
	await allEnded(family);
}

/** Starts once more with the same folder, where this can not work. @returns what it said */
async function startInVain(exitCode: number, environment: Record<string, string> = {}): Promise<string> {
	const another = startScript('start', { DATA_FOLDER: folder, ...environment });
	await expect(another.exitCode).resolves.toBe(exitCode);
	return another.output();
}

async function expectAnswers(address: string, text: string): Promise<void> {
	const { status, data } = await http.get<string>(address, { headers: { accept: 'text/html' } });
	expect(status).toBe(200);
	expect(data).toContain(text);
}

const answersOf = (sandbox: string) => ({
	subscriptions: async () =>
		z
			.object({ subscriptions: z.array(z.object({ provider: z.string(), url: z.string() })) })
			.parse((await http.get(`${sandbox}/admin/webhooks`)).data).subscriptions,
	templates: async () =>
		z
			.object({ templates: z.array(z.object({ name: z.string(), status: z.string() })) })
			.parse((await http.get(`${sandbox}/admin/templates`)).data).templates,
});

const workflowsSchema = z.object({ data: z.array(z.object({ name: z.string(), active: z.boolean() })) });

async function expectFurnished({ editor, phone }: Addresses): Promise<void> {
	const n8n = new URL(editor).origin;
	const { subscriptions, templates } = answersOf(new URL(phone).origin);
	await expect(templates()).resolves.toEqual([{ name: 'verification_code', status: 'APPROVED' }]);
	const [webhook, ...others] = (await subscriptions()).filter(({ provider }) => provider === 'dialog360');
	expect(webhook?.url).toMatch(new RegExp(`^${n8n}/webhook/`));
	expect(others).toEqual([]);
	const session = await openSession(n8n);
	const { data } = workflowsSchema.parse((await session.get('/workflows')).data);
	expect(
		data
			.filter(({ active }) => active)
			.map(({ name }) => name)
			.sort(),
	).toEqual(['SMS fallback', 'Sign-in API', 'Sign-in page', 'Step-up', 'Template alert']);
	expect(data).toHaveLength(8);
}

async function expectCodeIsDelivered({ editor, phone }: Addresses, number: string): Promise<void> {
	const sent = await http.post(`${new URL(editor).origin}/webhook/sign-in/send`, { phone: number });
	expect(sent).toMatchObject({ status: 200, data: { result: 'sent' } });
	const wait = `${new URL(phone).origin}/admin/webhooks/wait`;
	expect(await http.post(wait, { event: 'delivered', state: 'delivered' })).toMatchObject({ status: 200 });
}

async function expectSmsInstead({ editor, phone }: Addresses, number: string): Promise<void> {
	const sent = await http.post(`${new URL(editor).origin}/webhook/sign-in/send-or-sms`, { phone: number });
	expect(sent).toMatchObject({ status: 200, data: { channel: 'sms' } });
	const wait = `${new URL(phone).origin}/admin/sms/wait`;
	expect(await http.post(wait, { to: number })).toMatchObject({ status: 200 });
}

test('npm start prints addresses that answer, and Ctrl-C ends all processes', async () => {
	first = await start();
	await expectAnswers(first.signInPage, '<h1');
	await expectAnswers(first.phone, 'Sandbox phone');
	await expectAnswers(first.editor, 'n8n');
	await expectFurnished(first);
	await expectCodeIsDelivered(first, '+12015553931');
	await interrupt();
	for (const address of Object.values(first)) await expect(isListening(address)).resolves.toBe(false);
});

test('npm start names a port that it can not use, in words', async () => {
	const server = createServer();
	await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
	const { port } = z.object({ port: z.number() }).parse(server.address());
	for (const variable of ['N8N_PORT', 'SANDBOX_PORT']) {
		const said = await startInVain(1, { [variable]: String(port) });
		expect(said).toBe(`Port ${port} is in use by another program. Choose another port with ${variable}.\n`);
		expect(await startInVain(1, { [variable]: 'x' })).toBe(`${variable} must be a whole number from 1 to 65535\n`);
	}
	await new Promise((settle) => server.close(settle));
});

/**
 * From the walk through the first ten minutes: a second start built the package, failed without an address, and
 * changed the remembered port of the sandbox. What must hold: it names the first one, and no address changes.
 */
test('the next npm start continues at the same addresses, and a second one beside it names them', async () => {
	await expect(start()).resolves.toEqual(first);
	const said = await startInVain(0);
	expect(said).toContain('npm start already runs in another terminal');
	for (const address of Object.values(first)) expect(said).toContain(address);
	await expectFurnished(first);
	await expectCodeIsDelivered(first, '+12015553932');
	await expectSmsInstead(first, '+12015553999');
	await interrupt();
});

test('a port that is in use moves the phone for one start only', async () => {
	const { port } = new URL(first.phone);
	const server = createServer((socket) => socket.destroy());
	await new Promise<void>((settle) => server.listen(Number(port), '127.0.0.1', settle));
	const moved = await start();
	expect(script.output()).toContain(`Port ${port} of the previous start is in use`);
	expect(moved).toEqual({ ...first, phone: expect.not.stringContaining(port) as string });
	await expectCodeIsDelivered(moved, '+12015553935');
	await interrupt();
	await new Promise((settle) => server.close(settle));
	await expect(start()).resolves.toEqual(first);
	await interrupt();
});

test('Ctrl-C during the start ends all processes', async () => {
	script = startScript('start', { DATA_FOLDER: folder });
	await script.said(/Starting n8n/);
	const isUp = async () => {
		const family = await familyOf(script.pid);
		return family.some(isN8n) ? family : undefined;
	};
	const family = await until(isUp, { what: () => 'n8n was started' });
	script.interrupt();
	await script.exitCode;
	expect(script.output()).toMatch(/Stopped\.\s*$/);
	await allEnded(family);
	for (const address of Object.values(first)) await expect(isListening(address)).resolves.toBe(false);
});

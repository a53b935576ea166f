import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import axios from 'axios';
import { outputOf } from '../../dev/n8n/executions';
import { type N8n, launchN8n } from '../../dev/n8n/launch';
import { until } from '../../dev/n8n/wait-until';
import { testsThatNeed } from '../support/required-tools';
import { TOKEN, exportedWorkflow, packProbe, refusedWorkflow, startProbeService } from './n8n-launcher-probe';

const { describe, it } = testsThatNeed('ps');

jest.setTimeout(300_000);

const CREDENTIAL = 'launcherProbeApi';

let folder: string;
let dataFolder: string;
let packageTarball: string;
let service: Server;
let baseUrl: string;
let n8n: N8n;
let credentialId: string;

const account = (token: string) => ({ name: 'Probe account', type: CREDENTIAL, data: { baseUrl, token } });

const ask = async (path: string, word: string): Promise<unknown> => {
	const answer = await axios.post<unknown>(`${n8n.url}/webhook/${path}`, { word }, { proxy: false });
	return answer.data;
};

/** The processes of a group that still run, without those that have ended and wait for their parent. */
async function running(group: number): Promise<string[]> {
	const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pgid=,stat=,args=']);
	return stdout.split('\n').filter((line) => new RegExp(`^\\s*${group}\\s+[^Z]`).test(line));
}

const nothingRuns = async (group: number): Promise<true | undefined> =>
	(await running(group)).length === 0 || undefined;

const canConnect = (host: string, port: number): Promise<boolean> =>
	new Promise((settle) => {
		const socket = connect({ host, port });
		socket.once('connect', () => settle(true)).once('error', () => settle(false));
		socket.once('connect', () => socket.destroy());
	});

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'n8n-launcher-'));
	dataFolder = join(folder, 'data');
	packageTarball = await packProbe(join(folder, 'package'));
	({ server: service, baseUrl } = await startProbeService());
	n8n = await launchN8n({ dataFolder, packageTarball });
	// On a machine without n8n, this installs it.
}, 1_200_000);

afterAll(async () => {
	await n8n?.stop();
	service?.close();
	await rm(folder, { recursive: true, force: true });
});

describe('a launched n8n', () => {
	it('lets its owner sign in and keeps its keys from other users of the machine', async () => {
		const login = { emailOrLdapLoginId: n8n.email, password: n8n.password };
		await expect(axios.post(`${n8n.url}/rest/login`, login, { proxy: false })).resolves.toMatchObject({
			status: 200,
		});
		expect((await stat(join(dataFolder, 'launcher.json'))).mode & 0o777).toBe(0o600);
		expect((await stat(dataFolder)).mode & 0o077).toBe(0);
	});

	it('can be reached over loopback only and calls no other host', async () => {
		const port = Number(new URL(n8n.url).port);
		await expect(canConnect('127.0.0.1', port)).resolves.toBe(true);
		// Only a listener on all addresses would answer here.
		await expect(canConnect('127.0.0.2', port)).resolves.toBe(false);
		expect(await readFile(n8n.logFile, 'utf8')).not.toMatch(/ENOTFOUND|EAI_AGAIN|ETIMEDOUT/);
	});

	it('has one credential per name and tests it', async () => {
		credentialId = await n8n.api.ensureCredential(account('wrong'));
		await expect(n8n.api.testCredential(credentialId)).resolves.toMatchObject({ status: 'Error' });
		await expect(n8n.api.ensureCredential(account(TOKEN))).resolves.toBe(credentialId);
		await expect(n8n.api.testCredential(credentialId)).resolves.toMatchObject({ status: 'OK' });
		await expect(n8n.api.listCredentials()).resolves.toHaveLength(1);
	});

	it('runs an exported workflow with the package and shows the output of each node', async () => {
		const credentials = { [CREDENTIAL]: credentialId };
		const id = await n8n.api.ensureWorkflow(exportedWorkflow('ask'), { credentials });
		await n8n.api.publish(id);
		await expect(n8n.api.waitForWebhook('ask')).resolves.toBe(`${n8n.url}/webhook/ask`);

		await expect(ask('ask', 'hello')).resolves.toEqual({ word: 'hello', known: true });
		await expect(ask('ask', 'xyzzy')).resolves.toEqual({ word: 'xyzzy', known: false });
		const unknown = await n8n.api.waitForExecution(id, (one) => outputOf(one, 'Probe', 1).length > 0);
		expect(unknown.status).toBe('success');
		expect(outputOf(unknown, 'Probe', 0)).toEqual([]);
		expect(outputOf(unknown, 'Probe', 1)).toEqual([{ word: 'xyzzy', known: false }]);
		expect(outputOf(unknown, 'Ask')[0]).toMatchObject({ webhookUrl: `${n8n.url}/webhook/ask` });
		await expect(n8n.api.executions({ workflowId: id, status: 'error' })).resolves.toEqual([]);
	});

	it('replaces a published workflow of the same name and unpublishes it', async () => {
		const credentials = { [CREDENTIAL]: credentialId };
		const id = await n8n.api.ensureWorkflow(exportedWorkflow('question'), { credentials });
		await n8n.api.waitForWebhook('question');
		await expect(ask('question', 'hello')).resolves.toMatchObject({ known: true });
		await expect(ask('ask', 'hello')).rejects.toMatchObject({ status: 404 });

		await n8n.api.unpublish(id);
		await expect(n8n.api.waitForWebhook('question', 'POST', 300)).rejects.toThrow('POST');
		await n8n.api.publish(id);
		await expect(ask('question', 'hello')).resolves.toMatchObject({ known: true });
	});

	it('shows why a node failed', async () => {
		await n8n.api.ensureCredential(account('wrong'));
		await expect(ask('question', 'hello')).rejects.toMatchObject({ status: 500 });
		const id = await n8n.api.ensureWorkflow(exportedWorkflow('question'), {
			credentials: { [CREDENTIAL]: credentialId },
		});
		const failed = await n8n.api.waitForExecution(id, ({ status }) => status === 'error');
		expect(failed.nodes.Probe?.[0]).toMatchObject({
			status: 'error',
			error: { message: 'Authorization failed - please check your credentials' },
		});
		await n8n.api.ensureCredential(account(TOKEN));
	});

	it('quotes the error of a trigger that could not be registered', async () => {
		const id = await n8n.api.ensureWorkflow(refusedWorkflow);
		await expect(n8n.api.publish(id)).rejects.toThrow('the provider refuses this webhook');
		await n8n.api.unpublish(id);
	});

	it('does not share its data folder with another n8n', async () => {
		await expect(launchN8n({ dataFolder, packageTarball })).rejects.toThrow('Another n8n already uses');
	});
});

describe('the next launch', () => {
	it('finds all data of the previous launch at the same address', async () => {
		const { pid, url } = n8n;
		const state = await readFile(join(dataFolder, 'launcher.json'), 'utf8');
		await n8n.stop();
		await expect(n8n.exited).resolves.toMatchObject({ expected: true });
		await expect(running(pid)).resolves.toEqual([]);

		n8n = await launchN8n({ dataFolder, packageTarball });
		expect(n8n.url).toBe(url);
		expect(await readFile(join(dataFolder, 'launcher.json'), 'utf8')).toBe(state);
		await n8n.api.waitForWebhook('question');
		await expect(ask('question', 'hello')).resolves.toMatchObject({ known: true });
	});

	it('works after a crash, and replaces a lost API key', async () => {
		const group = n8n.pid;
		process.kill(n8n.pid, 'SIGKILL');
		await expect(n8n.exited).resolves.toEqual({ code: null, signal: 'SIGKILL', expected: false });
		await until(() => nothingRuns(group), { what: () => 'the task runner was gone' });

		const file = join(dataFolder, 'launcher.json');
		await writeFile(file, (await readFile(file, 'utf8')).replace(/"apiKey": "[^"]+"/, '"apiKey": "lost"'));
		n8n = await launchN8n({ dataFolder, packageTarball });
		await expect(n8n.api.listCredentials()).resolves.toHaveLength(1);
		await n8n.stop();
	});

	it('says why it failed, with the end of the log', async () => {
		const environment = { N8N_ENCRYPTION_KEY: 'another' };
		const launch = launchN8n({ dataFolder, packageTarball, environment });
		await expect(launch).rejects.toThrow(/exit code 1 while it was starting[^]+Mismatching encryption keys/);
	});

	it('says that the given port is in use', async () => {
		const port = Number(new URL(baseUrl).port);
		const launch = launchN8n({ dataFolder, packageTarball, port });
		await expect(launch).rejects.toThrow(`port ${port} is already in use`);
	});

	it('refuses a package that n8n cannot load', async () => {
		const broken = await packProbe(join(folder, 'broken'), {
			'dist/Probe.node.js': "require('./nowhere');",
		});
		const launch = launchN8n({ dataFolder: join(folder, 'data2'), packageTarball: broken });
		await expect(launch).rejects.toThrow('could not load n8n-nodes-launcher-probe');
		await expect(launchN8n({ dataFolder, packageTarball: __filename })).rejects.toThrow('is not the tarball');
	});

	it('ends with the process that launched it, also if that is killed', async () => {
		const script = join(folder, 'launch.ts');
		const launcher = resolve(__dirname, '../../dev/n8n/launch');
		await writeFile(
			script,
			`import { launchN8n } from ${JSON.stringify(launcher)};
			const launched = launchN8n(${JSON.stringify({ dataFolder, packageTarball })});
			void launched.then(({ pid }) => console.log(pid));`,
		);
		const parent = spawn(process.execPath, ['--import', 'tsx', script], {
			cwd: resolve(__dirname, '../..'),
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const pid = await new Promise<number>((settle, reject) => {
			parent.stdout.once('data', (text: Buffer) => settle(Number(text.toString())));
			parent.once('exit', () => reject(new Error('the launching process ended before it was killed')));
		});
		expect((await running(pid)).length).toBeGreaterThan(0);
		parent.kill('SIGKILL');
		await until(() => nothingRuns(pid), { what: () => 'n8n had ended' });
	});
});

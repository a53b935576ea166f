/**
 * Found by an attack: a store credential whose 'Path' was n8n's own database. The store read the file, refused it and
 * closed it. With this, n8n lost its locks on it (POSIX), the next reader of another process deleted `-wal`, and all
 * that n8n wrote afterwards was lost. So a store must not open a file that n8n has open, by any name.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import axios from 'axios';
import { z } from 'zod';
import { until } from '../../dev/n8n/wait-until';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { openPlaygroundForTest, openingTime } from '../support/running-n8n';

/** Only Linux shows which locks a process has. */
const onLinux = process.platform === 'linux' ? test : test.skip;

const minute = 60_000;

let playground: Playground;
let database: string;

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	database = join(playground.n8n.dataFolder, '.n8n', 'database.sqlite');
}, openingTime);
afterAll(() => playground?.stop());

/** The result of the Test button of a store credential with this path. It opens the file as a node does. */
async function testOfPath(path: string) {
	const { api } = playground.n8n;
	const data = { signingSecret: 'a signing secret of the tests', store: 'sqlite', path };
	return api.testCredential(await api.ensureCredential({ name: 'Tested path', type: 'whatsAppOtpStoreApi', data }));
}

/** Bytes 120 to 127 of the shared memory are locked while n8n reads or writes, so they come and go. */
const isLasting = (lock: string) => !/ 12[0-7] 12[0-7]$/.test(lock);

/** The locks that n8n always has on its database and on the shared memory beside it. */
function locksOfN8n(): string[] {
	const inodes = [database, `${database}-shm`].map((file) => `:${statSync(file, { throwIfNoEntry: false })?.ino} `);
	return readFileSync('/proc/locks', 'utf8')
		.split('\n')
		.filter((line) => line.includes(` ${playground.n8n.pid} `) && inodes.some((inode) => line.includes(inode)))
		.filter(isLasting)
		.map((line) => line.replace(/^\d+: /, ''))
		.sort();
}

/** What a backup or the command line of n8n reads: another process, which opens the database and closes it again. */
function workflowNamesInAnotherProcess(): string {
	const script = `const { DatabaseSync } = require('node:sqlite');
		const database = new DatabaseSync(${JSON.stringify(database)});
		const rows = database.prepare('SELECT name FROM workflow_entity').all();
		database.close();
		process.stdout.write(rows.map(({ name }) => name).join('\\n'));`;
	return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
}

const idOf = (sent: unknown) => z.object({ verificationId: z.string() }).parse(sent).verificationId;

const saveWorkflow = (name: string) =>
	playground.n8n.api.ensureWorkflow({ name, nodes: [], connections: {}, settings: {} });

/** A folder where our file's name leads to n8n's database. */
function folderWith(name: string, link: (target: string, path: string) => void): string {
	const folder = join(playground.n8n.dataFolder, name);
	mkdirSync(folder);
	link(database, join(folder, 'verifications.sqlite'));
	return folder;
}

onLinux.each<[what: string, path: () => string, sentence: RegExp]>([
	["n8n's database", () => database, /^'Path' must name a folder, not a file \(.*\)\. Enter \//],
	['a folder with a hard link to it', () => folderWith('hard', linkSync), /verifications\.sqlite is a link, /],
	['a folder with a symbolic link to it', () => folderWith('soft', symlinkSync), /verifications\.sqlite is a link, /],
])('a store with %s as its path is refused, and n8n keeps its locks and its data', async (what, path, sentence) => {
	const before = locksOfN8n();
	expect(before.length).toBeGreaterThan(0);
	const answer = await testOfPath(path());
	const after = locksOfN8n();
	workflowNamesInAnotherProcess();
	const isWalThere = existsSync(`${database}-wal`);
	await saveWorkflow(`Saved after ${what}`);
	const kept = workflowNamesInAnotherProcess().includes(`Saved after ${what}`);
	expect({ locks: after, isWalThere, kept }).toEqual({ locks: before, isWalThere: true, kept: true });
	expect(answer).toEqual({ status: 'Error', message: expect.stringMatching(sentence) as string });
});

test('the log of n8n says within a minute that the store was removed, and the next call approves nothing', async () => {
	const { n8n, sandbox } = playground;
	await setUpTemplateIn(playground);
	const http = axios.create({ proxy: false, validateStatus: () => true });
	const post = async (path: string, body: unknown) => http.post<unknown>(await n8n.api.waitForWebhook(path), body);
	const logged = () => readFileSync(n8n.logFile, 'utf8').includes(' was removed while n8n ran. ');
	const { data: sent } = await post('sign-in/send', { phone: '+12015553999' });
	const [message] = await sandbox.waitForMessages({ to: '12015553999' });
	expect(message?.code).toMatch(/^\d{6}$/);
	expect(logged()).toBe(false);
	rmSync(join(n8n.dataFolder, '.n8n', 'whatsapp-otp'), { recursive: true });
	await until(async () => logged() || undefined, { timeout: minute, what: () => 'the log says it' });
	for (let call = 0; call < 2; call += 1) {
		const answer = await post('sign-in/verify', { verificationId: idOf(sent), code: message?.code });
		expect(answer.status).toBeGreaterThanOrEqual(400);
		expect(answer.data).not.toMatchObject({ verified: true });
	}
});

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { StoreUnavailableError } from '../../verification/errors';
import { policySchema } from '../../verification/policy';
import { defaultEngine } from '../../verification/stores/default-store';

const request = {
	...{ recipient: { to: '+12015550123' }, namespace: 'default', purpose: 'authentication' },
	...{ policy: policySchema.parse({}), provider: 'dialog360', idempotencyKey: 'execution 1', message: {} },
};
/** What a worker says; `once` gives it with what came beside it. */
const said = z
	.tuple([z.object({ secret: z.string(), from: z.bigint(), to: z.bigint() })])
	.rest(z.unknown())
	.transform(([answer]) => answer);

const started: Worker[] = [];
afterEach(() => Promise.all(started.splice(0).map((worker) => worker.stop())));

/** Another process of n8n. */
class Worker {
	private constructor(private readonly child: ChildProcess) {}

	static async start(environment: NodeJS.ProcessEnv = {}): Promise<Worker> {
		const child = fork(join(__dirname, 'embedded-process.ts'), [], {
			execArgv: ['--import', pathToFileURL(require.resolve('tsx')).href],
			env: { ...process.env, ...environment },
			serialization: 'advanced',
		});
		await once(child, 'message');
		const worker = new Worker(child);
		started.push(worker);
		return worker;
	}

	/** @param folder as in `N8N_USER_FOLDER`; empty: not set */
	async prepare(folder: string): Promise<void> {
		const ready = once(this.child, 'message');
		this.child.send({ folder });
		await ready;
	}

	/** Opens the embedded engine of the prepared folder. */
	async open(): Promise<z.output<typeof said>> {
		const heard = once(this.child, 'message');
		this.child.send('go');
		return said.parse(await heard);
	}

	async stop(): Promise<void> {
		const ended = once(this.child, 'exit');
		this.child.disconnect();
		await ended;
	}
}

describe('The store that needs no set-up', () => {
	let user: string;
	let folder: string;

	beforeEach(() => {
		user = mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'user-'));
		folder = join(user, '.n8n', 'whatsapp-otp');
	});

	const folderForKey = () => mkdirSync(join(folder, 'signing.key'), { recursive: true });
	const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

	test("makes its file and key in n8n's own folder, readable by their owner alone", async () => {
		const mask = process.umask(0);
		try {
			const engine = defaultEngine({ N8N_USER_FOLDER: user });
			const issued = await engine.begin(request);
			if (issued.outcome !== 'begun') throw new Error('Not sent');
			const { verificationId } = issued.ticket;
			const { namespace, purpose } = request;
			const check = { by: { verificationId }, namespace, purpose, code: issued.code };
			expect((await engine.check(check)).result).toBe('approved');
		} finally {
			process.umask(mask);
		}
		const names = ['signing.key', ...['', '-shm', '-wal'].map((end) => `verifications.sqlite${end}`)];
		expect(readdirSync(folder).sort()).toEqual(names);
		expect(mode(folder)).toBe('700');
		expect(new Set(names.map((name) => mode(join(folder, name))))).toEqual(new Set(['600']));
		expect(readFileSync(join(folder, 'signing.key'), 'utf8')).toMatch(/^[\w-]{43}$/);
	});

	test('is one for all nodes of a process, and another for another folder', () => {
		const other = mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'user-'));
		const engine = defaultEngine({ N8N_USER_FOLDER: user });
		expect(defaultEngine({ N8N_USER_FOLDER: user, EXECUTIONS_MODE: 'regular' })).toBe(engine);
		const elsewhere = defaultEngine({ N8N_USER_FOLDER: other });
		expect(elsewhere.vault.derivedSecret('test')).not.toBe(engine.vault.derivedSecret('test'));
	});

	test('keeps its key: another process and a restart sign with the same', async () => {
		const here = defaultEngine({ N8N_USER_FOLDER: user }).vault.derivedSecret('test');
		for (let restart = 0; restart < 2; restart += 1) {
			const worker = await Worker.start();
			await worker.prepare(user);
			expect((await worker.open()).secret).toBe(here);
		}
	});

	test("lies in the user's home where n8n's folder is not set", async () => {
		const worker = await Worker.start({ HOME: user, USERPROFILE: user });
		await worker.prepare('');
		await worker.open();
		expect(existsSync(join(folder, 'signing.key'))).toBe(true);
	});

	test('two processes that start in the same moment agree on one key', async () => {
		const workers = [await Worker.start(), await Worker.start()];
		let overlaps = 0;
		for (let round = 0; round < 200; round += 1) {
			const place = join(user, String(round));
			await Promise.all(workers.map((worker) => worker.prepare(place)));
			const [a, b] = await Promise.all(workers.map((worker) => worker.open()));
			expect(a!.secret).toBe(b!.secret);
			expect(readdirSync(join(place, '.n8n', 'whatsapp-otp'))).toEqual(['signing.key']);
			if (a!.from < b!.to && b!.from < a!.to) overlaps += 1;
		}
		expect(overlaps).toBeGreaterThan(20);
	}, 60_000);

	test('is refused in queue mode, with a sentence, and makes nothing', () => {
		const open = () => defaultEngine({ N8N_USER_FOLDER: user, EXECUTIONS_MODE: 'queue' });
		expect(open).toThrow(StoreUnavailableError);
		expect(open).toThrow(/^n8n runs in queue mode, .{20,}[^.]$/);
		expect(readdirSync(user)).toEqual([]);
	});

	test.each<[what: string, spoil: () => void, sentence: RegExp]>([
		['a file in place of the folder', () => writeFileSync(join(user, '.n8n'), ''), /not a folder$/],
		['a folder in place of the key', folderForKey, /is a folder$/],
		['a key that was cut short', () => keyOf(folder, 'too short'), /shorter than it was made$/],
		['an empty key', () => keyOf(folder, '\n'), /shorter than it was made$/],
	])('%s is refused with a sentence', (_, spoil, sentence) => {
		spoil();
		const open = () => defaultEngine({ N8N_USER_FOLDER: user });
		expect(open).toThrow(StoreUnavailableError);
		expect(open).toThrow(sentence);
		expect(open).not.toThrow(/too short/);
	});

	test('a line break that an editor added to the key changes nothing', async () => {
		const here = defaultEngine({ N8N_USER_FOLDER: user }).vault.derivedSecret('test');
		const key = join(folder, 'signing.key');
		writeFileSync(key, `${readFileSync(key, 'utf8')}\n`);
		const worker = await Worker.start();
		await worker.prepare(user);
		expect((await worker.open()).secret).toBe(here);
	});
});

function keyOf(folder: string, key: string): void {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'signing.key'), key);
}

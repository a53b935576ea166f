import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { StoreUnavailableError } from '../../verification/errors';
import { policySchema } from '../../verification/policy';
import { defaultEngine } from '../../verification/stores/default-store';

const request = {
	recipient: { to: '+12015550123' },
	namespace: 'default',
	purpose: 'authentication',
	policy: policySchema.parse({}),
	provider: 'dialog360',
	idempotencyKey: 'execution 1',
	message: {},
};
/** The answer of a worker. `once` returns it in a list with further values. */
const said = z
	.tuple([z.object({ secret: z.string(), from: z.bigint(), to: z.bigint() })])
	.rest(z.unknown())
	.transform(([answer]) => answer);

const started: Worker[] = [];
afterEach(() => Promise.all(started.splice(0).map((worker) => worker.stop())));

/** A second n8n process. */
class Worker {
	private constructor(private readonly child: ChildProcess) {}

	static async start(environment: NodeJS.ProcessEnv = {}): Promise<Worker> {
		const child = fork(join(__dirname, 'default-store-process.ts'), [], {
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

	/** Opens the default engine of the prepared folder. */
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

describe('The default store', () => {
	let user: string;
	let folder: string;

	beforeEach(() => {
		user = mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'user-'));
		folder = join(user, '.n8n', 'whatsapp-otp');
	});

	const folderForKey = () => mkdirSync(join(folder, 'signing.key'), { recursive: true });
	const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

	test("creates its file and key in n8n's folder, readable by their owner only", async () => {
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

	test('is shared by all nodes of a process, and separate for another folder', () => {
		const other = mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'user-'));
		const engine = defaultEngine({ N8N_USER_FOLDER: user });
		expect(defaultEngine({ N8N_USER_FOLDER: user, EXECUTIONS_MODE: 'regular' })).toBe(engine);
		const elsewhere = defaultEngine({ N8N_USER_FOLDER: other });
		expect(elsewhere.vault.derivedSecret('test')).not.toBe(engine.vault.derivedSecret('test'));
	});

	test('signs with the same key in another process and after a restart', async () => {
		const here = defaultEngine({ N8N_USER_FOLDER: user }).vault.derivedSecret('test');
		for (let restart = 0; restart < 2; restart += 1) {
			const worker = await Worker.start();
			await worker.prepare(user);
			expect((await worker.open()).secret).toBe(here);
		}
	});

	test("is in the user's home if n8n's folder is not set", async () => {
		const worker = await Worker.start({ HOME: user, USERPROFILE: user });
		await worker.prepare('');
		await worker.open();
		expect(existsSync(join(folder, 'signing.key'))).toBe(true);
	});

	test('has one key if two processes start at the same moment', async () => {
		const workers = [await Worker.start(), await Worker.start()];
		let overlaps = 0;
		for (let round = 0; round < 200 || (overlaps <= 20 && round < 2000); round += 1) {
			const place = join(user, String(round));
			await Promise.all(workers.map((worker) => worker.prepare(place)));
			const [a, b] = await Promise.all(workers.map((worker) => worker.open()));
			expect(a!.secret).toBe(b!.secret);
			expect(readdirSync(join(place, '.n8n', 'whatsapp-otp'))).toEqual(['signing.key']);
			if (a!.from < b!.to && b!.from < a!.to) overlaps += 1;
		}
		expect(overlaps).toBeGreaterThan(20);
	});

	test('is refused in queue mode with a sentence, and creates nothing', () => {
		const open = () => defaultEngine({ N8N_USER_FOLDER: user, EXECUTIONS_MODE: 'queue' });
		expect(open).toThrow(StoreUnavailableError);
		expect(open).toThrow(/^n8n runs in queue mode: .{20,}[^.]$/);
		expect(readdirSync(user)).toEqual([]);
	});

	test.each<[what: string, spoil: () => void, sentence: RegExp]>([
		['a file in place of the folder', () => writeFileSync(join(user, '.n8n'), ''), /not a folder$/],
		['a folder in place of the key', folderForKey, /is a folder$/],
		['a key that was cut short', () => keyOf(folder, 'too short'), /fewer than 16 characters$/],
		['an empty key', () => keyOf(folder, '\n'), /fewer than 16 characters$/],
	])('refuses %s with a sentence', (_, spoil, sentence) => {
		spoil();
		const open = () => defaultEngine({ N8N_USER_FOLDER: user });
		expect(open).toThrow(StoreUnavailableError);
		expect(open).toThrow(sentence);
		expect(open).not.toThrow(/too short/);
	});

	// Found by an attack: the key was removed, replaced or readable by other users, and nothing said so.
	describe('whose key changes while n8n runs', () => {
		let log: string[];
		let key: string;

		const open = () => defaultEngine({ N8N_USER_FOLDER: user }, (sentence) => log.push(sentence));
		const pass = (milliseconds: number) => {
			const now = performance.now.bind(performance);
			jest.spyOn(performance, 'now').mockImplementation(() => now() + milliseconds);
		};
		/** A code that was sent with the first key. */
		const send = async () => {
			const issued = await open().begin(request);
			if (issued.outcome !== 'begun') throw new Error('Not sent');
			return { by: { verificationId: issued.ticket.verificationId }, code: issued.code };
		};
		const check = (sent: Awaited<ReturnType<typeof send>>) =>
			open().check({ ...sent, namespace: request.namespace, purpose: request.purpose });

		beforeEach(() => {
			log = [];
			key = join(folder, 'signing.key');
		});
		afterEach(() => {
			jest.restoreAllMocks();
			jest.useRealTimers();
		});

		const damages: Array<[what: string, damage: () => void, sentence: RegExp]> = [
			['removed', () => rmSync(key), /signing\.key was removed while n8n ran$/],
			['removed with its folder', () => rmSync(folder, { recursive: true }), /signing\.key was removed while n8n ran$/],
			['replaced', () => writeFileSync(key, 'x'.repeat(43)), /signing\.key was changed while n8n ran$/],
			['emptied', () => writeFileSync(key, ''), /signing\.key was changed while n8n ran$/],
			[
				'replaced by a folder',
				() => {
					rmSync(key);
					mkdirSync(key);
				},
				/signing\.key is a folder$/,
			],
		];

		it.each(damages)('says so to the next call if it is %s, and approves nothing', async (_, damage, sentence) => {
			const sent = await send();
			damage();
			pass(3000);
			expect(open).toThrow(sentence);
			expect(log).toEqual([expect.stringMatching(/signing\.key .+\. [A-Z].+\.$/)]);
			const later = await Promise.resolve()
				.then(() => check(sent))
				.then(
					({ result }) => result,
					() => 'refused',
				);
			expect(['refused', 'not_found']).toContain(later);
		});

		it.each(damages)('says so in the log within a minute if it is %s and nothing calls', (_, damage, sentence) => {
			jest.useFakeTimers();
			open();
			damage();
			jest.advanceTimersByTime(60_000);
			expect(log).toEqual([expect.stringMatching(new RegExp(sentence.source.replace('$', '\\.')))]);
			expect(open).toThrow(sentence);
		});

		it('takes the rights on the key from other users, and says so', async () => {
			const sent = await send();
			chmodSync(key, 0o644);
			pass(3000);
			expect((await check(sent)).result).toBe('approved');
			expect(mode(key)).toBe('600');
			const sentence = `Other users of this machine could read or change ${key}. The node has set its mode to 600.`;
			expect(log).toEqual([sentence]);
		});

		it('takes the rights on a key from other users when it opens', () => {
			keyOf(folder, 'a key that a person wrote there');
			chmodSync(key, 0o664);
			open();
			expect(mode(key)).toBe('600');
			expect(log).toEqual([expect.stringMatching(/^Other users .* has set its mode to 600\.$/)]);
		});

		it('accepts the same key in a new file', async () => {
			const sent = await send();
			const same = readFileSync(key, 'utf8');
			rmSync(key);
			writeFileSync(key, `${same}\n`, { mode: 0o600 });
			pass(3000);
			expect((await check(sent)).result).toBe('approved');
			expect(log).toEqual([]);
		});
	});

	test('ignores a line break that an editor added to the key', async () => {
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

import { execFileSync } from 'node:child_process';
import {
	closeSync,
	existsSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { openDatabase } from '../../verification/stores/sqlite/open-database';
import { number, type Row } from '../../verification/stores/sqlite/row-reader';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import { Statements } from '../../verification/stores/sqlite/statements';
import { secret, TestClock, Verifier, wrong } from './verifier';

/** SQLite's numbers for the levels. */
const [normal, full] = [1, 2];
const level = (row: Row) => ({ synchronous: number(row.synchronous) });

/** Only Linux shows which files and locks a process has. */
const onLinux = process.platform === 'linux' ? test : test.skip;

describe('The files of a SQLite store', () => {
	let folder: string;
	let file: string;
	const opened: SqliteStore[] = [];

	/** A store like the one of another node or credential of the same process. */
	const open = (path = file) => {
		const clock = new TestClock();
		const store = new SqliteStore(path, clock.read);
		opened.push(store);
		return new Verifier(new Engine(store, new Keyring([secret])), clock, store);
	};

	/** A file of another program, in another folder. */
	const elsewhere = () => {
		const path = join(mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'elsewhere-')), 'a file');
		writeFileSync(path, 'of another program');
		return path;
	};

	beforeEach(() => {
		folder = mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'sqlite-'));
		file = join(folder, 'verifications.sqlite');
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await Promise.all(opened.splice(0).map((store) => store.close()));
	});

	test('can be read by their owner only, with any file mode mask', async () => {
		const mask = process.umask(0);
		try {
			const deep = join(folder, 'a', 'b', 'verifications.sqlite');
			await open(deep).send();
			const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
			expect([dirname(dirname(deep)), dirname(deep)].map(mode)).toEqual(['700', '700']);
			const files = readdirSync(dirname(deep)).map((name) => join(dirname(deep), name));
			expect(files.map(mode)).toEqual(['600', '600', '600']);
		} finally {
			process.umask(mask);
		}
	});

	// A killed process loses nothing that it gave to the system. Only a power cut does, and no test makes one.
	test('are on the disk before a send or check is answered, but not before a webhook event is', async () => {
		const run = jest.spyOn(Statements.prototype, 'run');
		const verifier = open();
		/** The level of the connection for this commit. */
		const waitOf = async (work: Promise<unknown>) => {
			await work;
			const statements: unknown = run.mock.contexts.at(-1);
			return statements instanceof Statements
				? statements.row(level, 'PRAGMA synchronous', {})?.synchronous
				: undefined;
		};
		const sent = await verifier.send();
		const { ticket } = sent;
		const news = {
			provider: 'dialog360',
			messageId: 'wamid.1',
			status: 'delivered',
			occurredAt: verifier.clock.now,
		} as const;
		expect(await waitOf(verifier.send({ to: '+12015550177' }))).toBe(full);
		expect(await waitOf(verifier.engine.recordDelivery({ ...news, sendId: ticket.sendId }))).toBe(normal);
		expect(await waitOf(verifier.accepted(sent, 'wamid.1'))).toBe(full);
		expect(await waitOf(verifier.engine.vault.firstTime('template'))).toBe(normal);
		expect(await waitOf(verifier.check(sent, wrong(sent.code)))).toBe(full);
		expect(await waitOf(verifier.engine.recordDelivery({ ...news, status: 'read' }))).toBe(normal);
		expect(await waitOf(verifier.engine.cancel({ ...ticket, namespace: 'default' }))).toBe(full);
		const { database, close } = await openDatabase(file);
		expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
		close();
	});

	onLinux('are opened once by calls at the same time', async () => {
		const verifier = open();
		await Promise.all(['a', 'b', 'c'].map((purpose) => verifier.send({ purpose })));
		const names = openFilesIn(folder).map((path) => path.slice(file.length));
		expect(names.sort()).toEqual(['', '-shm', '-wal']);
	});

	onLinux('stay closed and unchanged if a store could not open them', async () => {
		await writeFile(file, 'x'.repeat(8192));
		const verifier = open();
		for (let i = 0; i < 50; i += 1) await expect(verifier.begin()).rejects.toThrow(/not a SQLite database/);
		expect(openFilesIn(folder)).toEqual([]);
		expect(readFileSync(file, 'utf8')).toBe('x'.repeat(8192));
	});

	test('stay unchanged if they are the database of another program', async () => {
		const { DatabaseSync } = await import('node:sqlite');
		const theirs = new DatabaseSync(file);
		theirs.exec('CREATE TABLE workflow (id TEXT)');
		theirs.close();
		const before = readFileSync(file);
		await expect(open().begin()).rejects.toThrow(/is the database of another program$/);
		expect(readFileSync(file).equals(before)).toBe(true);
	});

	// Found by an attack: a store opened n8n's own database, and n8n lost its locks (test/e2e/store-files.test.ts).
	describe.each<[what: string, prepare: (path: string) => void, sentence: RegExp]>([
		['a symbolic link', (path) => symlinkSync(elsewhere(), path), / is a link, /],
		['a link to nowhere', (path) => symlinkSync('/nowhere/at/all', path), / is a link, /],
		['a hard link', (path) => linkSync(elsewhere(), path), / is a link, /],
		['a named pipe', (path) => void execFileSync('mkfifo', [path]), / is not a file$/],
		['a folder', (path) => mkdirSync(path), / is a folder$/],
	])('with %s in place of', (_, prepare, sentence) => {
		it.each([
			['the database', ''],
			['the write-ahead log', '-wal'],
			['the shared memory', '-shm'],
			['the journal', '-journal'],
		])('%s are refused before any of them is opened or created', async (_name, suffix) => {
			prepare(file + suffix);
			const refused = expect(open().begin()).rejects;
			await refused.toThrow(sentence);
			await refused.toThrow(`The verification store ${file}${suffix} is `);
			expect(readdirSync(folder)).toEqual([basename(file + suffix)]);
		});
	});

	it('are refused while another part of the process has them open, and work afterwards', async () => {
		await open().send();
		await opened[0]?.close();
		const theirs = openSync(file, 'r');
		await expect(open().begin()).rejects.toThrow(/verifications\.sqlite is in use by another part of n8n$/);
		closeSync(theirs);
		await open().send({ purpose: 'another' });
	});

	it('may be opened again by a second copy of the package in the process', async () => {
		await open().send();
		await jest.isolateModulesAsync(async () => {
			const copy = await import('../../verification/stores/sqlite/sqlite-store');
			expect(copy.SqliteStore).not.toBe(SqliteStore);
			const second = new copy.SqliteStore(file);
			opened.push(second);
			expect(await second.probe()).toEqual([]);
		});
	});

	// Without its lock, other processes would treat the files of a process as left over, and used codes would be valid
	// again.
	onLinux('stay locked by the process if another of its stores opens and closes them', async () => {
		const verifier = open();
		await Promise.all([verifier.send({ purpose: 'a' }), verifier.send({ purpose: 'b' })]);
		expect(locksOn(file)).toBe(1);
		const other = open();
		await other.get('A'.repeat(32));
		expect(locksOn(file)).toBe(1);
		await other.store.close();
		expect(locksOn(file)).toBe(1);
		await verifier.store.close();
		expect(locksOn(file)).toBe(0);
	});
});

/** The open files of this process in a folder. */
function openFilesIn(folder: string): string[] {
	const descriptors = readdirSync('/proc/self/fd').map((descriptor) => join('/proc/self/fd', descriptor));
	const targets = descriptors.flatMap((link) => (existsSync(link) ? [readlinkSync(link)] : []));
	return targets.filter((path) => path.startsWith(folder));
}

/** How many locks Linux has on a file. */
function locksOn(file: string): number {
	const { ino } = statSync(file);
	return readFileSync('/proc/locks', 'utf8')
		.split('\n')
		.filter((line) => line.includes(`:${ino} `)).length;
}

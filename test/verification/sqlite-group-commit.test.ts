import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { GroupCommit, type TransactionStep } from '../../verification/stores/sqlite/group-commit';
import { openDatabase } from '../../verification/stores/sqlite/open-database';
import { Statements } from '../../verification/stores/sqlite/statements';

describe('A group commit on a SQLite file', () => {
	let commits: GroupCommit;
	let database: DatabaseSync;
	/** The file as another process sees it. */
	let other: DatabaseSync;

	beforeEach(async () => {
		const file = join(mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'sqlite-')), 'verifications.sqlite');
		({ database } = await openDatabase(file));
		({ database: other } = await openDatabase(file));
		const connection = { database, statements: new Statements(database) };
		commits = new GroupCommit(async () => connection, Date.now);
	});
	afterEach(() => {
		database.close();
		other.close();
	});

	/** So late that no purge deletes it. */
	const later = 1e15;

	/** How often each name was written, as another process sees it. */
	const written = () =>
		Object.fromEntries(
			other
				.prepare(`SELECT key, purge_at - ${later} AS times FROM counter ORDER BY key`)
				.all()
				.map(({ key, times }) => [String(key), Number(times)]),
		);

	const write =
		(name: string): TransactionStep<string> =>
		(statements) => {
			statements.run(
				`INSERT INTO counter (key, stamps, purge_at) VALUES (:name, '[]', ${later + 1})
				ON CONFLICT (key) DO UPDATE SET purge_at = purge_at + 1`,
				{ name },
			);
			return name;
		};

	const writeAndFail =
		(name: string): TransactionStep<string> =>
		(statements, now) => {
			write(name)(statements, now);
			throw new Error(`${name} failed`);
		};

	test('answers the callers when all steps are on the disk', async () => {
		const seen: unknown[] = [];
		const answers = ['a', 'b', 'c'].map((name) => commits.run(write(name)).then(() => seen.push(written())));
		expect(written()).toEqual({});
		await Promise.all(answers);
		expect(seen).toEqual(Array(3).fill({ a: 1, b: 1, c: 1 }));
	});

	test('lets each step see what the steps before it wrote', async () => {
		const count: TransactionStep<number> = (statements, now) => {
			write('a')(statements, now);
			return Number(database.prepare('SELECT purge_at FROM counter').get()?.purge_at) - later;
		};
		const counts = await Promise.all(Array.from({ length: 200 }, () => commits.run(count)));
		expect(counts).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
		expect(written()).toEqual({ a: 200 });
	});

	test('rolls a failed step back, and commits the others', async () => {
		const steps = [write('a'), writeAndFail('b'), write('c'), writeAndFail('d'), write('c')];
		const settled = await Promise.allSettled(steps.map((step) => commits.run(step)));
		expect(settled.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual([
			'a',
			'Error: b failed',
			'c',
			'Error: d failed',
			'c',
		]);
		expect(written()).toEqual({ a: 1, c: 2 });
		expect(database.isTransaction).toBe(false);
	});

	test('waits for the disk if one of the steps must wait', async () => {
		const level: TransactionStep<unknown> = () => database.prepare('PRAGMA synchronous').get()?.synchronous;
		const [normal, full] = [1, 2];
		expect(await commits.run(level, 'NORMAL')).toBe(normal);
		expect(await Promise.all([commits.run(level, 'NORMAL'), commits.run(level)])).toEqual([full, full]);
		expect(await commits.run(level, 'NORMAL')).toBe(normal);
		expect(await commits.run(level)).toBe(full);
	});

	test('commits the others if SQLite refuses the statement of one step', async () => {
		const refused: TransactionStep<number> = (statements) =>
			statements.run('INSERT INTO counter (key) VALUES (:name)', { name: 'x' });
		const settled = await Promise.allSettled(
			[write('a'), refused, write('b')].map((step) => commits.run<unknown>(step)),
		);
		expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
		expect(written()).toEqual({ a: 1, b: 1 });
	});

	test('rejects all steps if the file can not be opened, and runs the next ones once it can', async () => {
		let fails = true;
		const connection = { database, statements: new Statements(database) };
		const flaky = new GroupCommit(async () => {
			if (fails) throw new Error('no such disk');
			return connection;
		}, Date.now);
		const settled = await Promise.allSettled([flaky.run(write('a')), flaky.run(write('b'))]);
		expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		fails = false;
		expect(await flaky.run(write('c'))).toBe('c');
		expect(written()).toEqual({ c: 1 });
	});
});

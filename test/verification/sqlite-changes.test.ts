/**
 * Found by an attack: a file was removed or replaced while n8n ran, and the store went on with the removed file. At the
 * next start everything was gone. So the store must notice it within a minute: a sentence in the log, the same sentence
 * as the answer to the next call, and no approval.
 */
import {
	chmodSync,
	copyFileSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../verification/engine';
import { StoreUnavailableError } from '../../verification/errors';
import { Keyring } from '../../verification/keys';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import { inAnotherProcess } from './sqlite-damage';
import { secret, second, TestClock, Verifier } from './verifier';

const minute = 60 * second;

const now = performance.now.bind(performance);

/** Lets the clock of the process go on. */
const pass = (seconds: number) => {
	jest.spyOn(performance, 'now').mockImplementation(() => now() + seconds * second);
};

describe('A SQLite store whose files change while it is open', () => {
	let folder: string;
	let file: string;
	let log: string[];
	const opened: SqliteStore[] = [];

	const open = () => {
		const clock = new TestClock();
		const store = new SqliteStore(file, clock.read, (sentence) => log.push(sentence));
		opened.push(store);
		return new Verifier(new Engine(store, new Keyring([secret])), clock, store);
	};

	beforeEach(() => {
		folder = mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'sqlite-'));
		file = join(folder, 'verifications.sqlite');
		log = [];
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		jest.useRealTimers();
		await Promise.all(opened.splice(0).map((store) => store.close()));
	});

	const removeAll = () => {
		for (const name of readdirSync(folder)) rmSync(join(folder, name));
	};
	/** As a restored back-up: another file of the same name. */
	const replace = () => {
		copyFileSync(file, `${file}.copy`);
		renameSync(`${file}.copy`, file);
	};

	const damages: Array<[what: string, damage: () => void, sentence: RegExp]> = [
		['all files are removed', removeAll, /verifications\.sqlite was removed while n8n ran$/],
		['the folder is removed', () => rmSync(folder, { recursive: true }), /\.sqlite was removed while n8n ran$/],
		['the database is removed', () => rmSync(file), /\.sqlite was removed while n8n ran$/],
		['the database is replaced', replace, /\.sqlite was replaced while n8n ran$/],
		[
			'the database is replaced by a link',
			() => {
				renameSync(file, `${file}.moved`);
				symlinkSync(`${file}.moved`, file);
			},
			/\.sqlite was replaced while n8n ran$/,
		],
		['the database is emptied', () => writeFileSync(file, ''), /\.sqlite was emptied or cut short while n8n ran$/],
		['the database is cut short', () => truncateSync(file, 100), /\.sqlite was emptied or cut short while n8n ran$/],
		['the write-ahead log is removed', () => rmSync(`${file}-wal`), /\.sqlite-wal was removed while n8n ran$/],
		['the shared memory is removed', () => rmSync(`${file}-shm`), /\.sqlite-shm was removed while n8n ran$/],
	];

	describe.each(damages)('because %s', (what, damage, sentence) => {
		it('refuses the next calls of the same moment with a sentence, and approves nothing', async () => {
			const verifier = open();
			const sent = await verifier.send();
			damage();
			pass(3);
			const calls = [1, 2, 3].map(() => verifier.check(sent, sent.code));
			const answers = await Promise.allSettled(calls);
			const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
			expect(reasons[0]).toBeInstanceOf(StoreUnavailableError);
			expect(reasons[0]).toMatchObject({ message: expect.stringMatching(sentence) as string });
			const results = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value?.result] : []));
			// The data is still there if only a file beside the database changed. Then a code is approved once.
			const most = /-wal|-shm/.test(sentence.source) || what === 'the database is replaced' ? 1 : 0;
			expect(results.filter((result) => result === 'approved').length).toBeLessThanOrEqual(most);
			expect(log).toEqual([expect.stringMatching(/ while n8n ran\. Send new codes: .+\. Stop n8n .+\.$/)]);
		});

		it('says so in the log within a minute if nothing calls, and to the next call', async () => {
			jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'setImmediate', 'queueMicrotask', 'setTimeout'] });
			const verifier = open();
			const sent = await verifier.send();
			damage();
			jest.advanceTimersByTime(minute);
			expect(log).toEqual([expect.stringMatching(/ while n8n ran\. Send new codes: /)]);
			await expect(verifier.check(sent, sent.code)).rejects.toThrow(sentence);
			jest.advanceTimersByTime(10 * minute);
			expect(log).toHaveLength(1);
		});
	});

	it.each(damages.slice(0, 2))('works again after the sentence if %s', async (_, damage) => {
		const verifier = open();
		const sent = await verifier.send();
		damage();
		pass(3);
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/was removed while n8n ran$/);
		expect(await verifier.results(sent, sent.code)).toEqual(['not_found']);
		const next = await verifier.send();
		expect(await verifier.results(next, next.code)).toEqual(['approved']);
	});

	it('creates no database beside the files of a removed one, and says what to remove', async () => {
		const verifier = open();
		const sent = await verifier.send();
		rmSync(file);
		pass(3);
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/was removed while n8n ran$/);
		await expect(verifier.begin()).rejects.toThrow(/is missing, but its files .*-wal and .*-shm are still there$/);
		removeAll();
		const next = await verifier.send();
		expect(await verifier.results(next, next.code)).toEqual(['approved']);
	});

	it('notices a change that happened while the connection was closed', async () => {
		const verifier = open();
		const sent = await verifier.send();
		await verifier.store.close();
		rmSync(file);
		await expect(verifier.check(sent, sent.code)).rejects.toThrow(/was removed while n8n ran$/);
		expect(await verifier.results(sent, sent.code)).toEqual(['not_found']);
	});

	it('takes no notice of what SQLite does to its files', async () => {
		const verifier = open();
		const other = open();
		const sent = await verifier.send();
		for (let round = 1; round <= 3; round += 1) {
			pass(3 * round);
			await other.send({ purpose: `purpose ${round}` });
			await other.store.close();
			inAnotherProcess(file, `database.exec('PRAGMA wal_checkpoint(TRUNCATE)'); database.close();`);
			await verifier.get(sent);
		}
		await verifier.store.close();
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
		expect(log).toEqual([]);
	});

	it('looks at its files at most every two seconds', async () => {
		const verifier = open();
		const sent = await verifier.send();
		jest.spyOn(performance, 'now').mockReturnValue(now());
		rmSync(`${file}-wal`);
		for (let call = 0; call < 10; call += 1) await verifier.get(sent);
		expect(log).toEqual([]);
	});

	it('takes the rights on its files from other users, and says so', async () => {
		const verifier = open();
		const sent = await verifier.send();
		const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
		const files = ['', '-wal', '-shm'].map((suffix) => file + suffix);
		for (const path of files) chmodSync(path, 0o644);
		pass(3);
		expect(await verifier.results(sent, sent.code)).toEqual(['approved']);
		expect(files.map(mode)).toEqual(['600', '600', '600']);
		const sentence = 'Other users of this machine could read or change';
		expect(log).toEqual(files.map((path) => `${sentence} ${path}. The node has set its mode to 600.`));
	});
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import { hour, phoneNumber, secret, type Sent, TestClock, Verifier } from './verifier';

const tables = ['verification', 'delivery', 'counter', 'mark', 'note'];

describe('The purge of expired rows in a SQLite file', () => {
	let verifier: Verifier;
	/** The file as another process sees it. */
	let other: DatabaseSync;

	beforeEach(async () => {
		const file = join(mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'sqlite-')), 'verifications.sqlite');
		const clock = new TestClock();
		const store = new SqliteStore(file, clock.read);
		verifier = new Verifier(new Engine(store, new Keyring([secret])), clock, store);
		await store.probe();
		other = new DatabaseSync(file);
	});
	afterEach(async () => {
		other.close();
		await verifier.store.close();
	});

	const rows = () => {
		const count = (table: string) => Number(other.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count);
		return tables.reduce((sum, table) => sum + count(table), 0);
	};
	/** Changes with each commit of another connection. */
	const version = () => other.prepare('PRAGMA data_version').get()?.data_version;

	const sendMany = async (count: number): Promise<Sent[]> => {
		const sent = await Promise.all(Array.from({ length: count }, (_, i) => verifier.send({ to: phoneNumber(i) })));
		await verifier.engine.vault.firstTime('an event');
		await verifier.engine.notes.set('a name', 'a note', hour);
		return sent;
	};

	test.each<[what: string, ask: (verifier: Verifier) => Promise<unknown>]>([
		[
			'checks',
			({ engine }) => engine.check({ code: '1', by: { verificationId: 'A'.repeat(32) }, namespace: 'n', purpose: 'p' }),
		],
		['claims of dropped messages', ({ engine }) => engine.claimDropped('dialog360')],
	])('deletes all with %s if nothing is sent any more', async (_, ask) => {
		await sendMany(30);
		verifier.clock.advance(8 * 24 * hour);
		for (let left = rows(), before = Infinity; left > 0; before = left, left = rows()) {
			expect(left).toBeLessThan(before);
			await ask(verifier);
		}
	});

	test('deletes a few rows at a time', async () => {
		await sendMany(30);
		verifier.clock.advance(8 * 24 * hour);
		const before = rows();
		await verifier.engine.claimDropped('dialog360');
		expect(before - rows()).toBeLessThanOrEqual(5 * tables.length);
	});

	test('makes no commit if nothing has expired, and a claim makes none if no message is due', async () => {
		await sendMany(30);
		const before = version();
		for (let i = 0; i < 3; i += 1) await verifier.engine.claimDropped('dialog360');
		expect(version()).toBe(before);
		// The claim does not even wait for another process that holds the lock.
		other.exec('BEGIN IMMEDIATE');
		expect(await verifier.engine.claimDropped('dialog360')).toEqual([]);
		other.exec('ROLLBACK');
		await verifier.engine.vault.firstTime('another event');
		expect(version()).not.toBe(before);
	});

	test('deletes faster than many sends add rows', async () => {
		const days = 6;
		const kept: number[] = [];
		for (let day = 0; day < days; day += 1) {
			const sent = await sendMany(100);
			await Promise.all(sent.map((each) => verifier.accepted(each, `wamid.${each.ticket.sendId}`)));
			await Promise.all(sent.map((each) => verifier.check(each, each.code)));
			kept.push(rows());
			verifier.clock.advance(25 * hour);
		}
		const [first = 0] = kept;
		expect(Math.max(...kept)).toBeLessThan(2.5 * first);
	});
});

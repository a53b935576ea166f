import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SqliteStore } from '../verification/stores/sqlite/sqlite-store';
import { inTurns, type Figure, type Sample } from './support/figure';
import { withScratch } from './support/scratch';
import { checksOf, engineOn, entriesOf, freshVerifications, inFlight, singleChecksOf } from './support/verifications';

/** Counts the attempt and compares the code: the minimum work of a check. Each statement is one commit. */
const guarded = `UPDATE verification SET
	attempts = attempts + 1,
	state = CASE WHEN mac = :mac THEN 'approved' WHEN attempts + 1 >= max_attempts THEN 'locked' ELSE state END
	WHERE id = :id AND state = 'pending' AND expires_at > :now AND attempts < max_attempts
	RETURNING state`;

const peer = 'only the UPDATE statement of a check, on a file with the same settings, one after the other';

export const verifySqlite: Figure = {
	name: 'verify.sqlite',
	title: `Checks in SQLite, ${inFlight} at the same time`,
	unit: 'checks/s',
	peer,
	bound: { atLeast: 0.8 },
	measure: () => measure({ rounds: 21, phones: 100 }, checksOf),
};

/** No other check shares the commit. */
export const verifySqliteSingle: Figure = {
	name: 'verify.sqlite.single',
	title: 'Checks in SQLite, one after the other',
	unit: 'checks/s',
	peer,
	measure: () => measure({ rounds: 21, phones: 25 }, singleChecksOf),
};

interface Pace {
	rounds: number;
	/** Phones per round. Each gets a wrong and a right code. */
	phones: number;
}

async function measure({ rounds, phones }: Pace, stepsOf: typeof checksOf): Promise<Sample[]> {
	return await withScratch(async (folder) => {
		const store = new SqliteStore(join(folder, 'checked.sqlite'));
		const engine = engineOn(store);
		const bare = await bareUpdates(join(folder, 'updated.sqlite'));
		const prepare = async () => ({
			ours: stepsOf(engine, await freshVerifications(engine, phones)),
			peers: await bare.prepare(phones),
		});
		try {
			return await inTurns(rounds, prepare, (milliseconds) => (1000 * phones) / milliseconds);
		} finally {
			await store.close();
			await bare.close();
		}
	});
}

/** Runs the statement on a file with the same schema. An engine made its rows, as in the other file. */
async function bareUpdates(file: string) {
	const store = new SqliteStore(file);
	const engine = engineOn(store);
	await freshVerifications(engine, 1);
	const database = new DatabaseSync(file, { timeout: 5000 });
	database.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST; PRAGMA wal_autocheckpoint = 400');
	const update = database.prepare(guarded);
	const stored = database.prepare('SELECT mac FROM verification WHERE id = :id');
	return {
		async prepare(phones: number) {
			const entries = entriesOf(await freshVerifications(engine, phones)).map(({ verificationId: id, expected }) =>
				expected === 'approved'
					? { id, mac: String(stored.get({ id })?.mac), wanted: 'approved' }
					: { id, mac: '', wanted: 'pending' },
			);
			const halves = [entries.slice(0, phones), entries.slice(phones)];
			return halves.map((half) => () => {
				for (const { id, mac, wanted } of half) {
					const state = update.get({ id, mac, now: Date.now() })?.state;
					if (state !== wanted) throw new Error(`The bare statement left ${String(state)} instead of ${wanted}`);
				}
			});
		},
		async close() {
			database.close();
			await store.close();
		},
	};
}

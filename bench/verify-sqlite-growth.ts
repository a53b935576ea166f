import { join } from 'node:path';
import { SqliteStore } from '../verification/stores/sqlite/sqlite-store';
import { inTurns, type Figure } from './support/figure';
import { fillSqlite } from './support/fill-sqlite';
import { withScratch } from './support/scratch';
import { checkWith, engineOn, entriesOf, freshVerifications } from './support/verifications';

const many = 1_000_000;
const few = 1000;
const rounds = 20;
const phonesARound = 15;

/** Fills a store with `count` live verifications. `steps` returns the checks of the next round. */
async function checksAmong(file: string, count: number) {
	const checked = (rounds + 1) * phonesARound;
	await fillSqlite(file, count - checked);
	const store = new SqliteStore(file);
	const engine = engineOn(store);
	const fresh = await freshVerifications(engine, checked);
	return {
		steps: () => entriesOf(fresh.splice(0, phonesARound)).map((entry) => () => checkWith(engine, entry)),
		close: () => store.close(),
	};
}

export const verifySqliteGrowth: Figure = {
	name: 'verify.sqlite.growth',
	title: 'A check in SQLite among 1,000,000 pending verifications',
	unit: 'ms',
	peer: 'a check among 1,000',
	bound: { atMost: 1.3 },
	measure: () =>
		withScratch(async (folder) => {
			const among = await checksAmong(join(folder, 'many.sqlite'), many);
			const alone = await checksAmong(join(folder, 'few.sqlite'), few);
			try {
				const prepare = () => ({ ours: among.steps(), peers: alone.steps() });
				return await inTurns(rounds, prepare, (milliseconds) => milliseconds);
			} finally {
				await among.close();
				await alone.close();
			}
		}),
};

import { DatabaseSync } from 'node:sqlite';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import { RandomIds } from './random-ids';
import { engineOn, freshVerifications } from './verifications';

/** The values of a row as SQL literals, by column. */
type Row = Map<string, string>;

interface Table {
	name: string;
	/** The columns of all indexes. */
	keys: string[];
	/** The columns of the primary key. */
	primary: string[];
	rows: Row[];
}

/**
 * Fills a new store with `count` live verifications, each of another phone. The engine makes the first one. The others
 * are copies of all its rows with other random ids.
 */
export async function fillSqlite(file: string, count: number): Promise<void> {
	const store = new SqliteStore(file);
	await freshVerifications(engineOn(store), 1);
	await store.close();
	const database = new DatabaseSync(file);
	try {
		// If this fails, the file is thrown away, so it needs no journal.
		database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; BEGIN');
		copyAll(database, count - 1);
		database.exec('COMMIT; PRAGMA journal_mode = WAL');
		const rows = database.prepare('SELECT count(*) AS count FROM verification').get()?.count;
		if (rows !== count) throw new Error(`The store holds ${String(rows)} verifications instead of ${count}`);
	} finally {
		database.close();
	}
}

function copyAll(database: DatabaseSync, copies: number): void {
	const tables = texts(database, "SELECT name FROM sqlite_schema WHERE type = 'table'").map((name) =>
		readTable(database, name),
	);
	const names = RandomIds.in(
		tables.flatMap(({ keys, rows }) => rows.flatMap((row) => keys.map((key) => row.get(key) ?? ''))),
	);
	const indexes = "FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
	const creations = texts(database, `SELECT sql ${indexes}`);
	for (const index of texts(database, `SELECT name ${indexes}`)) database.exec(`DROP INDEX ${index}`);
	const random = names.lengths.map(
		(length, i) => `substr(lower(hex(randomblob(${length}))), 1, ${length}) AS name${i}`,
	);
	database.exec(
		`CREATE TEMP TABLE copy AS
		WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < ${copies})
		SELECT ${random.join(', ')} FROM number`,
	);
	for (const table of tables) copyRows(database, table, names);
	database.exec('DROP TABLE copy');
	// To sort once is much faster than a million insertions, and gives the same index.
	for (const creation of creations) database.exec(creation);
}

/** Rows without a random id belong to all verifications and are not copied. */
function copyRows(database: DatabaseSync, { name, keys, primary, rows }: Table, names: RandomIds): void {
	for (const row of rows) {
		const values = [...row].map(([column, value]) => (keys.includes(column) ? renamed(value, names) : value));
		if (!values.some((value) => value.includes(' || name'))) continue;
		const columns = [...row.keys()];
		const order = primary.map((column) => columns.indexOf(column) + 1).join(', ');
		database.exec(
			`INSERT INTO ${name} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM copy ORDER BY ${order}`,
		);
	}
}

const renamed = (quoted: string, names: RandomIds): string =>
	names
		.cut(quoted)
		.map((piece) => (typeof piece === 'number' ? `' || name${piece} || '` : piece))
		.join('');

function readTable(database: DatabaseSync, name: string): Table {
	const columns = texts(database, `SELECT name FROM pragma_table_info('${name}')`);
	const primary = texts(database, `SELECT name FROM pragma_table_info('${name}') WHERE pk > 0 ORDER BY pk`);
	const indexed = `SELECT DISTINCT info.name FROM pragma_index_list('${name}') list, pragma_index_info(list.name) info`;
	const quoted = columns.map((column) => `quote(${column}) AS ${column}`).join(', ');
	const rows = database.prepare(`SELECT ${quoted} FROM ${name}`).all();
	return {
		name,
		primary,
		keys: [...new Set([...primary, ...texts(database, indexed)])],
		rows: rows.map((row) => new Map(Object.entries(row).map(([column, value]) => [column, String(value)]))),
	};
}

function texts(database: DatabaseSync, sql: string): string[] {
	return database
		.prepare(sql)
		.all()
		.map((row) => String(Object.values(row)[0]));
}

import type { DatabaseSync } from 'node:sqlite';

/** One entry per schema version. A released entry never changes; a new version adds an entry. */
const migrations = [
	`CREATE TABLE verification (
		id TEXT PRIMARY KEY, namespace TEXT NOT NULL, phone_key TEXT NOT NULL, purpose TEXT NOT NULL,
		state TEXT NOT NULL, key_id TEXT NOT NULL, mac TEXT, shape TEXT NOT NULL,
		attempts INTEGER NOT NULL, max_attempts INTEGER NOT NULL, sends INTEGER NOT NULL, max_sends INTEGER NOT NULL,
		created_at INTEGER NOT NULL, deadline_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, resend_at INTEGER NOT NULL,
		verified_at INTEGER, sealed_phone TEXT NOT NULL, sealed_metadata TEXT NOT NULL, purge_at INTEGER NOT NULL
	) STRICT, WITHOUT ROWID;
	CREATE INDEX verification_by_phone ON verification (phone_key, purpose, created_at);
	CREATE INDEX verification_by_purge ON verification (purge_at);

	CREATE TABLE delivery (
		send_id TEXT PRIMARY KEY, verification_id TEXT NOT NULL, number INTEGER NOT NULL, provider TEXT NOT NULL,
		status TEXT NOT NULL, message_key TEXT, sealed_message_id TEXT, sealed_wa_id TEXT, sealed_error TEXT,
		times TEXT NOT NULL, drop_at INTEGER, idempotency_key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL,
		started_at INTEGER NOT NULL, replaced TEXT, purge_at INTEGER NOT NULL
	) STRICT, WITHOUT ROWID;
	CREATE INDEX delivery_by_verification ON delivery (verification_id, number);
	CREATE INDEX delivery_by_message ON delivery (message_key) WHERE message_key IS NOT NULL;
	CREATE INDEX delivery_by_drop ON delivery (provider, drop_at) WHERE drop_at IS NOT NULL;
	CREATE INDEX delivery_by_purge ON delivery (purge_at);

	CREATE TABLE counter (key TEXT PRIMARY KEY, stamps TEXT NOT NULL, purge_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	CREATE INDEX counter_by_purge ON counter (purge_at);

	CREATE TABLE mark (key TEXT PRIMARY KEY, purge_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	CREATE INDEX mark_by_purge ON mark (purge_at);

	CREATE TABLE note (key TEXT PRIMARY KEY, note TEXT NOT NULL, purge_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	CREATE INDEX note_by_purge ON note (purge_at);`,
];

/** Brings a database to the newest schema version. One transaction, so that several processes can start at once. */
export function migrate(database: DatabaseSync): void {
	database.exec('BEGIN IMMEDIATE');
	try {
		const row = database.prepare('PRAGMA user_version').get();
		const version = Number(row?.user_version ?? 0);
		if (version > migrations.length) {
			throw new Error(`the file was written by a newer release of this package (schema ${version})`);
		}
		for (const migration of migrations.slice(version)) database.exec(migration);
		if (version < migrations.length) database.exec(`PRAGMA user_version = ${migrations.length}`);
		database.exec('COMMIT');
	} catch (error) {
		database.exec('ROLLBACK');
		throw error;
	}
}

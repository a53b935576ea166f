import type { DatabaseSync } from 'node:sqlite';

import type {
	BeginAnswer,
	BeginRequest,
	CheckAnswer,
	CheckAttempt,
	DeliveryAnswer,
	DeliveryNews,
	EndAnswer,
	Ending,
	MessageQuery,
	SendReport,
	StoredVerification,
	VerificationQuery,
	VerificationStore,
} from '../store';
import { begin } from './begin';
import { check } from './check';
import { recordDelivery, recordSend } from './deliveries';
import { explainSqliteError, openDatabase } from './open';
import { Statements } from './rows';
import { end, get } from './records';

/** How much is tidied away with each new send: a bounded pause, and more than a send adds. */
const purgeBatch = 20;

/** Milliseconds since 1970. */
export type Clock = () => number;

/**
 * Verifications in one SQLite file (WAL, synchronous FULL), for any number of processes of one host.
 * Every verb is one transaction that holds the write lock from its first read on.
 */
export class SqliteStore implements VerificationStore {
	private database: DatabaseSync | undefined;
	private statements: Statements | undefined;

	/** @param path of the file; its folder is made with mode 0700, the file with 0600 */
	constructor(
		private readonly path: string,
		private readonly clock: Clock = Date.now,
	) {}

	begin(request: BeginRequest): Promise<BeginAnswer> {
		return this.atomically((statements, now) => {
			purge(statements, now);
			return begin(statements, now, request);
		});
	}

	recordSend(report: SendReport): Promise<StoredVerification | undefined> {
		return this.atomically((statements, now) => recordSend(statements, now, report));
	}

	check(attempt: CheckAttempt): Promise<CheckAnswer> {
		return this.atomically((statements, now) => check(statements, now, attempt));
	}

	recordDelivery(news: DeliveryNews): Promise<DeliveryAnswer | undefined> {
		return this.atomically((statements, now) => recordDelivery(statements, now, news));
	}

	get(query: VerificationQuery | MessageQuery): Promise<StoredVerification | undefined> {
		return this.guarded(async () => get(await this.open(), this.clock(), query));
	}

	end(ending: Ending): Promise<EndAnswer | undefined> {
		return this.atomically((statements, now) => end(statements, now, ending));
	}

	probe(): Promise<string[]> {
		// Whatever can begin to write and be rolled back can be written.
		return this.guarded(async () => {
			const statements = await this.open();
			statements.run('BEGIN IMMEDIATE', {});
			statements.run('ROLLBACK', {});
			return [];
		});
	}

	async close(): Promise<void> {
		this.database?.close();
		this.database = undefined;
		this.statements = undefined;
	}

	private atomically<Result>(step: (statements: Statements, now: number) => Result): Promise<Result> {
		return this.guarded(async () => {
			const statements = await this.open();
			statements.run('BEGIN IMMEDIATE', {});
			try {
				// Read under the lock: a step that waited for another process decides by the time it got its turn.
				const result = step(statements, this.clock());
				statements.run('COMMIT', {});
				return result;
			} catch (error) {
				// A statement that failed on a full disk has rolled back already, and ROLLBACK would hide its reason.
				if (this.database?.isTransaction === true) statements.run('ROLLBACK', {});
				throw error;
			}
		});
	}

	private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
		try {
			return await work();
		} catch (error) {
			throw explainSqliteError(error, this.path);
		}
	}

	private async open(): Promise<Statements> {
		if (this.statements === undefined) {
			const database = await openDatabase(this.path);
			// Another call may have opened it while this one waited for the module.
			if (this.statements === undefined) {
				this.database = database;
				this.statements = new Statements(database);
			} else database.close();
		}
		return this.statements;
	}
}

function purge(statements: Statements, now: number): void {
	for (const [table, key] of [['verification', 'id'], ['delivery', 'send_id'], ['counter', 'key']]) {
		statements.run(
			`DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE purge_at <= :now LIMIT ${purgeBatch})`,
			{ now },
		);
	}
}

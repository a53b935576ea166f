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
import { Commits, type Clock, type Connection, type Step } from './commits';
import { recordDelivery, recordSend } from './deliveries';
import { codeOf, explainSqliteError, lockedCode, openDatabase } from './open';
import { Statements } from './rows';
import { end, get } from './records';

/** How much is tidied away with each new send: a bounded pause, and more than a send adds. */
const purgeBatch = 20;

/**
 * Verifications in one SQLite file (WAL, synchronous FULL), for any number of processes of one host.
 * Every verb that writes is one step of a transaction that holds the write lock from its first read on.
 */
export class SqliteStore implements VerificationStore {
	private connection: Promise<Connection> | undefined;
	private readonly commits: Commits;

	/** @param path of the file; its folder is made with mode 0700, the file with 0600 */
	constructor(
		private readonly path: string,
		private readonly clock: Clock = Date.now,
	) {
		this.commits = new Commits(() => this.open(), clock);
	}

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
		return this.guarded(async () => get((await this.open()).statements, this.clock(), query));
	}

	end(ending: Ending): Promise<EndAnswer | undefined> {
		return this.atomically((statements, now) => end(statements, now, ending));
	}

	probe(): Promise<string[]> {
		// SQLite lets a transaction begin on a file that is read-only; only a statement that writes is refused.
		return this.atomically((statements, now) => {
			purge(statements, now);
			return [];
		});
	}

	async close(): Promise<void> {
		const { connection } = this;
		this.connection = undefined;
		(await connection?.catch(() => undefined))?.database.close();
	}

	private atomically<Result>(step: Step<Result>): Promise<Result> {
		return this.guarded(() => this.commits.make(step));
	}

	private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
		try {
			return await work();
		} catch (error) {
			// Somebody may mend or replace the file, so only a lock is waited out on the same connection.
			if (codeOf(error) !== lockedCode) await this.close();
			throw explainSqliteError(error, this.path);
		}
	}

	/** Calls that come together share one connection. */
	private open(): Promise<Connection> {
		this.connection ??= openDatabase(this.path).then((database) => {
			return { database, statements: new Statements(database) };
		});
		return this.connection;
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

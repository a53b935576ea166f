import type {
	BeginAnswer,
	BeginRequest,
	CheckAnswer,
	CheckAttempt,
	DeliveryAnswer,
	DeliveryNews,
	DropClaim,
	EndAnswer,
	Ending,
	MessageQuery,
	SendReport,
	StoredMessage,
	StoredVerification,
	VerificationQuery,
	VerificationStore,
} from '../store';
import { begin } from './begin';
import { check } from './check';
import { Commits, type Clock, type Connection, type Step, type Synchronous } from './group-commit';
import { recordDelivery, recordSend } from './deliveries';
import { claimDropped, hasDue } from './dropped-messages';
import { codeOf, explainSqliteError, lockedCode } from './errors';
import { remember } from './marks';
import { forget, keep, kept } from './notes';
import { openDatabase } from './open-database';
import { whileLocked } from './lock-retry';
import { hasExpired } from './purge';
import { end, get } from './verifications';
import { Statements } from './rows';

/**
 * Verifications in one SQLite file (WAL), for any number of processes of one host. What was sent and what was checked
 * waits for the disk (synchronous FULL); what webhooks tell, which opens nothing, does not keep them waiting for it: a
 * power cut can lose the last of it, and a delivery be told as dropped.
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
		return this.atomically((statements, now) => begin(statements, now, request));
	}

	recordSend(report: SendReport): Promise<StoredVerification | undefined> {
		return this.atomically((statements, now) => recordSend(statements, now, report));
	}

	check(attempt: CheckAttempt): Promise<CheckAnswer> {
		return this.atomically((statements, now) => check(statements, now, attempt));
	}

	recordDelivery(news: DeliveryNews): Promise<DeliveryAnswer | undefined> {
		return this.atomically((statements, now) => recordDelivery(statements, now, news), 'NORMAL');
	}

	get(query: VerificationQuery | MessageQuery): Promise<StoredVerification | undefined> {
		return this.reading((statements, now) => get(statements, now, query));
	}

	end(ending: Ending): Promise<EndAnswer | undefined> {
		return this.atomically((statements, now) => end(statements, now, ending));
	}

	remember(mark: string, forMs: number): Promise<boolean> {
		return this.atomically((statements, now) => remember(statements, now, mark, forMs), 'NORMAL');
	}

	keep(key: string, note: string, forMs: number): Promise<void> {
		return this.atomically((statements, now) => keep(statements, now, key, note, forMs));
	}

	kept(key: string): Promise<string | undefined> {
		return this.reading((statements, now) => kept(statements, now, key));
	}

	forget(key: string): Promise<void> {
		return this.atomically((statements) => forget(statements, key));
	}

	async claimDropped(claim: DropClaim): Promise<StoredMessage[]> {
		while (await this.reading((statements, now) => hasDue(statements, now, claim.provider))) {
			const claimed = await this.atomically((statements, now) => claimDropped(statements, now, claim));
			// Else another process was faster, or of what was due nothing is left.
			if (claimed.length > 0) return claimed;
		}
		// Somebody asks every now and then, also where nothing is sent any more: an empty commit purges.
		if (await this.reading(hasExpired)) await this.atomically(() => undefined);
		return [];
	}

	probe(): Promise<string[]> {
		// SQLite lets a transaction begin on a file that is read-only; only a statement that writes is refused.
		return this.atomically((statements) => {
			statements.run(`DELETE FROM mark WHERE key = ''`, {});
			return [];
		});
	}

	async close(): Promise<void> {
		const { connection } = this;
		this.connection = undefined;
		(await connection?.catch(() => undefined))?.database.close();
	}

	private reading<Result>(step: Step<Result>): Promise<Result> {
		return this.guarded(() => whileLocked(async () => step((await this.open()).statements, this.clock())));
	}

	private atomically<Result>(step: Step<Result>, synchronous?: Synchronous): Promise<Result> {
		return this.guarded(() => this.commits.make(step, synchronous));
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
		this.connection ??= openDatabase(this.path).then(
			(database) => ({ database, statements: new Statements(database) }),
			(error: unknown) => {
				this.connection = undefined;
				throw error;
			},
		);
		return this.connection;
	}
}

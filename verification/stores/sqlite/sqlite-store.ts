import type { KeyValue, Verifications, VerificationStore } from '../store';
import { begin } from './begin';
import { check, checkPhone } from './check';
import { recordDelivery, recordSend } from './deliveries';
import { claimDropped, hasDue } from './dropped-messages';
import { codeOf, explainSqliteError, lockedCode } from './errors';
import { GroupCommit, type Clock, type OpenDatabase, type Synchronous, type TransactionStep } from './group-commit';
import { deleteValue, getValue, setOnce, setValue } from './key-value';
import { retryWhileLocked } from './lock-retry';
import { openDatabase } from './open-database';
import { hasExpired } from './purge';
import { Statements } from './statements';
import { end, get } from './verifications';

/**
 * Verifications in one SQLite file (WAL), for any number of processes of one host. Every verb that writes is one step
 * of a transaction that holds the write lock from its first read on.
 *
 * Sends and checks wait for the disk (synchronous FULL). Webhook events do not wait for it, because they approve
 * nothing: a power cut can lose the last ones, and then a delivered message counts as dropped.
 */
export class SqliteStore implements VerificationStore {
	private opened: Promise<OpenDatabase> | undefined;
	private readonly commits: GroupCommit;

	/** @param path of the file; its folder is created with mode 0700, the file with 0600 */
	constructor(
		private readonly path: string,
		private readonly clock: Clock = Date.now,
	) {
		this.commits = new GroupCommit(() => this.open(), clock);
	}

	readonly verifications: Verifications = {
		begin: (attempt) => this.write((statements, now) => begin(statements, now, attempt)),
		recordSend: (report) => this.write((statements, now) => recordSend(statements, now, report)),
		check: (attempt) => this.write((statements, now) => check(statements, now, attempt)),
		checkPhone: (attempt) => this.write((statements, now) => checkPhone(statements, now, attempt)),
		recordDelivery: (update) => this.write((statements, now) => recordDelivery(statements, now, update), 'NORMAL'),
		get: (query) => this.read((statements, now) => get(statements, now, query)),
		end: (ending) => this.write((statements, now) => end(statements, now, ending)),
		claimDropped: async (claim) => {
			while (await this.read((statements, now) => hasDue(statements, now, claim.provider))) {
				const claimed = await this.write((statements, now) => claimDropped(statements, now, claim));
				// Empty if another process claimed first, or the verifications of the due sends are gone.
				if (claimed.length > 0) return claimed;
			}
			// Claims come regularly, even if nothing is sent any more. So an empty commit purges here.
			if (await this.read(hasExpired)) await this.write(() => undefined);
			return [];
		},
	};

	readonly keyValue: KeyValue = {
		setOnce: (key, forMs) => this.write((statements, now) => setOnce(statements, now, key, forMs), 'NORMAL'),
		set: (key, value, forMs) => this.write((statements, now) => setValue(statements, now, key, value, forMs)),
		get: (key) => this.read((statements, now) => getValue(statements, now, key)),
		delete: (key) => this.write((statements) => deleteValue(statements, key)),
	};

	probe(): Promise<string[]> {
		// SQLite lets a transaction begin on a file that is read-only; only a statement that writes is refused.
		return this.write((statements) => {
			statements.run(`DELETE FROM mark WHERE key = ''`, {});
			return [];
		});
	}

	async close(): Promise<void> {
		const { opened } = this;
		this.opened = undefined;
		(await opened?.catch(() => undefined))?.database.close();
	}

	private read<Result>(step: TransactionStep<Result>): Promise<Result> {
		return this.guarded(() => retryWhileLocked(async () => step((await this.open()).statements, this.clock())));
	}

	private write<Result>(step: TransactionStep<Result>, synchronous?: Synchronous): Promise<Result> {
		return this.guarded(() => this.commits.run(step, synchronous));
	}

	private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
		try {
			return await work();
		} catch (error) {
			// A person may repair or replace the file, so the connection is kept only if the file was locked.
			if (codeOf(error) !== lockedCode) await this.close();
			throw explainSqliteError(error, this.path);
		}
	}

	/** Calls at the same time share one connection. */
	private open(): Promise<OpenDatabase> {
		this.opened ??= openDatabase(this.path).then(
			(database) => ({ database, statements: new Statements(database) }),
			(error: unknown) => {
				this.opened = undefined;
				throw error;
			},
		);
		return this.opened;
	}
}

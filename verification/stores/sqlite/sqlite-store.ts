import { IdleTimer } from '../idle-timer';
import type { KeyValue, Verifications, VerificationStore } from '../store';
import { warnProcess, type Warn } from '../watch';
import { begin } from './begin';
import { check, checkPhone } from './check';
import { recordDelivery, recordSend } from './deliveries';
import { claimDropped, hasDue } from './dropped-messages';
import { codeOf, explainSqliteError, lockedCode } from './errors';
import { FileWatch } from './file-watch';
import { GroupCommit, type Clock, type OpenDatabase, type Synchronous, type TransactionStep } from './group-commit';
import { deleteValue, getValue, setOnce, setValue } from './key-value';
import { retryWhileLocked } from './lock-retry';
import { openDatabase, type OpenFile } from './open-database';
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
	private opened: Promise<OpenDatabase & OpenFile> | undefined;
	/** Ends when the connection before this one is closed. */
	private closing: Promise<void> | undefined;
	private readonly commits: GroupCommit;
	private readonly watch: FileWatch;
	private readonly idle: IdleTimer | undefined;

	/**
	 * @param path of the file; its folder is created with mode 0700, the file with 0600
	 * @param warn gets a sentence if another program changes the file
	 * @param idleMs after which the file is closed; undefined: it stays open, so that a change is noticed without a call
	 */
	constructor(
		private readonly path: string,
		private readonly clock: Clock = Date.now,
		warn: Warn = warnProcess,
		idleMs?: number,
	) {
		this.idle = idleMs === undefined ? undefined : new IdleTimer(() => void this.close(), idleMs);
		this.commits = new GroupCommit(() => this.open(), clock);
		this.watch = new FileWatch(path, warn);
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

	/** A closed store opens again with its next call. */
	async close(): Promise<void> {
		const { opened, closing } = this;
		this.idle?.stop();
		if (opened === undefined) return closing;
		this.opened = undefined;
		this.watch.pause();
		this.closing = opened.then(
			(file) => file.close(),
			() => undefined,
		);
		return this.closing;
	}

	private read<Result>(step: TransactionStep<Result>): Promise<Result> {
		return this.guarded(() => retryWhileLocked(async () => step((await this.open()).statements, this.clock())));
	}

	private write<Result>(step: TransactionStep<Result>, synchronous?: Synchronous): Promise<Result> {
		return this.guarded(() => this.commits.run(step, synchronous));
	}

	private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
		try {
			return await (this.idle?.during(work) ?? work());
		} catch (error) {
			// A person may repair or replace the file, so the connection is kept only if the file was locked.
			if (codeOf(error) !== lockedCode) await this.closeAfterError();
			throw explainSqliteError(error, this.path);
		}
	}

	private async closeAfterError(): Promise<void> {
		const closed = this.close();
		this.watch.forget();
		await closed;
	}

	/** Calls at the same time share one connection. @throws StoreUnavailableError once if another program changed it */
	private open(): Promise<OpenDatabase & OpenFile> {
		const change = this.watch.change();
		if (change !== undefined) {
			// At once, so that no other call of this turn uses the connection.
			void this.closeAfterError();
			throw change;
		}
		this.opened ??= this.openFile().catch((error: unknown) => {
			this.opened = undefined;
			throw error;
		});
		return this.opened;
	}

	private async openFile(): Promise<OpenDatabase & OpenFile> {
		await this.closing;
		const file = await openDatabase(this.path);
		this.watch.start();
		return { ...file, statements: new Statements(file.database) };
	}
}

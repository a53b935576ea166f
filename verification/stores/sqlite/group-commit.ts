import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { codeOf, lockedCode } from './errors';
import { patience, whileLocked } from './lock-retry';
import { purge } from './purge';
import type { Statements } from './rows';

/** Milliseconds since 1970. */
export type Clock = () => number;

/** What a verb reads and writes, and nothing else: it may be undone and made again. */
export type Step<Result> = (statements: Statements, now: number) => Result;

export interface Connection {
	database: DatabaseSync;
	statements: Statements;
}

/**
 * What a commit survives: NORMAL the end of the process, FULL a power cut too, which could revive a used code
 * (docs/reference/verification-rules.md 4). A commit that waits for the disk brings all before it there.
 */
export type Synchronous = 'FULL' | 'NORMAL';

interface Caller {
	/** Makes the step. @returns how to answer the caller once the disk has it */
	make(connection: Connection): () => void;
	refuse(error: unknown): void;
	synchronous: Synchronous;
	/** When it came, by the clock of `performance`. */
	since: number;
}

/** Most steps of one commit: some 10 ms, for which the process does nothing else and other processes wait. */
const mostAtOnce = 64;

/**
 * The steps that come in one turn of the event loop share a transaction, as a commit waits for the disk longer than
 * they take together. Each still sees what those before it did, and nobody is answered before the commit.
 */
export class Commits {
	private readonly waiting: Caller[] = [];
	private isWorking = false;
	private readonly levels = new WeakMap<DatabaseSync, Synchronous>();

	constructor(
		private readonly open: () => Promise<Connection>,
		private readonly clock: Clock,
	) {}

	make<Result>(step: Step<Result>, synchronous: Synchronous = 'FULL'): Promise<Result> {
		return new Promise((resolve, reject) => {
			const make = ({ statements }: Connection) => {
				// Read under the lock: a step that waited for another process decides by the time it got its turn.
				const result = step(statements, this.clock());
				return () => resolve(result);
			};
			this.waiting.push({ make, refuse: reject, synchronous, since: performance.now() });
			if (!this.isWorking) void this.commitWaiting();
		});
	}

	private async commitWaiting(): Promise<void> {
		this.isWorking = true;
		while (this.waiting.length > 0) {
			await turn();
			const [first, ...others] = this.waiting.splice(0, mostAtOnce);
			if (first !== undefined) await this.commit([first, ...others]);
		}
		this.isWorking = false;
	}

	/** One that fails spoils no other: all is undone then, and each is made again by itself. */
	private async commit(callers: readonly [Caller, ...Caller[]]): Promise<void> {
		let opened: Connection | undefined;
		try {
			const transact = async () => {
				opened = undefined;
				opened = await this.open();
				return this.transact(opened, callers);
			};
			for (const answer of await whileLocked(transact, callers[0].since + patience)) answer();
		} catch (error) {
			const isOfOne = callers.length > 1 && opened !== undefined && codeOf(error) !== lockedCode;
			if (isOfOne) for (const caller of callers) await this.commit([caller]);
			else for (const caller of callers) caller.refuse(error);
		}
	}

	private transact({ database, statements }: Connection, callers: readonly Caller[]): Array<() => void> {
		this.setLevel(database, callers.some(({ synchronous }) => synchronous === 'FULL') ? 'FULL' : 'NORMAL');
		statements.run('BEGIN IMMEDIATE', {});
		try {
			const answers = callers.map((caller) => caller.make({ database, statements }));
			purge(statements, this.clock(), callers.length);
			statements.run('COMMIT', {});
			return answers;
		} catch (error) {
			// A statement that failed on a full disk has rolled back already, and ROLLBACK would hide its reason.
			if (database.isTransaction) statements.run('ROLLBACK', {});
			throw error;
		}
	}

	private setLevel(database: DatabaseSync, level: Synchronous): void {
		if (this.levels.get(database) === level) return;
		// Not as a prepared statement: SQLite obeys while it compiles this one, and not when it runs.
		database.exec(`PRAGMA synchronous = ${level}`);
		this.levels.set(database, level);
	}
}

import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { codeOf, lockedCode } from './errors';
import { lockTimeout, retryWhileLocked } from './lock-retry';
import { purge } from './purge';
import type { Statements } from './statements';

/** Milliseconds since 1970. */
export type Clock = () => number;

/** What a verb reads and writes. It has no other effect, because it may be rolled back and run again. */
export type TransactionStep<Result> = (statements: Statements, now: number) => Result;

export interface OpenDatabase {
	database: DatabaseSync;
	statements: Statements;
}

/**
 * What a commit survives: NORMAL the end of the process, FULL also a power cut, which could make a used code valid
 * again (docs/reference/verification-rules.md 4). A FULL commit also secures all commits before it.
 */
export type Synchronous = 'FULL' | 'NORMAL';

interface QueuedStep {
	/** Runs the step. @returns a function that answers the caller, to be called after the commit */
	run(opened: OpenDatabase): () => void;
	reject(error: unknown): void;
	synchronous: Synchronous;
	/** When it was queued, by the clock of `performance`. */
	since: number;
}

/** Steps of one commit. They take about 10 ms, and during this time this process and other writers wait. */
const maxSteps = 64;

/**
 * Steps that come in one turn of the event loop share a transaction, because a commit waits for the disk longer than
 * all of them take. Each step still sees the changes of the steps before it. Callers are answered after the commit.
 */
export class GroupCommit {
	private readonly waiting: QueuedStep[] = [];
	private isWorking = false;
	private readonly levels = new WeakMap<DatabaseSync, Synchronous>();

	constructor(
		private readonly open: () => Promise<OpenDatabase>,
		private readonly clock: Clock,
	) {}

	run<Result>(step: TransactionStep<Result>, synchronous: Synchronous = 'FULL'): Promise<Result> {
		return new Promise((resolve, reject) => {
			const run = ({ statements }: OpenDatabase) => {
				// The clock is read under the lock: a step that waited for another process decides by the present time.
				const result = step(statements, this.clock());
				return () => resolve(result);
			};
			this.waiting.push({ run, reject, synchronous, since: performance.now() });
			if (!this.isWorking) void this.commitWaiting();
		});
	}

	private async commitWaiting(): Promise<void> {
		this.isWorking = true;
		while (this.waiting.length > 0) {
			await nextTurn();
			const [first, ...others] = this.waiting.splice(0, maxSteps);
			if (first !== undefined) await this.commit([first, ...others]);
		}
		this.isWorking = false;
	}

	/** If one step fails, the transaction is rolled back and each step runs again in a separate one. */
	private async commit(steps: readonly [QueuedStep, ...QueuedStep[]]): Promise<void> {
		let opened: OpenDatabase | undefined;
		try {
			const transact = async () => {
				opened = undefined;
				opened = await this.open();
				return this.transact(opened, steps);
			};
			for (const answer of await retryWhileLocked(transact, steps[0].since + lockTimeout)) answer();
		} catch (error) {
			const canRunEach = steps.length > 1 && opened !== undefined && codeOf(error) !== lockedCode;
			if (canRunEach) for (const step of steps) await this.commit([step]);
			else for (const step of steps) step.reject(error);
		}
	}

	private transact({ database, statements }: OpenDatabase, steps: readonly QueuedStep[]): Array<() => void> {
		this.setLevel(database, steps.some(({ synchronous }) => synchronous === 'FULL') ? 'FULL' : 'NORMAL');
		statements.run('BEGIN IMMEDIATE', {});
		try {
			const answers = steps.map((step) => step.run({ database, statements }));
			purge(statements, this.clock(), steps.length);
			statements.run('COMMIT', {});
			return answers;
		} catch (error) {
			// On a full disk SQLite has rolled back already, and ROLLBACK would replace the error by another one.
			if (database.isTransaction) statements.run('ROLLBACK', {});
			throw error;
		}
	}

	private setLevel(database: DatabaseSync, level: Synchronous): void {
		if (this.levels.get(database) === level) return;
		// Not a prepared statement: SQLite applies this pragma while it compiles it, not when it runs.
		database.exec(`PRAGMA synchronous = ${level}`);
		this.levels.set(database, level);
	}
}

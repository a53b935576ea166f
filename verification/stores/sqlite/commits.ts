import type { DatabaseSync } from 'node:sqlite';

import { codeOf, lockedCode } from './open';
import type { Statements } from './rows';

/** Milliseconds since 1970. */
export type Clock = () => number;

/** What a verb reads and writes, and nothing else: it may be undone and made again. */
export type Step<Result> = (statements: Statements, now: number) => Result;

export interface Connection {
	database: DatabaseSync;
	statements: Statements;
}

interface Caller {
	/** Makes the step. @returns how to answer the caller once the disk has it */
	make(connection: Connection): () => void;
	refuse(error: unknown): void;
}

/** Most steps of one commit: some 10 ms, for which the process does nothing else and other processes wait. */
const mostAtOnce = 64;

/**
 * The steps that come in one turn of the event loop share a transaction, as a commit waits for the disk longer than
 * they take together. Each still sees what those before it did, and nobody is answered before the commit.
 */
export class Commits {
	private readonly waiting: Caller[] = [];
	private isDue = false;

	constructor(
		private readonly open: () => Promise<Connection>,
		private readonly clock: Clock,
	) {}

	make<Result>(step: Step<Result>): Promise<Result> {
		return new Promise((resolve, reject) => {
			const make = ({ statements }: Connection) => {
				// Read under the lock: a step that waited for another process decides by the time it got its turn.
				const result = step(statements, this.clock());
				return () => resolve(result);
			};
			this.waiting.push({ make, refuse: reject });
			this.plan();
		});
	}

	private plan(): void {
		if (this.isDue || this.waiting.length === 0) return;
		this.isDue = true;
		setImmediate(() => void this.commitWaiting());
	}

	private async commitWaiting(): Promise<void> {
		const connection = await this.open().catch((error: unknown) => ({ error }));
		this.isDue = false;
		const callers = this.waiting.splice(0, mostAtOnce);
		this.plan();
		if ('error' in connection) for (const caller of callers) caller.refuse(connection.error);
		else commit(connection, callers);
	}
}

/** One that fails spoils no other: all is undone then, and each is made again by itself. */
function commit(connection: Connection, callers: readonly Caller[]): void {
	try {
		for (const answer of transact(connection, callers)) answer();
	} catch (error) {
		// A lock was waited for long enough once.
		if (callers.length > 1 && codeOf(error) !== lockedCode) for (const caller of callers) commit(connection, [caller]);
		else for (const caller of callers) caller.refuse(error);
	}
}

function transact({ database, statements }: Connection, callers: readonly Caller[]): Array<() => void> {
	statements.run('BEGIN IMMEDIATE', {});
	try {
		const answers = callers.map((caller) => caller.make({ database, statements }));
		statements.run('COMMIT', {});
		return answers;
	} catch (error) {
		// A statement that failed on a full disk has rolled back already, and ROLLBACK would hide its reason.
		if (database.isTransaction) statements.run('ROLLBACK', {});
		throw error;
	}
}

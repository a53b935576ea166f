import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { N8n } from '../../dev/n8n/launch';

/** Milliseconds between two queries. A webhook takes longer. */
const pause = 2;
const timeout = 60_000;

/**
 * Reads from n8n's database which executions still run, without any work for n8n. n8n answers a webhook before its
 * execution has ended. A clock that stops at the answer would leave the rest of the work to the next measurement.
 */
export class Executions {
	private readonly database: DatabaseSync;

	constructor({ dataFolder }: N8n) {
		const file = join(dataFolder, '.n8n', 'database.sqlite');
		this.database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
	}

	/** The number of executions since n8n was installed. */
	started(): number {
		return this.number("SELECT seq FROM sqlite_sequence WHERE name = 'execution_entity'");
	}

	/** Waits until no execution runs. @throws if that takes longer than a minute */
	async ended(): Promise<void> {
		const deadline = Date.now() + timeout;
		// An execution that is not saved keeps the status 'running'. n8n marks it as deleted when it has ended.
		while (this.number('SELECT count(*) FROM execution_entity WHERE deletedAt IS NULL AND stoppedAt IS NULL') > 0) {
			if (Date.now() > deadline) throw new Error('Executions still run after a minute');
			await sleep(pause);
		}
	}

	close(): void {
		this.database.close();
	}

	private number(sql: string): number {
		return Number(Object.values(this.database.prepare(sql).get() ?? {})[0] ?? 0);
	}
}

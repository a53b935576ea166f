import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { N8n } from '../../dev/n8n/launch';

/** Milliseconds between two looks; a webhook takes longer. */
const pause = 2;
const timeout = 60_000;

/**
 * What n8n still runs, read from its database, which costs n8n nothing: a webhook is answered before its execution
 * has ended, and who stops the clock there measures half of the work and leaves the other half to whoever comes next.
 */
export class Executions {
	private readonly database: DatabaseSync;

	constructor({ dataFolder }: N8n) {
		const file = join(dataFolder, '.n8n', 'database.sqlite');
		this.database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
	}

	/** Of all that there ever were. */
	started(): number {
		return this.number("SELECT seq FROM sqlite_sequence WHERE name = 'execution_entity'");
	}

	/** @throws when it takes longer than a minute */
	async ended(): Promise<void> {
		const deadline = Date.now() + timeout;
		// Its status stays 'running' where it isn't saved; n8n marks it as deleted when it has ended.
		while (this.number('SELECT count(*) FROM execution_entity WHERE deletedAt IS NULL AND stoppedAt IS NULL') > 0) {
			if (Date.now() > deadline) throw new Error('Executions go on and on');
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

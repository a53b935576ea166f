import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Row } from './row-reader';

type Bindings = Record<string, string | number | null>;

/** The statements of one connection. Each is prepared once; a reader function makes a typed object of each row. */
export class Statements {
	private readonly prepared = new Map<string, StatementSync>();

	constructor(private readonly database: DatabaseSync) {}

	/** @returns how many rows changed */
	run(sql: string, values: Bindings): number {
		return Number(this.prepare(sql).run(values).changes);
	}

	/** @returns whether there is a row */
	any(sql: string, values: Bindings): boolean {
		return this.prepare(sql).get(values) !== undefined;
	}

	row<Result>(read: (row: Row) => Result, sql: string, values: Bindings): Result | undefined {
		const row = this.prepare(sql).get(values);
		return row === undefined ? undefined : read(row);
	}

	rows<Result>(read: (row: Row) => Result, sql: string, values: Bindings): Result[] {
		return this.prepare(sql).all(values).map(read);
	}

	private prepare(sql: string): StatementSync {
		let statement = this.prepared.get(sql);
		if (statement === undefined) {
			statement = this.database.prepare(sql);
			this.prepared.set(sql, statement);
		}
		return statement;
	}
}

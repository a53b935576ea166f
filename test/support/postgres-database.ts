import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';

const port = Number(process.env.PGPORT ?? 5432);

function run(program: 'psql' | 'pg_dump', user: string, ...words: string[]): string {
	const args = ['--host', '127.0.0.1', '--port', String(port), '--username', user, '--no-password', ...words];
	return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
}

const ask = (user: string, statement: string): string =>
	run('psql', user, '--dbname', 'postgres', '--no-psqlrc', '--quiet', '--command', statement);

/** A user that PostgreSQL accepts without a password, or why it accepts none. */
function findUser(): { user: string } | { refusal: string } {
	const reasons: string[] = [];
	for (const user of [process.env.PGUSER ?? userInfo().username, 'postgres']) {
		try {
			ask(user, 'SELECT 1');
			return { user };
		} catch (error) {
			reasons.push(String(error).trim().split('\n').at(-1) ?? '');
		}
	}
	return { refusal: `PostgreSQL on 127.0.0.1:${port} can not be used: ${[...new Set(reasons)].join('; ')}` };
}

/** Why no database can be created here; undefined where one can. */
export function postgresRefusal(): string | undefined {
	const found = findUser();
	return 'refusal' in found ? found.refusal : undefined;
}

/** A new database for one test file. */
export class Database {
	readonly port = port;

	private constructor(
		readonly user: string,
		readonly database: string,
	) {}

	/** @throws where PostgreSQL does not answer or accepts no user */
	static create(): Database {
		const found = findUser();
		if ('refusal' in found) throw new Error(found.refusal);
		const name = `whatsapp_otp_test_${randomBytes(6).toString('hex')}`;
		ask(found.user, `CREATE DATABASE ${name}`);
		return new Database(found.user, name);
	}

	/** All rows as text. @param excludedTable a table that is left out */
	dump(excludedTable: string): string {
		const words = ['--data-only', '--inserts', '--exclude-table-data', excludedTable, this.database];
		return run('pg_dump', this.user, ...words);
	}

	drop(): void {
		ask(this.user, `DROP DATABASE ${this.database} WITH (FORCE)`);
	}
}

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

/** Who may come in without a password, or why nobody does. */
function findUser(): { user: string } | { missing: string } {
	const said: string[] = [];
	for (const user of [process.env.PGUSER ?? userInfo().username, 'postgres']) {
		try {
			ask(user, 'SELECT 1');
			return { user };
		} catch (error) {
			said.push(String(error).trim().split('\n').at(-1) ?? '');
		}
	}
	return { missing: `PostgreSQL on 127.0.0.1:${port} lets nobody in: ${said.join('; ')}` };
}

/** Why no database can be made here. */
export function missingPostgres(): string | undefined {
	const found = findUser();
	return 'missing' in found ? found.missing : undefined;
}

/** A database of the test's own. */
export class Database {
	readonly port = port;

	private constructor(
		readonly user: string,
		readonly database: string,
	) {}

	/** @throws where there is no PostgreSQL that takes us */
	static create(): Database {
		const found = findUser();
		if ('missing' in found) throw new Error(found.missing);
		const name = `whatsapp_otp_test_${randomBytes(6).toString('hex')}`;
		ask(found.user, `CREATE DATABASE ${name}`);
		return new Database(found.user, name);
	}

	/** All rows as text. @param exceptOf a table that is left out */
	dump(exceptOf: string): string {
		const words = ['--data-only', '--inserts', '--exclude-table-data', exceptOf, this.database];
		return run('pg_dump', this.user, ...words);
	}

	drop(): void {
		ask(this.user, `DROP DATABASE ${this.database} WITH (FORCE)`);
	}
}

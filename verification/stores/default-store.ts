import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Engine } from '../engine';
import { StoreUnavailableError } from '../errors';
import { Keyring, shortestSecret } from '../keys';
import { codeOf, explainSqliteError } from './sqlite/errors';
import { SqliteStore } from './sqlite/sqlite-store';

/** One engine per folder of n8n, so that every run of a process shares its connection. */
const engines = new Map<string, Engine>();

/**
 * The engine that works without any set-up: a SQLite file in the host's own folder, signed with a random key made on
 * first use beside it (mode 0600).
 * @param environment of the process, for `N8N_USER_FOLDER` and `EXECUTIONS_MODE`
 * @throws StoreUnavailableError in queue mode, where processes on several machines would each have a file of their own
 */
export function embeddedEngine(environment: NodeJS.ProcessEnv = process.env): Engine {
	refuseQueueMode(environment);
	const { N8N_USER_FOLDER: folder = '' } = environment;
	let engine = engines.get(folder);
	if (engine === undefined) {
		const file = embeddedFile(environment);
		engine = new Engine(new SqliteStore(file), new Keyring([signingKeyBeside(file)]));
		engines.set(folder, engine);
	}
	return engine;
}

/** In n8n's own folder. */
export function embeddedFile(environment: NodeJS.ProcessEnv): string {
	return join(environment.N8N_USER_FOLDER || homedir(), '.n8n', 'whatsapp-otp', 'verifications.sqlite');
}

/** @throws StoreUnavailableError in queue mode, where processes on several machines would each have a file of their own */
export function refuseQueueMode({ EXECUTIONS_MODE }: NodeJS.ProcessEnv): void {
	if (EXECUTIONS_MODE !== 'queue') return;
	throw new StoreUnavailableError(
		"n8n runs in queue mode, where workers can be on several machines and would not see each other's codes in a file",
		'Add a WhatsApp OTP Store credential with a Redis to this node, and to every other WhatsApp OTP node',
	);
}

/** Reads the key beside a store, and makes it where there is none; processes that start together agree on one. */
function signingKeyBeside(file: string): string {
	const path = join(dirname(file), 'signing.key');
	try {
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		const own = `${path}.${randomBytes(6).toString('hex')}`;
		if (!present(path)) {
			writeFileSync(own, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true });
			linkUnlessPresent(own, path);
			rmSync(own);
		}
		const key = readFileSync(path, 'utf8').trim();
		if (key.length < shortestSecret) throw new Error('the key is shorter than it was made');
		return key;
	} catch (error) {
		throw explainSqliteError(error, path);
	}
}

function present(path: string): boolean {
	try {
		readFileSync(path);
		return true;
	} catch (error) {
		if (codeOf(error) === 'ENOENT') return false;
		throw error;
	}
}

/** A link appears with its whole content or not at all, and never replaces a key. */
function linkUnlessPresent(from: string, to: string): void {
	try {
		linkSync(from, to);
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
	}
}

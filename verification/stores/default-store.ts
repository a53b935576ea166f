import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Engine } from '../engine';
import { StoreUnavailableError } from '../errors';
import { Keyring, minSecretLength } from '../keys';
import { codeOf, explainSqliteError } from './sqlite/errors';
import { SqliteStore } from './sqlite/sqlite-store';

/** One engine per n8n folder: all runs of a process share its connection. */
const engines = new Map<string, Engine>();

/**
 * The engine that needs no set-up. It keeps a SQLite file in n8n's folder, and a random signing key beside it (mode
 * 0600), both created on first use.
 * @param environment the process's, for `N8N_USER_FOLDER` and `EXECUTIONS_MODE`
 * @throws StoreUnavailableError in queue mode: processes on several machines would each have a separate file
 */
export function defaultEngine(environment: NodeJS.ProcessEnv = process.env): Engine {
	refuseQueueMode(environment);
	const { N8N_USER_FOLDER: folder = '' } = environment;
	let engine = engines.get(folder);
	if (engine === undefined) {
		const file = defaultStorePath(environment);
		engine = new Engine(new SqliteStore(file), new Keyring([signingKeyBeside(file)]));
		engines.set(folder, engine);
	}
	return engine;
}

/** The SQLite file in n8n's folder. */
export function defaultStorePath(environment: NodeJS.ProcessEnv): string {
	return storeFileIn(join(environment.N8N_USER_FOLDER || homedir(), '.n8n', 'whatsapp-otp'));
}

/** A SQLite store has the same name in each folder. So a person can't name the file of another program. */
export function storeFileIn(folder: string): string {
	return join(folder, 'verifications.sqlite');
}

/** @throws StoreUnavailableError in queue mode: processes on several machines would each have a separate file */
export function refuseQueueMode({ EXECUTIONS_MODE }: NodeJS.ProcessEnv): void {
	if (EXECUTIONS_MODE !== 'queue') return;
	throw new StoreUnavailableError(
		'n8n runs in queue mode: workers on several machines can not share the codes in a file',
		'Add a WhatsApp OTP Store credential for Redis to this node and to every other WhatsApp OTP node',
	);
}

/** Reads the key beside a store, or creates it. Processes that start at the same time get the same key. */
function signingKeyBeside(file: string): string {
	const path = join(dirname(file), 'signing.key');
	try {
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		const draft = `${path}.${randomBytes(6).toString('hex')}`;
		if (!present(path)) {
			writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true });
			linkUnlessPresent(draft, path);
			rmSync(draft);
		}
		const key = readFileSync(path, 'utf8').trim();
		if (key.length < minSecretLength) throw new Error(`the key has fewer than ${minSecretLength} characters`);
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

/** A link appears with its whole content or not at all, and it never replaces a key. */
function linkUnlessPresent(from: string, to: string): void {
	try {
		linkSync(from, to);
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
	}
}

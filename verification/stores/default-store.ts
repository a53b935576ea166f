import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Engine } from '../engine';
import { StoreUnavailableError } from '../errors';
import { Keyring } from '../keys';
import { SigningKey } from './signing-key';
import { SqliteStore } from './sqlite/sqlite-store';
import { warnProcess, type Warn } from './watch';

interface DefaultStore {
	engine: Engine;
	store: SqliteStore;
	key: SigningKey;
}

/** One store per n8n folder: all runs of a process share its connection. */
const opened = new Map<string, DefaultStore>();

/**
 * The engine that needs no set-up. It keeps a SQLite file in n8n's folder, and a random signing key beside it, both
 * created on first use.
 * @param environment the process's, for `N8N_USER_FOLDER` and `EXECUTIONS_MODE`
 * @throws StoreUnavailableError in queue mode: processes on several machines would each have a separate file. Also once
 * after the key was removed or changed; the next call reads the key again
 */
export function defaultEngine(environment: NodeJS.ProcessEnv = process.env, warn: Warn = warnProcess): Engine {
	refuseQueueMode(environment);
	const { N8N_USER_FOLDER: folder = '' } = environment;
	const kept = opened.get(folder) ?? openDefaultStore(defaultStorePath(environment), warn);
	opened.set(folder, kept);
	const change = kept.key.change();
	if (change === undefined) return kept.engine;
	opened.delete(folder);
	kept.key.stopWatching();
	void kept.store.close();
	throw change;
}

function openDefaultStore(file: string, warn: Warn): DefaultStore {
	const key = new SigningKey(join(dirname(file), 'signing.key'), warn);
	const store = new SqliteStore(file, Date.now, warn);
	return { engine: new Engine(store, new Keyring([key.secret])), store, key };
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

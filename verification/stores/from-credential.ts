import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { z } from 'zod';
import { Engine } from '../engine';
import { StoreUnavailableError } from '../errors';
import { Keyring, minSecretLength } from '../keys';
import { defaultStorePath, refuseQueueMode, storeFileIn } from './default-store';
import { idleTime } from './idle-timer';
import { loginOf, placeOf, readRedisUrl, type RedisAddress } from './redis/connection/address';
import { RedisConnection } from './redis/connection/connection';
import { RedisStore } from './redis/redis-store';
import { restTransport, type RestClient } from './redis/rest-transport';
import { explainSqliteError } from './sqlite/errors';
import { SqliteStore } from './sqlite/sqlite-store';
import type { VerificationStore } from './store';
import type { Warn } from './watch';

const text = z.string().trim().default('');

const secret = z
	.string()
	.trim()
	.min(minSecretLength, `'Signing Secret' must have at least ${minSecretLength} characters`)
	.refine(
		(value) => !value.includes(','),
		"'Signing Secret' must not contain a comma: commas separate previous secrets",
	);

const previousSecrets = text
	.transform((list) =>
		list
			.split(/[,\n]/)
			.map((one) => one.trim())
			.filter((one) => one !== ''),
	)
	.refine(
		(list) => list.every((one) => one.length >= minSecretLength),
		`'Previous Signing Secrets' must have at least ${minSecretLength} characters each`,
	);

const webAddress = text
	.refine(
		(url) => /^https?:\/\/[^\s/]+/.test(url) && URL.canParse(url),
		"'REST URL' must be a URL, for example https://eu1-example-12345.upstash.io",
	)
	.transform((url) => url.replace(/\/+$/, ''));

const folder = text.refine(
	(path) => path === '' || isAbsolute(path),
	"'Path' must be the full path of a folder, for example /home/node/.n8n/whatsapp-otp",
);

const wholeNumber = (field: string, min: number, max: number) => {
	const message = `'${field}' must be a whole number from ${min} to ${max}`;
	return z.coerce.number({ invalid_type_error: message }).int(message).min(min, message).max(max, message);
};

const secrets = { signingSecret: secret, previousSigningSecrets: previousSecrets };

/** The fields of the store credential. */
const settingsSchema = z.discriminatedUnion('store', [
	z.object({ store: z.literal('sqlite'), ...secrets, path: folder }),
	z.object({
		store: z.literal('redis'),
		...secrets,
		url: text,
		host: text,
		username: text,
		password: z.string().default(''),
		port: wholeNumber('Port', 1, 65_535).default(6379),
		database: wholeNumber('Database', 0, 99_999).default(0),
		tls: z.boolean().default(false),
	}),
	z.object({
		store: z.literal('redisRest'),
		...secrets,
		restUrl: webAddress,
		restToken: text.refine((token) => token !== '', "'REST Token' is empty"),
	}),
]);

/** What a store needs from the program that it runs in. */
export interface StoreHost {
	/** Sends requests to a Redis over REST. */
	rest: RestClient;
	warn: Warn;
}

export type StoreSettings = z.output<typeof settingsSchema>;
type RedisSettings = Extract<StoreSettings, { store: 'redis' }>;

/** @throws StoreUnavailableError that names the field of the credential; it quotes no value */
export function readStoreSettings(credential: unknown): StoreSettings {
	const read = settingsSchema.safeParse(credential);
	if (read.success) return read.data;
	const [issue] = read.error.issues;
	const namesField = issue?.message.startsWith("'") === true;
	const what = namesField ? issue.message : `'${issue?.path.join('.') ?? ''}' has an unexpected value`;
	throw new StoreUnavailableError(`${what} (WhatsApp OTP Store credential)`, 'Change it in the credential');
}

/** Engines by their settings: all runs of a process share a connection. It closes when idle, as after an edit. */
const engines = new Map<string, Engine>();

/** Cached, because deriving keys takes longer than the rest of opening an engine. */
const keyrings = new Map<string, Keyring>();

/**
 * The engine on the store of the credential. An engine on a Redis over REST is not shared: its client belongs to a run.
 * @throws StoreUnavailableError
 */
export function engineFromCredential(settings: StoreSettings, host: StoreHost): Engine {
	const keyring = keyringOf(settings);
	if (settings.store === 'redisRest') return new Engine(openStore(settings, host), keyring);
	const key = keyOf(settings);
	const engine = engines.get(key) ?? new Engine(openStore(settings, host), keyring);
	engines.set(key, engine);
	return engine;
}

function keyOf(settings: StoreSettings): string {
	const { N8N_USER_FOLDER, EXECUTIONS_MODE } = process.env;
	return digest(JSON.stringify([settings, N8N_USER_FOLDER, EXECUTIONS_MODE]));
}

/** Settings whose warnings were returned. */
const warned = new Set<string>();

/**
 * Warnings about the engine's store, for the operator.
 * @returns one sentence each. None if this process has asked for the same settings before
 */
export async function firstWarnings(settings: StoreSettings, engine: Engine): Promise<string[]> {
	const key = keyOf(settings);
	if (warned.has(key)) return [];
	const warnings = await engine.probe();
	warned.add(key);
	return warnings;
}

/** @throws StoreUnavailableError in queue mode for a file: processes on several machines can't share it */
export function openStore(settings: StoreSettings, { rest, warn }: StoreHost): VerificationStore {
	switch (settings.store) {
		case 'sqlite':
			refuseQueueMode(process.env);
			return new SqliteStore(fileOf(settings.path), Date.now, warn, idleTime);
		case 'redis': {
			const address = addressOf(settings);
			return new RedisStore(new RedisConnection(address), { place: placeOf(address) });
		}
		case 'redisRest': {
			const { restUrl: url, restToken: token } = settings;
			return new RedisStore(restTransport({ url, token }, rest), { place: new URL(url).host });
		}
	}
}

/** @throws StoreUnavailableError if the path is that of a file */
function fileOf(path: string): string {
	if (path === '') return defaultStorePath(process.env);
	if (!isFilePath(path)) return storeFileIn(path);
	throw new StoreUnavailableError(
		"'Path' must name a folder, not a file (WhatsApp OTP Store credential)",
		`Enter ${dirname(path)}, or another folder. The node keeps its file verifications.sqlite there`,
	);
}

/** A path that does not exist yet is that of a file if it ends as the name of a database does. */
function isFilePath(path: string): boolean {
	try {
		const found = statSync(path, { throwIfNoEntry: false });
		return found === undefined ? /\.(?:sqlite3?|db3?)$/i.test(path) : !found.isDirectory();
	} catch (error) {
		throw explainSqliteError(error, path);
	}
}

function addressOf({ url, host, port, username, password, database, tls }: RedisSettings): RedisAddress {
	if (url !== '') return readRedisUrl(url);
	if (host === '') {
		throw new StoreUnavailableError(
			"'Host' is empty (WhatsApp OTP Store credential)",
			"Fill in 'Host', or 'URL', for example redis://user:password@host:6379/0",
		);
	}
	return { kind: 'server', nodes: [{ host, port }], tls, database, ...loginOf(username, password) };
}

function keyringOf({ signingSecret, previousSigningSecrets }: StoreSettings): Keyring {
	const secrets: [string, ...string[]] = [signingSecret, ...previousSigningSecrets];
	const key = digest(JSON.stringify(secrets));
	const keyring = keyrings.get(key) ?? new Keyring(secrets);
	keyrings.set(key, keyring);
	return keyring;
}

/** Map keys hold this digest, so that secrets stay in memory no longer than needed. */
function digest(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Engine } from '../engine';
import { StoreUnavailableError } from '../errors';
import { Keyring, shortestSecret } from '../keys';
import { embeddedFile, refuseQueueMode } from './default-store';
import { loginOf, placeOf, readRedisUrl, type RedisAddress } from './redis/connection/address';
import { RedisConnection } from './redis/connection/connection';
import { RedisStore } from './redis/redis-store';
import { restTransport, type RestClient } from './redis/rest-transport';
import { SqliteStore } from './sqlite/sqlite-store';
import type { VerificationStore } from './store';

const text = z.string().trim().default('');

const secret = z
	.string()
	.trim()
	.min(shortestSecret, `'Signing Secret' is shorter than ${shortestSecret} characters`)
	.refine(
		(value) => !value.includes(','),
		"'Signing Secret' holds a comma, which parts the previous ones from each other",
	);

const previousSecrets = text
	.transform((list) =>
		list
			.split(/[,\n]/)
			.map((one) => one.trim())
			.filter((one) => one !== ''),
	)
	.refine(
		(list) => list.every((one) => one.length >= shortestSecret),
		`'Previous Signing Secrets' holds one that is shorter than ${shortestSecret} characters`,
	);

const webAddress = text
	.refine(
		(url) => /^https?:\/\/[^\s/]+/.test(url) && URL.canParse(url),
		"'REST URL' is no address such as https://eu1-example-12345.upstash.io",
	)
	.transform((url) => url.replace(/\/+$/, ''));

const whole = (field: string, min: number, max: number) => {
	const message = `'${field}' is no whole number from ${min} to ${max}`;
	return z.coerce.number({ invalid_type_error: message }).int(message).min(min, message).max(max, message);
};

/** What the store credential holds. */
const settingsSchema = z.discriminatedUnion('store', [
	z.object({ store: z.literal('sqlite'), signingSecret: secret, previousSigningSecrets: previousSecrets, path: text }),
	z.object({
		...{ store: z.literal('redis'), signingSecret: secret, previousSigningSecrets: previousSecrets },
		...{ url: text, host: text, username: text, password: z.string().default('') },
		port: whole('Port', 1, 65_535).default(6379),
		database: whole('Database', 0, 99_999).default(0),
		tls: z.boolean().default(false),
	}),
	z.object({
		...{ store: z.literal('redisRest'), signingSecret: secret, previousSigningSecrets: previousSecrets },
		restUrl: webAddress,
		restToken: text.refine((token) => token !== '', "'REST Token' is empty"),
	}),
]);

export type StoreSettings = z.output<typeof settingsSchema>;
type RedisSettings = Extract<StoreSettings, { store: 'redis' }>;

/** @throws StoreUnavailableError that names the field of the credential, and quotes none */
export function readStoreSettings(credential: unknown): StoreSettings {
	const read = settingsSchema.safeParse(credential);
	if (read.success) return read.data;
	const [issue] = read.error.issues;
	const what =
		issue?.message.startsWith("'") === true
			? issue.message
			: `'${issue?.path.join('.') ?? ''}' has an unexpected value`;
	throw new StoreUnavailableError(`${what}, in the WhatsApp OTP Store credential`, 'Change it in the credential');
}

/** Engines whose store is a connection of its own, by their settings: every run of a process shares it. */
const engines = new Map<string, Engine>();

/** Deriving keys takes longer than all the rest of opening an engine. */
const keyrings = new Map<string, Keyring>();

/**
 * The engine on the store that the credential chose.
 * @param rest how to reach a Redis over REST: of the run that asks, so such an engine is for this run alone
 * @throws what `openStore` throws
 */
export function chosenEngine(settings: StoreSettings, rest: RestClient, environment = process.env): Engine {
	const keyring = keyringOf(settings);
	if (settings.store === 'redisRest') return new Engine(openStore(settings, rest, environment), keyring);
	const key = digest(JSON.stringify([settings, environment.N8N_USER_FOLDER, environment.EXECUTIONS_MODE]));
	const engine = engines.get(key) ?? new Engine(openStore(settings, rest, environment), keyring);
	engines.set(key, engine);
	return engine;
}

/** @throws StoreUnavailableError in queue mode for a file, which processes on several machines can't share */
export function openStore(settings: StoreSettings, rest: RestClient, environment = process.env): VerificationStore {
	switch (settings.store) {
		case 'sqlite':
			refuseQueueMode(environment);
			return new SqliteStore(settings.path || embeddedFile(environment));
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

function addressOf({ url, host, port, username, password, database, tls }: RedisSettings): RedisAddress {
	if (url !== '') return readRedisUrl(url);
	if (host === '') {
		throw new StoreUnavailableError(
			"'Host' is empty, in the WhatsApp OTP Store credential",
			"Fill in 'Host', or 'URL' such as redis://user:password@host:6379/0",
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

/** No secret lies about in memory for longer than it has to. */
function digest(words: string): string {
	return createHash('sha256').update(words).digest('hex');
}

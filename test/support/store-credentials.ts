import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startRedisRest, type RedisRest } from '../../sandbox/upstash';
import { useInstallation, type Installation } from './installation';
import type { CredentialData } from './n8n-core';
import { RedisServer } from './redis-server';
import { scratchRoot } from './scratch-folder';

export const storeType = 'whatsAppOtpStoreApi';
export const signingSecret = 'the secret that signs these codes';
export const [user, password, token] = ['otp', 'pass, word/@:% of the ACL', 'a token of the tests'];

/** An installation with a Redis. It also answers over REST, and has a user with the rights that the package needs. */
export interface InstallationWithRedis {
	readonly installation: Installation;
	readonly redis: RedisServer;
	readonly rest: RedisRest;
	/** A folder for a SQLite file. It does not exist yet. */
	readonly folder: string;
	/** The fields of the store credential that name the Redis. */
	readonly fields: CredentialData;
	/** The same installation, where every node has this store. */
	with(store: CredentialData): Installation;
	/** What the Test button of the store credential says. */
	test(store: CredentialData): ReturnType<Installation['host']['testCredential']>;
}

/** As `useInstallation`, to be called once at the top of a test file. */
export function useInstallationWithRedis(): InstallationWithRedis {
	const folder = join(mkdtempSync(join(scratchRoot(), 'store-')), 'own', 'codes');
	let started: { redis: RedisServer; rest: RedisRest } | undefined;
	const servers = () => {
		if (started === undefined) throw new Error('The Redis is there from the first beforeAll on');
		return started;
	};
	const installation = useInstallation();
	beforeAll(async () => {
		// Redis keeps its own time.
		jest.useRealTimers();
		const redis = await RedisServer.start('--appendonly', 'yes');
		await redis.ask('ACL', 'SETUSER', user, 'on', `>${password}`, '~whatsapp-otp:*', '+@all', '-@dangerous');
		started = { redis, rest: await startRedisRest({ redis: redis.url, token }) };
	});
	afterAll(async () => {
		await started?.rest.stop();
		await started?.redis.stop();
	});
	return {
		installation,
		folder,
		get redis() {
			return servers().redis;
		},
		get rest() {
			return servers().rest;
		},
		get fields() {
			return { store: 'redis', host: '127.0.0.1', port: servers().redis.port };
		},
		with: (store) => withStore(installation, store),
		test: (store) => installation.host.testCredential(storeType, { signingSecret, ...store }),
	};
}

function withStore({ host, sandbox, account, run }: Installation, store: CredentialData): Installation {
	const credentials = { whatsAppOtp360DialogApi: account, [storeType]: { signingSecret, ...store } };
	return { host, sandbox, account, run: (parameters, options = {}) => run(parameters, { credentials, ...options }) };
}

/** Each way to fill in the credential. */
export const kinds: Array<[string, (base: InstallationWithRedis) => CredentialData]> = [
	['a SQLite file', ({ folder }) => ({ store: 'sqlite', path: folder })],
	['Redis by URL', ({ redis }) => ({ store: 'redis', url: `${redis.url}/2` })],
	['Redis by fields', ({ fields }) => ({ ...fields, database: 3, username: user, password })],
	['Redis over REST', ({ rest }) => ({ store: 'redisRest', restUrl: `${rest.url}/`, restToken: token })],
];

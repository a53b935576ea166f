import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startRedisRest, type RedisRest } from '../../sandbox/upstash';
import { RedisServer } from './redis-server';
import type { CredentialData } from './n8n-core';
import { startInstallation, type Installation } from './installation';

export const storeType = 'whatsAppOtpStoreApi';
export const signingSecret = 'the secret that signs these codes';
export const [user, password, token] = ['otp', 'pass, word/@:% of the ACL', 'a token of the tests'];

/** An installation with a Redis of its own, also over REST, and a user in it who may do what the package does. */
export class StoreHouse {
	/** Its folder is made with it. */
	readonly file = join(mkdtempSync(join(process.env.TEST_SCRATCH ?? '', 'store-')), 'own', 'codes.sqlite');

	private constructor(
		readonly installation: Installation,
		readonly redis: RedisServer,
		readonly rest: RedisRest,
	) {}

	static async open(): Promise<StoreHouse> {
		const redis = await RedisServer.start('--appendonly', 'yes');
		await redis.ask('ACL', 'SETUSER', user, 'on', `>${password}`, '~whatsapp-otp:*', '+@all', '-@dangerous');
		const rest = await startRedisRest({ redis: redis.url, token });
		const installation = await startInstallation();
		// Redis goes by its own clock.
		jest.useRealTimers();
		return new StoreHouse(installation, redis, rest);
	}

	get fields(): CredentialData {
		return { store: 'redis', host: '127.0.0.1', port: this.redis.port };
	}

	/** The same installation, where every node has this store. */
	with(store: CredentialData): Installation {
		const credentials = {
			whatsAppOtp360DialogApi: this.installation.account,
			[storeType]: { signingSecret, ...store },
		};
		return {
			...this.installation,
			run: (parameters, options = {}) => this.installation.run(parameters, { credentials, ...options }),
		};
	}

	/** What the button in the credential's dialog says. */
	test(store: CredentialData) {
		return this.installation.host.testCredential(storeType, { signingSecret, ...store });
	}

	async close(): Promise<void> {
		await this.installation.stop();
		await this.rest.stop();
		await this.redis.stop();
	}
}

/** Each way to fill in the credential. */
export const kinds: Array<[string, (house: StoreHouse) => CredentialData]> = [
	['a file of its own', ({ file }) => ({ store: 'sqlite', path: file })],
	['Redis by URL', ({ redis }) => ({ store: 'redis', url: `${redis.url}/2` })],
	['Redis by fields', ({ fields }) => ({ ...fields, database: 3, username: user, password })],
	['Redis over REST', ({ rest }) => ({ store: 'redisRest', restUrl: `${rest.url}/`, restToken: token })],
];

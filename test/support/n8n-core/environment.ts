import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { types } from 'node:util';

/**
 * Runs before each test file. n8n reads its settings when its modules are first required, so they stand here;
 * a folder of its own keeps one file's stores and keys out of another's.
 */
const scratch = process.env.TEST_SCRATCH;
if (!scratch) throw new Error('The folder for test data is missing: jest.config.js names its global set-up');

Object.assign(process.env, {
	N8N_USER_FOLDER: mkdtempSync(join(scratch, 'n8n-')),
	N8N_ENCRYPTION_KEY: 'a key for tests',
	N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'false',
	// Captured by the harness, not printed.
	N8N_LOG_LEVEL: 'debug',
	N8N_LOG_OUTPUT: 'none',
});

/**
 * jest runs tests in a realm of their own: what Node throws would be no `Error` to n8n and our nodes, who do ask.
 * In a real n8n there is one realm.
 */
const ordinary = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
	value(this: unknown, candidate: unknown): boolean {
		return ordinary.call(this, candidate) || (this === Error && types.isNativeError(candidate));
	},
});

import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { scratchRoot } from '../scratch-folder';

/**
 * Runs before each test file that uses n8n-core. n8n reads its settings when its modules are first required, so
 * they are
 * set here. Each test file gets its own folder, so that the files do not share stores and keys.
 */
Object.assign(process.env, {
	N8N_USER_FOLDER: mkdtempSync(join(scratchRoot(), 'n8n-')),
	N8N_ENCRYPTION_KEY: 'a key for tests',
	N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'false',
	// The log is captured, not printed.
	N8N_LOG_LEVEL: 'debug',
	N8N_LOG_OUTPUT: 'none',
});

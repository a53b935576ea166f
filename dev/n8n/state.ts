import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf } from './error-fields';

const stateSchema = z.object({
	/** Encrypts the credentials in n8n's database, so the next launch needs the same key. */
	encryptionKey: z.string(),
	apiKey: z.string().optional(),
	/** Kept so that bookmarks and registered webhook addresses stay valid. */
	port: z.number().int().optional(),
});

export type LauncherState = z.infer<typeof stateSchema>;

const fileIn = (dataFolder: string): string => join(dataFolder, 'launcher.json');

export async function writeState(dataFolder: string, state: LauncherState): Promise<void> {
	const file = fileIn(dataFolder);
	await writeFile(`${file}.new`, `${JSON.stringify(state, null, '\t')}\n`, { mode: 0o600 });
	await rename(`${file}.new`, file);
}

/** Reads what the launcher keeps in a data folder between two starts. A new folder gets a new key. */
export async function readState(dataFolder: string): Promise<LauncherState> {
	try {
		return stateSchema.parse(JSON.parse(await readFile(fileIn(dataFolder), 'utf8')));
	} catch (error) {
		if (codeOf(error) !== 'ENOENT') throw error;
		const fresh = { encryptionKey: randomBytes(32).toString('hex') };
		await writeState(dataFolder, fresh);
		return fresh;
	}
}

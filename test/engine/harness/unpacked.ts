import { join } from 'node:path';
import { unpackPackage } from '../../../sandbox/n8n/unpack';
import { packedTarball } from '../../../sandbox/tarball';

/**
 * Unpacks the package as it would be published into this test file's n8n folder, where n8n itself would have it.
 * @returns its folder, for `startHost()`
 */
export async function unpackedPackage(): Promise<string> {
	const userFolder = process.env.N8N_USER_FOLDER ?? '';
	const { name } = await unpackPackage(packedTarball(), userFolder);
	return join(userFolder, '.n8n', 'nodes', 'node_modules', name);
}

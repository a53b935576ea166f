import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { reasonOf } from './error-fields';

const run = promisify(execFile);

const packageSchema = z.object({ name: z.string(), version: z.string() });

export type UnpackedPackage = z.infer<typeof packageSchema>;

/** The folder from which n8n loads community packages. No database row is needed. */
const nodesFolder = (dataFolder: string): string => join(dataFolder, '.n8n', 'nodes');

/** Unpacks an `npm pack` tarball into n8n's folder of community packages. It replaces an older version. */
export async function unpackPackage(tarball: string, dataFolder: string): Promise<UnpackedPackage> {
	const nodes = nodesFolder(dataFolder);
	await mkdir(join(nodes, 'node_modules'), { recursive: true });
	const unpacked = await mkdtemp(join(nodes, 'unpacking-'));
	try {
		// npm puts the whole package into one folder, which tar removes here. n8n unpacks in the same way.
		await run('tar', ['-xzf', resolve(tarball), '-C', unpacked, '--strip-components=1']);
		const manifest = packageSchema.parse(JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8')));
		const target = join(nodes, 'node_modules', manifest.name);
		await rm(target, { recursive: true, force: true });
		await rename(unpacked, target);
		return manifest;
	} catch (error) {
		await rm(unpacked, { recursive: true, force: true });
		throw new Error(`${tarball} is not the tarball of a package: ${reasonOf(error)}`, { cause: error });
	}
}

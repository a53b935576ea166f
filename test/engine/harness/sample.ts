import { cp, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const sources = join(__dirname, 'sample-package');

/** Builds the sample package into a folder of its own, as a package comes: JavaScript, icons, codex files. */
export async function builtSample(): Promise<string> {
	const folder = await mkdtemp(join(process.env.TEST_SCRATCH ?? '', 'sample-'));
	await build({
		entryPoints: [join(sources, '**/*.ts')],
		outbase: sources,
		outdir: join(folder, 'dist'),
		format: 'cjs',
		platform: 'node',
	});
	await cp(join(sources, 'package.json'), join(folder, 'package.json'));
	const assets = /^[^.]*$|\.(?:svg|json)$/;
	await cp(join(sources, 'nodes'), join(folder, 'dist/nodes'), { recursive: true, filter: (file) => assets.test(file) });
	return folder;
}

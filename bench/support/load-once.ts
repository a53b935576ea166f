import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import manifest from '../../package.json';

const loadSchema = z.object({
	milliseconds: z.number(),
	/** Constructor names, in the order of the files. */
	classes: z.array(z.string()),
	/** The package's own scripts that were evaluated, relative to its folder. */
	files: z.array(z.string()),
});

/** All nodes and credentials of this package, as package.json lists them. */
export const ownFiles: readonly string[] = [...manifest.n8n.nodes, ...manifest.n8n.credentials];

export interface LoadOptions {
	/** Relative to the package's folder. */
	files?: readonly string[];
	/** Loaded first, without being measured. */
	first?: readonly string[];
	/** Where the peer packages are found: a node_modules folder. */
	modules?: string;
}

/** Loads files of a package in a new Node process. */
export function loadOnce(folder: string, options: LoadOptions = {}): z.infer<typeof loadSchema> {
	const { files = ownFiles, first = ['n8n-workflow'], modules = resolve(__dirname, '../../node_modules') } = options;
	const script = [join(__dirname, 'load-once.js'), folder, JSON.stringify(files), JSON.stringify(first)];
	const output = execFileSync(process.execPath, script, {
		env: { ...process.env, NODE_PATH: modules },
		encoding: 'utf8',
	});
	return loadSchema.parse(JSON.parse(output));
}

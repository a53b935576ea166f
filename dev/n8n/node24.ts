import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

/** n8n 2.40 does not start on an older Node (docs/reference/n8n-host.md, 'Installing n8n beside the project'). */
const minMajor = 24;

const projectBinaries = resolve(__dirname, '../../node_modules/.bin');

/** The Node that runs n8n: the one that the project installs, even if this process runs on another Node. */
export function nodeBinary(): string {
	const own = join(projectBinaries, process.platform === 'win32' ? 'node.exe' : 'node');
	if (existsSync(own)) return own;
	if (Number.parseInt(process.versions.node, 10) >= minMajor) return process.execPath;
	throw new Error(
		`n8n needs Node ${minMajor} or newer, but this is ${process.version}. ` +
			"Run 'npm ci' in the project: it installs the Node that n8n needs.",
	);
}

/** A PATH on which `node` is the Node that runs n8n. */
export const nodePath = (): string => [dirname(nodeBinary()), process.env.PATH ?? ''].join(delimiter);

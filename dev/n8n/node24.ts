import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

/** n8n 2.40 refuses to start on anything older (docs/reference/n8n-host.md, 'Installing n8n beside the project'). */
const OLDEST_MAJOR = 24;

const projectBinaries = resolve(__dirname, '../../node_modules/.bin');

/** The Node that n8n runs on: the project's own, whichever Node this process happens to be. */
export function nodeBinary(): string {
	const own = join(projectBinaries, process.platform === 'win32' ? 'node.exe' : 'node');
	if (existsSync(own)) return own;
	if (Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR) return process.execPath;
	throw new Error(
		`n8n needs Node ${OLDEST_MAJOR} or newer and this is ${process.version}. ` +
			"Run 'npm ci' in the project: it brings the Node that n8n needs.",
	);
}

/** A PATH on which `node` is the Node that n8n runs on. */
export const nodePath = (): string => [dirname(nodeBinary()), process.env.PATH ?? ''].join(delimiter);

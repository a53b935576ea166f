import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PackageDirectoryLoader } from 'n8n-core';
import type { ICredentialType, INodeType, IVersionedNodeType, Themed } from 'n8n-workflow';
import { capturedLog } from './log';

export interface LoadedPackage {
	name: string;
	version: string;
	/** By full name: `n8n-nodes-whatsapp-otp.whatsAppOtp`. */
	nodes: Record<string, INodeType | IVersionedNodeType>;
	credentials: Record<string, LoadedCredential>;
}

export interface LoadedCredential {
	type: ICredentialType;
	/** Full names of the nodes that ask for it. */
	supportedNodes: string[];
}

/**
 * Loads a package as n8n does.
 * @param folder where its package.json is: the repository after a build, or an unpacked tarball
 * @throws what n8n's loader throws, and for icons and codex files that it would silently go without
 */
export async function loadPackage(folder: string): Promise<LoadedPackage> {
	// Before n8n's loader logs: without a reader its logger complains on the console.
	capturedLog();
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	const { name, version } = loader.packageJson;
	const nodes = Object.entries(loader.nodeTypes).map(([short, { type }]) => [`${name}.${short}`, type] as const);
	const credentials = Object.entries(loader.credentialTypes).map(([short, { type }]) => {
		const supportedNodes = (type.supportedNodes ?? []).map((node) => `${name}.${node}`);
		return [short, { type, supportedNodes }] as const;
	});
	const lacking = [
		...nodes.filter(([, type]) => !type.description.codex).map(([node]) => `${node} has no codex file`),
		...nodes.flatMap(([node, type]) => lackingIcons(node, type.description.iconUrl, loader)),
		...credentials.flatMap(([credential, { type }]) => lackingIcons(credential, type.iconUrl, loader)),
	];
	if (lacking.length > 0) throw new Error(`${name} is not whole: ${lacking.join('; ')}`);
	return { name, version, nodes: Object.fromEntries(nodes), credentials: Object.fromEntries(credentials) };
}

function lackingIcons(owner: string, url: Themed<string> | undefined, loader: PackageDirectoryLoader): string[] {
	if (url === undefined) return [`${owner} has no icon`];
	const files = typeof url === 'string' ? [url] : [url.light, url.dark];
	return files
		.map((file) => file.replace(`icons/${loader.packageName}/`, ''))
		.filter((file) => !existsSync(join(loader.directory, file)))
		.map((file) => `${owner}'s icon ${file} is missing`);
}

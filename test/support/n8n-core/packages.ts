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
	/** Full names of the nodes that use it. */
	supportedNodes: string[];
}

/**
 * Loads a package as n8n does.
 * @param folder where its package.json is: the repository after a build, or an unpacked tarball
 * @throws the errors of n8n's loader, and an error for missing icons and codex files, which n8n ignores
 */
export async function loadPackage(folder: string): Promise<LoadedPackage> {
	// This comes before n8n's loader, because its logger warns on the console as long as nothing reads it.
	capturedLog();
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	const { name, version } = loader.packageJson;
	const nodes = Object.entries(loader.nodeTypes).map(([short, { type }]) => [`${name}.${short}`, type] as const);
	const credentials = Object.entries(loader.credentialTypes).map(([short, { type }]) => {
		const supportedNodes = (type.supportedNodes ?? []).map((node) => `${name}.${node}`);
		return [short, { type, supportedNodes }] as const;
	});
	const missing = [
		...nodes.filter(([, type]) => !type.description.codex).map(([node]) => `${node} has no codex file`),
		...nodes.flatMap(([node, type]) => missingIcons(node, type.description.iconUrl, loader)),
		...credentials.flatMap(([credential, { type }]) => missingIcons(credential, type.iconUrl, loader)),
	];
	if (missing.length > 0) throw new Error(`${name} is not complete: ${missing.join('; ')}`);
	return { name, version, nodes: Object.fromEntries(nodes), credentials: Object.fromEntries(credentials) };
}

function missingIcons(owner: string, url: Themed<string> | undefined, loader: PackageDirectoryLoader): string[] {
	if (url === undefined) return [`${owner} has no icon`];
	const files = typeof url === 'string' ? [url] : [url.light, url.dark];
	return files
		.map((file) => file.replace(`icons/${loader.packageName}/`, ''))
		.filter((file) => !existsSync(join(loader.directory, file)))
		.map((file) => `${owner}'s icon ${file} is missing`);
}

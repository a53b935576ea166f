import type { ICredentialDataDecryptedObject, INode, IWorkflowMetadata } from 'n8n-workflow';

/** What a node's context needs to have for reading a credential. */
export interface CredentialHost {
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
	getWorkflow(): Pick<IWorkflowMetadata, 'id'>;
}

/** Credentials that were read within the last `maxAge`. */
const cache = new Map<string, { readAt: number; credential: Promise<ICredentialDataDecryptedObject> }>();

/** Milliseconds. A changed credential may go unnoticed for this long. */
const maxAge = 10_000;

/**
 * Reads a credential for code that runs hundreds of times a second: n8n itself reads it from its database each time.
 * The cache keeps credentials of different nodes apart. n8n decides per workflow who may use a credential, and what a
 * dynamic credential contains.
 */
export async function readCachedCredential(
	host: CredentialHost,
	{ id, credentials }: Pick<INode, 'id' | 'credentials'>,
	type: string,
): Promise<ICredentialDataDecryptedObject> {
	const key = JSON.stringify([host.getWorkflow().id, id, type, credentials?.[type]]);
	const cached = cache.get(key);
	if (cached !== undefined && cached.readAt > Date.now() - maxAge) return await cached.credential;
	const credential = host.getCredentials(type);
	cache.set(key, { readAt: Date.now(), credential });
	credential.catch(() => cache.delete(key));
	return await credential;
}

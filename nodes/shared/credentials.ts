import type { ICredentialDataDecryptedObject, INode, IWorkflowMetadata } from 'n8n-workflow';

/** What every context of a node has that reads credentials. */
export interface CredentialHost {
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
	getWorkflow(): Pick<IWorkflowMetadata, 'id'>;
}

/** Credentials that were read a moment ago. */
const recent = new Map<string, { at: number; credential: Promise<ICredentialDataDecryptedObject> }>();

/** Milliseconds for which a changed credential may stay unnoticed. */
const recently = 10_000;

/**
 * For what is called hundreds of times a second: n8n reads a credential from its database each time. Each node has what
 * n8n gave it, and no other's: who may use a credential, and what a dynamic one holds, is the workflow's.
 */
export async function readCredentialOften(
	host: CredentialHost,
	{ id, credentials }: Pick<INode, 'id' | 'credentials'>,
	type: string,
): Promise<ICredentialDataDecryptedObject> {
	const key = JSON.stringify([host.getWorkflow().id, id, type, credentials?.[type]]);
	const known = recent.get(key);
	if (known !== undefined && known.at > Date.now() - recently) return await known.credential;
	const credential = host.getCredentials(type);
	recent.set(key, { at: Date.now(), credential });
	credential.catch(() => recent.delete(key));
	return await credential;
}

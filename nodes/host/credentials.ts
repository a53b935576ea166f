import type { FunctionsBase, ICredentialDataDecryptedObject, INode } from 'n8n-workflow';

/** Credentials that were read a moment ago. */
const recent = new Map<string, { at: number; credential: Promise<ICredentialDataDecryptedObject> }>();

/** Milliseconds for which a changed credential may stay unnoticed. */
const recently = 10_000;

/** For what is called hundreds of times a second: n8n reads a credential from its database each time. */
export async function readCredentialOften(
	host: Pick<FunctionsBase, 'getCredentials'>,
	{ credentials }: INode,
	type: string,
): Promise<ICredentialDataDecryptedObject> {
	const chosen = credentials?.[type];
	const key = `${type} ${chosen?.id ?? ''} ${chosen?.name ?? ''}`;
	const known = recent.get(key);
	if (known !== undefined && known.at > Date.now() - recently) return await known.credential;
	const credential = host.getCredentials(type);
	recent.set(key, { at: Date.now(), credential });
	credential.catch(() => recent.delete(key));
	return await credential;
}

import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialDescription,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { z } from 'zod';
import { openStore, readStoreSettings, VerificationError, type RestClient } from '../../verification';
import { storeCredential } from './engine';

/** How both nodes ask for a store. */
export const storeDescription: INodeCredentialDescription = {
	name: storeCredential,
	displayName: 'Store (Optional)',
	required: false,
	testedBy: 'testStore',
};

/**
 * Opens the store, writes to it and reads it. What its operator should mend is an error, too: the editor shows no
 * words with a success.
 */
export async function testStore(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const settings = readStoreSettings(data);
		const store = openStore(settings, legacyClient(this));
		const warnings = await store.probe().finally(() => store.close());
		if (warnings.length === 0) return { status: 'OK', message: 'Connection successful!' };
		return { status: 'Error', message: `The store works and can be used, with a warning: ${warnings.join(' ')}` };
	} catch (error) {
		if (error instanceof VerificationError) return { status: 'Error', message: `${error.message}. ${error.fix}.` };
		return { status: 'Error', message: error instanceof Error ? error.message : 'The store did not answer' };
	}
}

const response = z.object({ statusCode: z.number(), body: z.unknown() });

/** The only way to ask something over HTTP that n8n gives to a credential's test. */
function legacyClient({ helpers }: ICredentialTestFunctions): RestClient {
	return async ({ url: uri, ...request }) => {
		const answer: unknown = await helpers.request({ ...request, uri, simple: false, resolveWithFullResponse: true });
		const { statusCode: status, body } = response.parse(answer);
		return { status, body: typeof body === 'string' ? parsed(body) : body };
	};
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialDescription,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { z } from 'zod';
import { openStore, readStoreSettings, VerificationError, type RestClient } from '../../verification';
import { storeCredential, warn } from './engine';
import { jsonOrText } from './json-or-text';

/** The credential of the store in the description of both nodes. */
export const storeDescription: INodeCredentialDescription = {
	name: storeCredential,
	displayName: 'Code Storage (Optional, for Queue Mode)',
	required: false,
	testedBy: 'testStore',
};

/**
 * Opens the store, writes to it and reads from it. A store with a warning can be used, so the test passes. The editor
 * shows no message with a success, so the warning also goes to n8n's log and to the first manual run.
 */
export async function testStore(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const settings = readStoreSettings(data);
		const store = openStore(settings, { rest: credentialTestClient(this), warn });
		const warnings = await store.probe().finally(() => store.close());
		if (warnings.length === 0) return { status: 'OK', message: 'Connection successful!' };
		warnings.forEach(warn);
		return { status: 'OK', message: `Connected. Warning: ${warnings.join(' ')}` };
	} catch (error) {
		if (error instanceof VerificationError) return { status: 'Error', message: `${error.message}. ${error.fix}.` };
		return { status: 'Error', message: error instanceof Error ? error.message : 'The store did not answer' };
	}
}

const response = z.object({ statusCode: z.number(), body: z.unknown() });

/** `helpers.request` is deprecated, but it is the only HTTP helper that n8n gives to a credential test. */
function credentialTestClient({ helpers }: ICredentialTestFunctions): RestClient {
	return async ({ url: uri, ...request }) => {
		const answer: unknown = await helpers.request({ ...request, uri, simple: false, resolveWithFullResponse: true });
		const { statusCode: status, body } = response.parse(answer);
		return { status, body: jsonOrText(body) };
	};
}

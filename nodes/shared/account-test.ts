import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';
import { z, ZodError } from 'zod';
import { providers, ProviderError, TransportError, type HttpClient, type Provider } from '../../providers';
import { refusalSentence } from './errors';
import { explainTransport } from './http';
import { jsonOrText } from './json-or-text';

type CredentialTest = (
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
) => Promise<INodeCredentialTestResult>;

/** The name of the method that tests a provider's credential; undefined if the credential has a test request. */
export function testMethodOf(provider: Provider): string | undefined {
	return provider.accountProblem === undefined ? undefined : `${provider.id}Test`;
}

/** For providers whose answer is too complex for the rules of a credential's test request. */
export const accountTests: Record<string, CredentialTest> = Object.fromEntries(
	providers.flatMap((provider) => {
		const method = testMethodOf(provider);
		return method === undefined ? [] : [[method, testOf(provider)]];
	}),
);

const user = z.object({ username: z.string(), password: z.string() });

function testOf(provider: Provider): CredentialTest {
	return async function test(this, { data = {} }) {
		return await testWith(async () => {
			const account = provider.account.parse(data);
			const { username, password } = user.parse(data);
			const basic = { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
			const token = await provider.logIn?.(testClient(this, basic), account);
			const http = testClient(this, { Authorization: `Bearer ${token}` });
			return await provider.accountProblem?.({ http, account });
		});
	};
}

/** @param problem what is wrong with the credential; undefined if nothing is */
export async function testWith(problem: () => Promise<string | undefined>): Promise<INodeCredentialTestResult> {
	try {
		const message = await problem();
		if (message !== undefined) return { status: 'Error', message };
		return { status: 'OK', message: 'Connection successful!' };
	} catch (error) {
		return { status: 'Error', message: sentenceOf(error) };
	}
}

const response = z.object({ statusCode: z.number(), headers: z.record(z.unknown()).default({}), body: z.unknown() });

/** `helpers.request` is deprecated, but it is the only HTTP helper that n8n gives to a credential test. */
export function testClient({ helpers }: ICredentialTestFunctions, headers: Record<string, string>): HttpClient {
	return async (request) => {
		const { method, url: uri, body, allowUnauthorizedCerts = false } = request;
		try {
			const answer: unknown = await helpers.request({
				method,
				uri,
				headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...headers },
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
				rejectUnauthorized: !allowUnauthorizedCerts,
				timeout: 20_000,
				simple: false,
				followRedirect: false,
				resolveWithFullResponse: true,
			});
			const { statusCode: status, headers: given, body: text } = response.parse(answer);
			const named = Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
			return { status, headers: Object.fromEntries(named), body: jsonOrText(text) };
		} catch (error) {
			throw explainTransport(error, request);
		}
	};
}

function sentenceOf(error: unknown): string {
	if (error instanceof ProviderError) return refusalSentence(error.refused);
	if (error instanceof TransportError) return `${error.message}. ${error.fix}.`;
	if (error instanceof ZodError) return `${error.issues[0]?.message ?? 'The credential is not complete'}.`;
	return error instanceof Error ? error.message : 'The provider did not answer';
}

import { createHash } from 'crypto';
import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IHttpRequestHelper,
	INode,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { z } from 'zod';
import { pasted, pastedText, type HttpClient } from '../../../providers';
import { testClient, testWith } from '../../shared/account-test';
import { readCachedCredential, type CredentialHost } from '../../shared/credentials';
import { toNodeError } from '../../shared/errors';
import { plainClient } from '../../shared/http';
import { omitUndefined } from '../../shared/omit-undefined';

export const turnstileCredential = 'whatsAppOtpTurnstileApi';

const cloudflare = 'https://challenges.cloudflare.com';

const settingsSchema = z.object({
	siteKey: pastedText.refine((text) => text !== '', "'Site Key' is empty"),
	secretKey: pastedText.refine((text) => text !== '', "'Secret Key' is empty"),
	baseUrl: z
		.string()
		.default('')
		.transform((text) => pasted('url', text) || cloudflare),
});

type Settings = z.output<typeof settingsSchema>;

export interface Turnstile {
	siteKey: string;
	/**
	 * Asks Cloudflare. Whether a token may be used again is not decided here.
	 * @throws if Cloudflare does not answer, or refuses the secret key
	 */
	accepts(token: string, clientIp: string): Promise<boolean>;
}

/** @throws NodeOperationError that names the field of the credential */
export async function openTurnstile(host: CredentialHost & IHttpRequestHelper, node: INode): Promise<Turnstile> {
	const credential = await readCachedCredential(host, node, turnstileCredential);
	try {
		return turnstileWith(settingsSchema.parse(credential), plainClient(host));
	} catch (error) {
		throw toNodeError(node, error);
	}
}

function turnstileWith(settings: Settings, http: HttpClient): Turnstile {
	return {
		siteKey: settings.siteKey,
		accepts: async (token, clientIp) => {
			const refused = await errorsOf(settings, http, { token, clientIp });
			const problem = problemOf(refused);
			if (problem !== undefined) throw new Error(problem);
			return refused.length === 0;
		},
	};
}

const answerSchema = z.object({ success: z.boolean(), 'error-codes': z.array(z.string()).default([]) });

/** @returns the error codes (docs/reference/turnstile.md 2), or none if the token is valid */
async function errorsOf(
	{ secretKey, baseUrl }: Settings,
	http: HttpClient,
	{ token, clientIp }: { token: string; clientIp: string },
): Promise<string[]> {
	const { body } = await http({
		method: 'POST',
		url: `${baseUrl}/turnstile/v0/siteverify`,
		body: omitUndefined({
			secret: secretKey,
			response: token,
			remoteip: clientIp || undefined,
			idempotency_key: uuidOf(token),
		}),
	});
	const answer = answerSchema.safeParse(body).data;
	if (answer === undefined) throw new Error("Cloudflare's answer to siteverify cannot be read");
	if (answer.success) return [];
	return answer['error-codes'].length === 0 ? ['unknown'] : answer['error-codes'];
}

/** What is wrong on our side or at Cloudflare; undefined if only the token can be wrong. */
function problemOf(errors: readonly string[]): string | undefined {
	if (errors.some((code) => code.endsWith('-input-secret'))) {
		return "Cloudflare refused the secret key. Check 'Secret Key' in the Turnstile credential";
	}
	if (errors.some((code) => ['internal-error', 'bad-request', 'unknown'].includes(code))) {
		return 'Cloudflare could not check the Turnstile token. Try again later';
	}
	return undefined;
}

/** Two clicks come with one token. With the same key, Cloudflare gives both the same answer. */
function uuidOf(token: string): string {
	const hex = createHash('sha256').update(token).digest('hex');
	return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
		'-',
	);
}

/** Asks with a token that no widget has issued: Cloudflare then says whether it knows the secret key. */
export async function testTurnstile(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	return await testWith(async () => {
		const settings = settingsSchema.parse(data);
		return problemOf(await errorsOf(settings, testClient(this, {}), { token: 'test of the credential', clientIp: '' }));
	});
}

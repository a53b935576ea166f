import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';
import { z } from 'zod';
import { readCachedCredential, type CredentialHost } from '../../shared/credentials';
import { toNodeError } from '../../shared/errors';
import { omitUndefined } from '../../shared/omit-undefined';
import type { SignInParameters } from '../parameters';

export const tokenCredential = 'whatsAppOtpSignInTokenApi';

/** Seconds. The app checks the token at once, so it needs no more. */
const lifetime = 120;

/** HS256 needs a key as long as its hash: https://www.rfc-editor.org/rfc/rfc7518#section-3.2 */
const minSecretBytes = 32;

const settingsSchema = z.object({
	// The app uses the same text, so nothing is removed from it here.
	secret: z
		.string()
		.refine((text) => text === text.trim(), "'Secret' begins or ends with a space")
		.transform((text) => new TextEncoder().encode(text))
		.refine(({ length }) => length >= minSecretBytes, `'Secret' must have at least ${minSecretBytes} characters`),
	audience: z.string().trim().min(1, "'Audience' is empty"),
	issuer: z.string().trim().min(1, "'Issuer' is empty"),
});

/** What a token is about. */
export interface TokenSubject {
	phone: string;
	verificationId: string;
	purpose: string;
	/** Of a test number, whose fixed code may be known to others. */
	isTest?: true;
}

export type TokenSigner = (subject: TokenSubject) => Promise<string>;

/** @throws ZodError that names the field of the credential */
async function signerWith(credential: unknown): Promise<TokenSigner> {
	const { secret, audience, issuer } = settingsSchema.parse(credential);
	const { SignJWT } = await import('jose/jwt/sign');
	return async ({ phone, verificationId, purpose, isTest }) => {
		const issuedAt = Math.floor(Date.now() / 1000);
		return await new SignJWT(omitUndefined({ purpose, isTest }))
			.setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
			.setSubject(phone)
			.setJti(verificationId)
			.setIssuer(issuer)
			.setAudience(audience)
			.setIssuedAt(issuedAt)
			.setExpirationTime(issuedAt + lifetime)
			.sign(secret);
	};
}

/**
 * To be called before a code is checked, because afterwards nothing may stop the run.
 * @returns undefined if the builder wants no token
 * @throws NodeOperationError that names the field of the credential
 */
export async function tokenSigner(
	host: CredentialHost,
	{ node, options }: Pick<SignInParameters, 'node' | 'options'>,
): Promise<TokenSigner | undefined> {
	if (!options.signInToken) return undefined;
	const credential = await readCachedCredential(host, node, tokenCredential);
	try {
		return await signerWith(credential);
	} catch (error) {
		throw toNodeError(node, error);
	}
}

/** Signs a token of the example number. */
export async function testSignInToken(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const sign = await signerWith(data);
		await sign({ phone: '+12015550123', verificationId: 'test', purpose: 'test' });
		return { status: 'OK', message: 'Connection successful!' };
	} catch (error) {
		if (error instanceof z.ZodError) return { status: 'Error', message: `${error.issues[0]?.message}.` };
		return { status: 'Error', message: error instanceof Error ? error.message : 'The token could not be signed' };
	}
}

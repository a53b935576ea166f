import { z } from 'zod';
import type { AltchaChallenge } from '../../../page';

const algorithm = 'PBKDF2/SHA-256';

/**
 * Iterations for each of 256 attempts on average: about half a second in the browser of a phone
 * (docs/security-model.md, 'What an attack on the sign-in page costs').
 */
const cost = 2000;

/** Seconds for which a challenge can be solved, because people leave pages open. */
export const challengeLifetime = 3600;

/** @param secret of one page: a solution for another page does not count */
export async function createProofOfWork(secret: string): Promise<AltchaChallenge> {
	const { altcha, deriveKey } = await library();
	const expiresAt = new Date(Date.now() + challengeLifetime * 1000);
	return await altcha.createChallenge({ algorithm, cost, deriveKey, expiresAt, hmacSignatureSecret: secret });
}

const payloadSchema = z.object({
	challenge: z.object({
		parameters: z
			.object({
				algorithm: z.literal(algorithm),
				nonce: z.string(),
				salt: z.string(),
				cost: z.number(),
				keyLength: z.number(),
				keyPrefix: z.string(),
				expiresAt: z.number(),
			})
			.strict(),
		signature: z.string(),
	}),
	solution: z.object({ counter: z.number(), derivedKey: z.string() }),
});

/**
 * Whether a solution may be used again is not decided here.
 * @param payload base64 of JSON, as ALTCHA's libraries write it
 * @returns the nonce of the solved challenge; undefined if the solution is wrong, expired, or of another page
 */
export async function solvedNonce(payload: string, secret: string): Promise<string | undefined> {
	const { data } = payloadSchema.safeParse(decode(payload));
	if (data === undefined) return undefined;
	const { altcha, deriveKey } = await library();
	const { verified } = await altcha.verifySolution({ ...data, deriveKey, hmacSignatureSecret: secret });
	return verified ? data.challenge.parameters.nonce : undefined;
}

/** Loaded with the first page that needs it. */
async function library() {
	const [altcha, { deriveKey }] = await Promise.all([import('altcha-lib'), import('altcha-lib/algorithms/pbkdf2')]);
	return { altcha, deriveKey };
}

function decode(payload: string): unknown {
	try {
		return JSON.parse(Buffer.from(payload, 'base64').toString());
	} catch {
		return undefined;
	}
}

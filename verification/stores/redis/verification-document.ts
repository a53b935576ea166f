import { z } from 'zod';
import { isCodeShape, type CodeShape } from '../../code';
import { deliveryStatuses, verificationStates } from '../../state';
import type { StoredVerification } from '../store';

const status = z.enum(deliveryStatuses);
const codeShape = z.custom<CodeShape>((value) => typeof value === 'string' && isCodeShape(value));

const delivery = z.object({
	sendId: z.string(),
	provider: z.string(),
	status,
	message: z.object({ key: z.string(), sealed: z.string() }).optional(),
	waId: z.string().optional(),
	times: z.record(status, z.number()),
	error: z.string().optional(),
});

/** The document of a verification (scripts/parts/documents.ts), without the fields that only the scripts use. */
const document = z.object({
	verificationId: z.string(),
	namespace: z.string(),
	phoneKey: z.string(),
	purpose: z.string(),
	state: z.enum(verificationStates),
	keyId: z.string(),
	shape: codeShape,
	attempts: z.number(),
	maxAttempts: z.number(),
	sends: z.number(),
	maxSends: z.number(),
	createdAt: z.number(),
	expiresAt: z.number(),
	resendAt: z.number(),
	verifiedAt: z.number().optional(),
	sealedPhone: z.string(),
	sealedMetadata: z.string(),
	deliveries: z.array(delivery),
});

/** The namespace and purpose, which a check must name besides the verification. JSON keeps them on one line. */
export function subjectOf({ namespace, purpose }: { namespace: string; purpose: string }): string {
	return JSON.stringify([namespace, purpose]);
}

/**
 * Reads a document.
 * @param now the server's clock when it answered, in milliseconds since 1970
 * @throws if the text is not such a document
 */
export function readVerification(text: string, now: number): StoredVerification {
	const stored = document.parse(JSON.parse(text));
	const isExpired = stored.state === 'pending' && now >= stored.expiresAt;
	return { ...stored, state: isExpired ? 'expired' : stored.state, now };
}

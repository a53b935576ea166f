import { z } from 'zod';

import type { CodeShape } from '../../code';
import { deliveryStatuses, verificationStates } from '../../state';
import type { DeliveryError, StoredDelivery, StoredVerification } from '../store';

const status = z.enum(deliveryStatuses);
const shape = z.custom<CodeShape>((value) => typeof value === 'string' && /^[dax]\d+$/.test(value));

const delivery = z.object({
	sendId: z.string(),
	provider: z.string(),
	status,
	messageId: z.string().optional(),
	waId: z.string().optional(),
	times: z.record(status, z.number()),
	/** JSON in a text of its own: Lua would mistake an empty object for an empty list. */
	error: z.string().optional(),
});
type DeliveryDocument = z.output<typeof delivery>;

/** A verification as Redis keeps it, but for what only the scripts look at: the MAC, the deadline and the like. */
const document = z.object({
	verificationId: z.string(),
	namespace: z.string(),
	phoneKey: z.string(),
	purpose: z.string(),
	state: z.enum(verificationStates),
	keyId: z.string(),
	shape,
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

const deliveryError: z.ZodType<DeliveryError> = z.object({
	code: z.union([z.number(), z.string()]).optional(),
	title: z.string().optional(),
	details: z.string().optional(),
	class: z.string().optional(),
});

/** @param now the server's clock when it answered */
export function readVerification(text: string, now: number): StoredVerification {
	const { deliveries, ...stored } = document.parse(JSON.parse(text));
	return {
		...stored,
		state: stored.state === 'pending' && now >= stored.expiresAt ? 'expired' : stored.state,
		deliveries: deliveries.map(toDelivery),
		now,
	};
}

function toDelivery({ error, ...stored }: DeliveryDocument): StoredDelivery {
	return error === undefined ? stored : { ...stored, error: deliveryError.parse(JSON.parse(error)) };
}

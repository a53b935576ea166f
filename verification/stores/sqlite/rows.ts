import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';

import type { CodeShape } from '../../code';
import { deliveryStatuses, verificationStates } from '../../state';
import type { StoredDelivery, StoredVerification } from '../store';

type Schema<Value> = z.ZodType<Value, z.ZodTypeDef, unknown>;

const shape = z.custom<CodeShape>((value) => typeof value === 'string' && /^[dax]\d+$/.test(value));
const status = z.enum(deliveryStatuses);

/** A row of `verification` as read. */
export const verificationRow = z.object({
	id: z.string(),
	namespace: z.string(),
	phone_key: z.string(),
	purpose: z.string(),
	state: z.enum(verificationStates),
	key_id: z.string(),
	mac: z.string().nullable(),
	shape,
	attempts: z.number(),
	max_attempts: z.number(),
	sends: z.number(),
	max_sends: z.number(),
	created_at: z.number(),
	deadline_at: z.number(),
	expires_at: z.number(),
	resend_at: z.number(),
	verified_at: z.number().nullable(),
	sealed_phone: z.string(),
	sealed_metadata: z.string(),
});
export type VerificationRow = z.output<typeof verificationRow>;

const json = <Value>(schema: Schema<Value>) => z.string().transform((text) => schema.parse(JSON.parse(text)));

/** A row of `delivery` as read. */
export const deliveryRow = z.object({
	send_id: z.string(),
	verification_id: z.string(),
	number: z.number(),
	provider: z.string(),
	status,
	message_key: z.string().nullable(),
	sealed_message_id: z.string().nullable(),
	sealed_wa_id: z.string().nullable(),
	sealed_error: z.string().nullable(),
	times: json(z.record(status, z.number())),
	/** Null once it arrived, failed or was told of: it can't be dropped any more. */
	drop_at: z.number().nullable(),
	fingerprint: z.string(),
	started_at: z.number(),
	/** The code before its own, as JSON; null where there was none or nothing can bring it back. */
	replaced: z.string().nullable(),
});
export type DeliveryRow = z.output<typeof deliveryRow>;

export const stamps = json(z.array(z.number()));

export function toDelivery(row: DeliveryRow): StoredDelivery {
	const { message_key: key, sealed_message_id: sealed } = row;
	return {
		sendId: row.send_id,
		provider: row.provider,
		status: row.status,
		...(key === null || sealed === null ? {} : { message: { key, sealed } }),
		...(row.sealed_wa_id === null ? {} : { waId: row.sealed_wa_id }),
		times: row.times,
		...(row.sealed_error === null ? {} : { error: row.sealed_error }),
	};
}

export function toVerification(row: VerificationRow, deliveries: DeliveryRow[], now: number): StoredVerification {
	return {
		verificationId: row.id,
		namespace: row.namespace,
		phoneKey: row.phone_key,
		purpose: row.purpose,
		state: row.state === 'pending' && now >= row.expires_at ? 'expired' : row.state,
		keyId: row.key_id,
		shape: row.shape,
		attempts: row.attempts,
		maxAttempts: row.max_attempts,
		sends: row.sends,
		maxSends: row.max_sends,
		createdAt: row.created_at,
		expiresAt: row.expires_at,
		resendAt: row.resend_at,
		...(row.verified_at === null ? {} : { verifiedAt: row.verified_at }),
		sealedPhone: row.sealed_phone,
		sealedMetadata: row.sealed_metadata,
		deliveries: deliveries.map(toDelivery),
		now,
	};
}

type Bindings = Record<string, string | number | null>;

/** Prepares each statement once; rows come back parsed. */
export class Statements {
	private readonly prepared = new Map<string, StatementSync>();

	constructor(private readonly database: DatabaseSync) {}

	run(sql: string, values: Bindings): number {
		return Number(this.prepare(sql).run(values).changes);
	}

	any(sql: string, values: Bindings): boolean {
		return this.prepare(sql).get(values) !== undefined;
	}

	row<Row>(schema: Schema<Row>, sql: string, values: Bindings): Row | undefined {
		const row = this.prepare(sql).get(values);
		return row === undefined ? undefined : schema.parse(row);
	}

	rows<Row>(schema: Schema<Row>, sql: string, values: Bindings): Row[] {
		return this.prepare(sql).all(values).map((row) => schema.parse(row));
	}

	private prepare(sql: string): StatementSync {
		let statement = this.prepared.get(sql);
		if (statement === undefined) {
			statement = this.database.prepare(sql);
			this.prepared.set(sql, statement);
		}
		return statement;
	}
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isCodeShape, type CodeShape } from '../../code';
import { deliveryStatuses, verificationStates } from '../../state';
import type { StoredDelivery, StoredVerification } from '../store';
import { json, number, oneOf, orNull, rowOf, text, wordsTo, type Column, type Row } from './row-reader';

const shape: Column<CodeShape> = (value) => {
	const given = text(value);
	if (!isCodeShape(given)) throw new Error('a code of an unknown shape');
	return given;
};

/** What an evaluation changes. */
const evaluated = { state: oneOf(verificationStates), attempts: number, verified_at: orNull(number) };
export const evaluatedRow = rowOf(evaluated);
export type EvaluatedRow = ReturnType<typeof evaluatedRow>;

/** A row of `verification` as read. */
export const verificationRow = rowOf({
	...evaluated,
	id: text,
	namespace: text,
	phone_key: text,
	purpose: text,
	key_id: text,
	mac: orNull(text),
	shape,
	max_attempts: number,
	sends: number,
	max_sends: number,
	created_at: number,
	deadline_at: number,
	expires_at: number,
	resend_at: number,
	sealed_phone: text,
	sealed_metadata: text,
});
export type VerificationRow = ReturnType<typeof verificationRow>;

const status = oneOf(deliveryStatuses);

/** A row of `delivery` as read. */
export const deliveryRow = rowOf({
	send_id: text,
	verification_id: text,
	number,
	provider: text,
	status,
	message_key: orNull(text),
	sealed_message_id: orNull(text),
	sealed_wa_id: orNull(text),
	sealed_error: orNull(text),
	times: json(wordsTo(status, number)),
	/** Null once it arrived, failed or was told of: it can't be dropped any more. */
	drop_at: orNull(number),
	fingerprint: text,
	started_at: number,
	/** The code before its own, as JSON; null where there was none or nothing can bring it back. */
	replaced: orNull(text),
});
export type DeliveryRow = ReturnType<typeof deliveryRow>;

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

/** Prepares each statement once; rows come back read. */
export class Statements {
	private readonly prepared = new Map<string, StatementSync>();

	constructor(private readonly database: DatabaseSync) {}

	run(sql: string, values: Bindings): number {
		return Number(this.prepare(sql).run(values).changes);
	}

	any(sql: string, values: Bindings): boolean {
		return this.prepare(sql).get(values) !== undefined;
	}

	row<Result>(read: (row: Row) => Result, sql: string, values: Bindings): Result | undefined {
		const row = this.prepare(sql).get(values);
		return row === undefined ? undefined : read(row);
	}

	rows<Result>(read: (row: Row) => Result, sql: string, values: Bindings): Result[] {
		return this.prepare(sql).all(values).map(read);
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

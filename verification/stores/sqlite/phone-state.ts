import { cooldownOf } from '../../rules/cooldown';
import {
	canBeDropped,
	type CooldownRecord,
	type Counter,
	type DeliveryRecord,
	type PhoneState,
	type Step,
	type VerificationRecord,
} from '../../rules/phone-state';
import { cooldownRow, counterRow, deliveryRow, verificationRow, writeCooldown, writeReplaced } from './rows';
import type { Statements } from './statements';

// Reads the part of a phone's state that a step needs (verification/rules), and writes what the step has changed.

export const nothingKnown: PhoneState = { verifications: [], deliveries: [], counters: {}, cooldowns: {} };

export function readVerification(statements: Statements, id: string): VerificationRecord | undefined {
	return statements.row(verificationRow, 'SELECT * FROM verification WHERE id = :id', { id });
}

/** The pending verifications of a phone and purpose, newest first. */
export function readPending(
	statements: Statements,
	{ phoneKey, purpose }: { phoneKey: string; purpose: string },
	now: number,
): VerificationRecord[] {
	return statements.rows(
		verificationRow,
		`SELECT * FROM verification WHERE phone_key = :phoneKey AND purpose = :purpose AND state = 'pending'
			AND expires_at > :now ORDER BY created_at DESC`,
		{ phoneKey, purpose, now },
	);
}

/** The verification, with its sends. */
export function readWithDeliveries(statements: Statements, id: string): PhoneState {
	const verification = readVerification(statements, id);
	return verification === undefined
		? nothingKnown
		: { ...nothingKnown, verifications: [verification], deliveries: readDeliveries(statements, id) };
}

/** The verification that a send belongs to, with all its sends. */
export function readBySend(statements: Statements, sendId: string): PhoneState {
	const send = readSend(statements, 'send_id', sendId);
	if (send === undefined) return nothingKnown;
	const known = readWithDeliveries(statements, send.verificationId);
	const [verification] = known.verifications;
	// Its verification may have been deleted first.
	if (verification === undefined) return { ...known, deliveries: [send] };
	return { ...known, cooldowns: readCooldown(statements, cooldownOf(verification)) };
}

export function readSend(
	statements: Statements,
	column: 'send_id' | 'idempotency_key' | 'message_key',
	value: string,
): DeliveryRecord | undefined {
	return statements.row(deliveryRow, `SELECT * FROM delivery WHERE ${column} = :value`, { value });
}

function readDeliveries(statements: Statements, id: string): DeliveryRecord[] {
	return statements.rows(deliveryRow, 'SELECT * FROM delivery WHERE verification_id = :id ORDER BY number', { id });
}

/** The sends that keep the code that they replaced. */
export function readReplacing(statements: Statements, id: string): DeliveryRecord[] {
	return statements.rows(
		deliveryRow,
		'SELECT * FROM delivery WHERE verification_id = :id AND replaced IS NOT NULL ORDER BY number',
		{ id },
	);
}

export function readCounters(statements: Statements, names: Iterable<string>): Record<string, Counter> {
	const counters: Record<string, Counter> = {};
	for (const name of names) {
		const counter = statements.row(counterRow, 'SELECT * FROM counter WHERE key = :name', { name });
		if (counter !== undefined) counters[name] = counter;
	}
	return counters;
}

export function readCooldown(statements: Statements, name: string): Record<string, CooldownRecord> {
	const cooldown = statements.row(cooldownRow, 'SELECT * FROM counter WHERE key = :name', { name });
	return cooldown === undefined ? {} : { [name]: cooldown };
}

/** Takes a step of the rules: writes what it has changed, and returns its answer. */
export function take<Answer>(statements: Statements, known: PhoneState, { state, answer }: Step<Answer>): Answer {
	saveVerifications(statements, known.verifications, state.verifications);
	saveDeliveries(statements, known.deliveries, state.deliveries);
	for (const [name, counter] of Object.entries(state.counters)) {
		if (counter !== known.counters[name]) writeCounter(statements, name, counter);
	}
	for (const [name, cooldown] of Object.entries(state.cooldowns)) {
		const { purgeAt } = cooldown;
		if (cooldown !== known.cooldowns[name]) writeRow(statements, name, writeCooldown(cooldown), purgeAt);
	}
	return answer;
}

function saveVerifications(
	statements: Statements,
	before: readonly VerificationRecord[],
	after: readonly VerificationRecord[],
): void {
	if (before === after) return;
	const ids = new Set(before.map(({ verificationId }) => verificationId));
	for (const record of after) {
		const isKnown = ids.delete(record.verificationId);
		if (before.includes(record)) continue;
		if (isKnown) updateVerification(statements, record);
		else insertVerification(statements, record);
	}
	for (const id of ids) statements.run('DELETE FROM verification WHERE id = :id', { id });
}

function saveDeliveries(
	statements: Statements,
	before: readonly DeliveryRecord[],
	after: readonly DeliveryRecord[],
): void {
	if (before === after) return;
	const ids = new Set(before.map(({ sendId }) => sendId));
	for (const { sendId } of after) ids.delete(sendId);
	// First, because a send can take over the idempotency key of one that is deleted.
	for (const id of ids) statements.run('DELETE FROM delivery WHERE send_id = :id', { id });
	for (const record of after) if (!before.includes(record)) writeDelivery(statements, record);
}

function insertVerification(statements: Statements, record: VerificationRecord): void {
	const { namespace, phoneKey, purpose, maxAttempts, maxSends, createdAt, deadlineAt } = record;
	statements.run(
		`INSERT INTO verification (id, namespace, phone_key, purpose, state, key_id, mac, shape, attempts, max_attempts,
			sends, max_sends, created_at, deadline_at, expires_at, resend_at, verified_at, sealed_phone, sealed_metadata,
			purge_at)
		VALUES (:id, :namespace, :phoneKey, :purpose, :state, :keyId, :mac, :shape, :attempts, :maxAttempts,
			:sends, :maxSends, :createdAt, :deadlineAt, :expiresAt, :resendAt, :verifiedAt, :sealedPhone, :sealedMetadata,
			:purgeAt)`,
		{ ...changingValues(record), namespace, phoneKey, purpose, maxAttempts, maxSends, createdAt, deadlineAt },
	);
}

function updateVerification(statements: Statements, record: VerificationRecord): void {
	statements.run(
		`UPDATE verification SET state = :state, key_id = :keyId, mac = :mac, shape = :shape, attempts = :attempts,
			sends = :sends, expires_at = :expiresAt, resend_at = :resendAt, verified_at = :verifiedAt,
			sealed_phone = :sealedPhone, sealed_metadata = :sealedMetadata, purge_at = :purgeAt
		WHERE id = :id`,
		changingValues(record),
	);
}

function changingValues({ verificationId: id, mac, verifiedAt, ...record }: VerificationRecord) {
	const { state, keyId, shape, attempts, sends, expiresAt, resendAt, sealedPhone, sealedMetadata, purgeAt } = record;
	return {
		id,
		state,
		keyId,
		shape,
		attempts,
		sends,
		expiresAt,
		resendAt,
		sealedPhone,
		sealedMetadata,
		purgeAt,
		mac: mac === '' ? null : mac,
		verifiedAt: verifiedAt ?? null,
	};
}

function writeDelivery(statements: Statements, record: DeliveryRecord): void {
	const { sendId, verificationId, number, provider, status, message, waId, error, times, dropAt } = record;
	const { idempotencyKey, fingerprint, startedAt, replaced } = record;
	statements.run(
		`INSERT INTO delivery (send_id, verification_id, number, provider, status, message_key, sealed_message_id,
			sealed_wa_id, sealed_error, times, drop_at, idempotency_key, fingerprint, started_at, replaced, purge_at)
		VALUES (:sendId, :verificationId, :number, :provider, :status, :key, :sealed,
			:waId, :error, :times, :dropAt, :idempotencyKey, :fingerprint, :startedAt, :replaced, :purgeAt)
		ON CONFLICT (send_id) DO UPDATE SET status = excluded.status, message_key = excluded.message_key,
			sealed_message_id = excluded.sealed_message_id, sealed_wa_id = excluded.sealed_wa_id,
			sealed_error = excluded.sealed_error, times = excluded.times, drop_at = excluded.drop_at,
			replaced = excluded.replaced`,
		{
			sendId,
			verificationId,
			number,
			provider,
			status,
			idempotencyKey,
			fingerprint,
			startedAt,
			key: message?.key ?? null,
			sealed: message?.sealed ?? null,
			waId: waId ?? null,
			error: error ?? null,
			times: JSON.stringify(times),
			dropAt: dropAt !== undefined && canBeDropped(status) ? dropAt : null,
			replaced: replaced === undefined ? null : writeReplaced(replaced),
			purgeAt: record.purgeAt,
		},
	);
}

function writeCounter(statements: Statements, key: string, { moments, purgeAt }: Counter): void {
	if (moments.length > 0) writeRow(statements, key, JSON.stringify(moments), purgeAt);
	else statements.run('DELETE FROM counter WHERE key = :key', { key });
}

/** A row of `counter`. */
function writeRow(statements: Statements, key: string, stamps: string, purgeAt: number): void {
	statements.run(
		`INSERT INTO counter (key, stamps, purge_at) VALUES (:key, :stamps, :purgeAt)
		ON CONFLICT (key) DO UPDATE SET stamps = excluded.stamps, purge_at = excluded.purge_at`,
		{ key, stamps, purgeAt },
	);
}

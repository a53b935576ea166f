import { isNewStatus, type DeliveryStatus } from '../../state';
import type { DeliveryAnswer, DeliveryUpdate, SendReport, StoredMessageId, StoredVerification } from '../store';
import { uncount } from './counters';
import { deleteReplaced, restoreReplaced } from './replaced-code';
import { deliveryRow, toDelivery, toVerification, type DeliveryRow, type VerificationRow } from './rows';
import type { Statements } from './statements';
import { readDeliveries, readRow, requireRow, withDeliveries } from './verifications';

/** A new status of a delivery, with what the provider said. */
interface StatusChange {
	status: DeliveryStatus;
	at: number;
	message?: StoredMessageId;
	waId?: string;
	error?: string;
}

/** Records what the provider answered. A webhook may have come first, so the status never goes back. */
export function recordSend(statements: Statements, now: number, report: SendReport): StoredVerification | undefined {
	const row = statements.row(deliveryRow, 'SELECT * FROM delivery WHERE send_id = :id', { id: report.sendId });
	if (row === undefined || row.verification_id !== report.verificationId) return undefined;
	const verification = readRow(statements, now, row.verification_id);
	if (verification === undefined) return undefined;
	if (report.outcome !== 'withdrawn') {
		applyStatus(statements, row, { status: report.outcome, at: now, ...report });
		return settle(statements, now, verification, readDeliveries(statements, verification.id));
	}
	// If another outcome or a webhook is known, the message may have been sent, so it can't be withdrawn.
	return isUnanswered(row) ? withdraw(statements, now, report, row) : withDeliveries(statements, now, verification);
}

/** A replay marks a send without an answer as `unknown`, but sets no time for it. */
function isUnanswered({ status, times }: DeliveryRow): boolean {
	return status === 'sending' || (status === 'unknown' && times.unknown === undefined);
}

/** Records a status from a webhook. Nothing changes if the key of the verification is missing. */
export function recordDelivery(
	statements: Statements,
	now: number,
	update: DeliveryUpdate,
): DeliveryAnswer | undefined {
	const { sendId, provider, status, occurredAt, message, waId, error } = update;
	const deliveries = statements.rows(
		deliveryRow,
		`SELECT * FROM delivery WHERE verification_id =
			(SELECT verification_id FROM delivery WHERE send_id = :sendId AND provider = :provider) ORDER BY number`,
		{ sendId, provider },
	);
	const row = deliveries.find((each) => each.send_id === sendId);
	const verification = row && readRow(statements, now, row.verification_id);
	if (row === undefined || verification === undefined) return undefined;
	if (!update.keyIds.includes(verification.key_id)) return { keyMissing: verification.key_id };
	const recorded = applyStatus(statements, row, { status, at: occurredAt, message, waId, error });
	const all = deliveries.map((each) => (each === row ? recorded : each));
	const stored = settle(statements, now, verification, all);
	return { isNew: recorded.status !== row.status, delivery: toDelivery(recorded), verification: stored };
}

/** @returns the changed row; its status is the old one if the change was not new */
export function applyStatus(
	statements: Statements,
	row: DeliveryRow,
	{ status, at, message, waId, error }: StatusChange,
): DeliveryRow {
	const isNew = isNewStatus(row.status, status);
	const newStatus = isNew ? status : row.status;
	const changed = {
		...row,
		status: newStatus,
		times: { [status]: at, ...row.times },
		message_key: row.message_key ?? message?.key ?? null,
		sealed_message_id: row.sealed_message_id ?? message?.sealed ?? null,
		sealed_wa_id: row.sealed_wa_id ?? waId ?? null,
		sealed_error: isNew ? (error ?? null) : row.sealed_error,
		drop_at: isNewStatus(newStatus, 'dropped') ? row.drop_at : null,
	};
	statements.run(
		`UPDATE delivery SET status = :status, times = :times, message_key = :key, sealed_message_id = :sealed,
			sealed_wa_id = :waId, sealed_error = :error, drop_at = :dropAt WHERE send_id = :id`,
		{
			id: row.send_id,
			status: newStatus,
			times: JSON.stringify(changed.times),
			key: changed.message_key,
			sealed: changed.sealed_message_id,
			waId: changed.sealed_wa_id,
			error: changed.sealed_error,
			dropAt: changed.drop_at,
		},
	);
	deleteReplaced(statements, row.verification_id, row.number);
	return changed;
}

/** If all sends have failed, the verification is undeliverable. A later delivery makes it pending again. */
function settle(
	statements: Statements,
	now: number,
	row: VerificationRow,
	deliveries: DeliveryRow[],
): StoredVerification {
	const settled = row.expires_at > now ? { ...row, ...settledState(row, deliveries, now) } : row;
	if (settled.state !== row.state || settled.resend_at !== row.resend_at) {
		const { id, state, resend_at: resendAt } = settled;
		statements.run('UPDATE verification SET state = :state, resend_at = :resendAt WHERE id = :id', {
			id,
			state,
			resendAt,
		});
	}
	return toVerification(settled, deliveries, now);
}

function settledState({ state, resend_at }: VerificationRow, deliveries: readonly DeliveryRow[], now: number) {
	const allFailed = deliveries.every(({ status }) => status === 'failed');
	const [from, to] = allFailed ? (['pending', 'undeliverable'] as const) : (['undeliverable', 'pending'] as const);
	// After a failed message the person need not wait for the next one.
	const lastFailed = deliveries.at(-1)?.status === 'failed';
	return { state: state === from ? to : state, resend_at: lastFailed ? Math.min(resend_at, now) : resend_at };
}

/**
 * Nothing was sent. So the send does not count, the next send is allowed now, and the code before it is valid again.
 */
function withdraw(
	statements: Statements,
	now: number,
	report: SendReport,
	row: DeliveryRow,
): StoredVerification | undefined {
	statements.run('DELETE FROM delivery WHERE send_id = :id', { id: row.send_id });
	for (const counter of report.counters) uncount(statements, counter, row.started_at);
	const id = row.verification_id;
	const left = readDeliveries(statements, id);
	if (left.length === 0) {
		statements.run('DELETE FROM verification WHERE id = :id', { id });
		return undefined;
	}
	const next = left.find(({ number }) => number > row.number);
	restoreReplaced(statements, now, row, next);
	statements.run('UPDATE verification SET sends = sends - 1, resend_at = :now WHERE id = :id', { id, now });
	return settle(statements, now, requireRow(statements, now, id), readDeliveries(statements, id));
}

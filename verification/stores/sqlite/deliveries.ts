import { isNews, type DeliveryStatus } from '../../state';
import type { DeliveryAnswer, DeliveryNews, SendReport, StoredMessageId, StoredVerification } from '../store';
import { uncount } from './counters';
import { readDeliveries, readRow, withDeliveries } from './verifications';
import { forgetReplaced, restoreReplaced } from './replaced-code';
import {
	deliveryRow,
	toDelivery,
	toVerification,
	type DeliveryRow,
	type Statements,
	type VerificationRow,
} from './rows';

/** What a delivery becomes through news of it. */
interface Update {
	status: DeliveryStatus;
	at: number;
	message?: StoredMessageId | undefined;
	waId?: string | undefined;
	error?: string | undefined;
}

/** Records what the provider answered; a webhook may have been faster, so a status never goes back. */
export function recordSend(statements: Statements, now: number, report: SendReport): StoredVerification | undefined {
	const row = statements.row(deliveryRow, 'SELECT * FROM delivery WHERE send_id = :id', { id: report.sendId });
	if (row === undefined || row.verification_id !== report.verificationId) return undefined;
	const verification = readRow(statements, now, row.verification_id);
	if (verification === undefined) return undefined;
	if (report.outcome !== 'withdrawn') {
		apply(statements, row, { status: report.outcome, at: now, ...report });
		return settle(statements, now, verification, readDeliveries(statements, verification.id));
	}
	// One that was answered otherwise, or that a webhook knew better of: what may have been sent can't be withdrawn.
	return isUnanswered(row) ? withdraw(statements, now, report, row) : withDeliveries(statements, now, verification);
}

/** One that a replay took for lost is unknown without having been reported so. */
function isUnanswered({ status, times }: DeliveryRow): boolean {
	return status === 'sending' || (status === 'unknown' && times.unknown === undefined);
}

export function recordDelivery(statements: Statements, now: number, news: DeliveryNews): DeliveryAnswer | undefined {
	const { sendId, provider } = news;
	const deliveries = statements.rows(
		deliveryRow,
		`SELECT * FROM delivery WHERE verification_id =
			(SELECT verification_id FROM delivery WHERE send_id = :sendId AND provider = :provider) ORDER BY number`,
		{ sendId, provider },
	);
	const row = deliveries.find((each) => each.send_id === sendId);
	const verification = row && readRow(statements, now, row.verification_id);
	if (row === undefined || verification === undefined) return undefined;
	if (!news.keyIds.includes(verification.key_id)) return { keyMissing: verification.key_id };
	const recorded = apply(statements, row, withoutKnown(news, row));
	const all = deliveries.map((each) => (each === row ? recorded : each));
	const stored = settle(statements, now, verification, all);
	return { news: recorded.status !== row.status, delivery: toDelivery(recorded), verification: stored };
}

/** Leaves out what is known, which the engine would have to seal again. */
function withoutKnown(news: DeliveryNews, { status: known, sealed_message_id, sealed_wa_id }: DeliveryRow): Update {
	const { status, occurredAt: at } = news;
	return {
		...{ status, at },
		message: sealed_message_id === null ? news.message : undefined,
		waId: sealed_wa_id === null ? news.waId : undefined,
		error: isNews(known, status) ? news.error : undefined,
	};
}

/** @returns the row as it is now; its status is another one where it was news */
export function apply(
	statements: Statements,
	row: DeliveryRow,
	{ status, at, message, waId, error }: Update,
): DeliveryRow {
	const isNew = isNews(row.status, status);
	const becomes = isNew ? status : row.status;
	const recorded = {
		...row,
		status: becomes,
		times: { [status]: at, ...row.times },
		message_key: row.message_key ?? message?.key ?? null,
		sealed_message_id: row.sealed_message_id ?? message?.sealed ?? null,
		sealed_wa_id: row.sealed_wa_id ?? waId ?? null,
		sealed_error: isNew ? (error ?? null) : row.sealed_error,
		drop_at: isNews(becomes, 'dropped') ? row.drop_at : null,
	};
	statements.run(
		`UPDATE delivery SET status = :status, times = :times, message_key = :key, sealed_message_id = :sealed,
			sealed_wa_id = :waId, sealed_error = :error, drop_at = :dropAt WHERE send_id = :id`,
		{
			id: row.send_id,
			status: becomes,
			times: JSON.stringify(recorded.times),
			key: recorded.message_key,
			sealed: recorded.sealed_message_id,
			waId: recorded.sealed_wa_id,
			error: recorded.sealed_error,
			dropAt: recorded.drop_at,
		},
	);
	forgetReplaced(statements, row.verification_id, row.number);
	return recorded;
}

/** A verification none of whose sends can arrive is undeliverable; one that arrives after all brings it back. */
function settle(
	statements: Statements,
	now: number,
	row: VerificationRow,
	deliveries: DeliveryRow[],
): StoredVerification {
	const settled = row.expires_at > now ? { ...row, ...outcomeOf(row, deliveries, now) } : row;
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

function outcomeOf({ state, resend_at }: VerificationRow, deliveries: readonly DeliveryRow[], now: number) {
	const allFailed = deliveries.every(({ status }) => status === 'failed');
	const [from, to] = allFailed ? (['pending', 'undeliverable'] as const) : (['undeliverable', 'pending'] as const);
	// Nobody has to wait for a message that will not come.
	const isOver = deliveries.at(-1)?.status === 'failed';
	return { state: state === from ? to : state, resend_at: isOver ? Math.min(resend_at, now) : resend_at };
}

/** Nothing was sent, so the send counts nowhere and may be made again at once, and the code before it is good again. */
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
	restoreReplaced(
		statements,
		now,
		row,
		left.find(({ number }) => number > row.number),
	);
	statements.run('UPDATE verification SET sends = sends - 1, resend_at = :now WHERE id = :id', { id, now });
	const verification = readRow(statements, now, id);
	if (verification === undefined) throw new Error(`verification ${id} is gone`);
	return settle(statements, now, verification, readDeliveries(statements, id));
}

import { isNews, type DeliveryStatus } from '../../state';
import type { DeliveryAnswer, DeliveryNews, SendReport, StoredMessageId, StoredVerification } from '../store';
import { uncount } from './counters';
import { readDeliveries, readRow, readStored } from './records';
import { forgetReplaced, restoreReplaced } from './replaced';
import { deliveryRow, toDelivery, type DeliveryRow, type Statements } from './rows';

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
	if (readRow(statements, now, row.verification_id) === undefined) return undefined;
	if (report.outcome !== 'withdrawn') {
		apply(statements, row, { status: report.outcome, at: now, ...report });
		settle(statements, now, row.verification_id);
	} else if (isUnanswered(row)) {
		return withdraw(statements, now, report, row);
	}
	// Else it was answered otherwise, or a webhook knew better: what may have been sent can't be withdrawn.
	return readStored(statements, now, row.verification_id);
}

/** One that a replay took for lost is unknown without having been reported so. */
function isUnanswered({ status, times }: DeliveryRow): boolean {
	return status === 'sending' || (status === 'unknown' && times.unknown === undefined);
}

export function recordDelivery(statements: Statements, now: number, news: DeliveryNews): DeliveryAnswer | undefined {
	const { sendId, provider } = news;
	const row = statements.row(
		deliveryRow,
		'SELECT * FROM delivery WHERE send_id = :sendId AND provider = :provider',
		{ sendId, provider },
	);
	const verification = row && readRow(statements, now, row.verification_id);
	if (row === undefined || verification === undefined) return undefined;
	if (!news.keyIds.includes(verification.key_id)) return { keyMissing: verification.key_id };
	const isNew = apply(statements, row, { ...news, at: news.occurredAt });
	if (isNew) settle(statements, now, row.verification_id);
	const delivery = statements.row(deliveryRow, 'SELECT * FROM delivery WHERE send_id = :id', { id: row.send_id }) ?? row;
	return {
		news: isNew,
		delivery: toDelivery(delivery),
		verification: readStored(statements, now, row.verification_id),
	};
}

/** @returns whether it was news */
export function apply(statements: Statements, row: DeliveryRow, { status, at, message, waId, error }: Update): boolean {
	const isNew = isNews(row.status, status);
	const becomes = isNew ? status : row.status;
	statements.run(
		`UPDATE delivery SET status = :status, times = :times, message_key = coalesce(message_key, :key),
			sealed_message_id = coalesce(sealed_message_id, :sealed), sealed_wa_id = coalesce(:waId, sealed_wa_id),
			sealed_error = :error, drop_at = :dropAt WHERE send_id = :id`,
		{
			id: row.send_id,
			status: becomes,
			times: JSON.stringify({ [status]: at, ...row.times }),
			key: message?.key ?? null,
			sealed: message?.sealed ?? null,
			waId: waId ?? null,
			error: isNew ? (error ?? null) : row.sealed_error,
			dropAt: isNews(becomes, 'dropped') ? row.drop_at : null,
		},
	);
	forgetReplaced(statements, row.verification_id, row.number);
	return isNew;
}

/** A verification none of whose sends can arrive is undeliverable; one that arrives after all brings it back. */
function settle(statements: Statements, now: number, id: string): void {
	const deliveries = readDeliveries(statements, id);
	const allFailed = deliveries.every(({ status }) => status === 'failed');
	const [from, to] = allFailed ? ['pending', 'undeliverable'] : ['undeliverable', 'pending'];
	const live = 'WHERE id = :id AND expires_at > :now';
	statements.run(`UPDATE verification SET state = :to ${live} AND state = :from`, { id, now, from, to });
	// Nobody has to wait for a message that will not come.
	if (deliveries.at(-1)?.status !== 'failed') return;
	statements.run(`UPDATE verification SET resend_at = min(resend_at, :now) ${live}`, { id, now });
}

/** Nothing was sent, so the send counts nowhere and may be made again at once, and the code before it is good again. */
function withdraw(statements: Statements, now: number, report: SendReport, row: DeliveryRow): StoredVerification | undefined {
	statements.run('DELETE FROM delivery WHERE send_id = :id', { id: row.send_id });
	for (const counter of report.counters) uncount(statements, counter, row.started_at);
	const id = row.verification_id;
	const left = readDeliveries(statements, id);
	if (left.length === 0) {
		statements.run('DELETE FROM verification WHERE id = :id', { id });
		return undefined;
	}
	restoreReplaced(statements, now, row, left.find(({ number }) => number > row.number));
	statements.run('UPDATE verification SET sends = sends - 1, resend_at = :now WHERE id = :id', { id, now });
	settle(statements, now, id);
	return readStored(statements, now, id);
}

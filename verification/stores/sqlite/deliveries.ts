import { isNews, type DeliveryStatus } from '../../state';
import type { DeliveryAnswer, DeliveryError, DeliveryNews, SendReport, StoredVerification } from '../store';
import { uncount } from './counters';
import { readDeliveries, readRow, readStored } from './records';
import { deliveryRow, toDelivery, type DeliveryRow, type Statements } from './rows';

/** What a delivery becomes through news of it. */
interface Update {
	status: DeliveryStatus;
	at: number;
	messageId?: string | undefined;
	waId?: string | undefined;
	error?: DeliveryError | undefined;
}

/** Records what the provider answered; a webhook may have been faster, so a status never goes back. */
export function recordSend(statements: Statements, now: number, report: SendReport): StoredVerification | undefined {
	const row = statements.row(deliveryRow, 'SELECT * FROM delivery WHERE send_id = :id', { id: report.sendId });
	if (row === undefined || row.verification_id !== report.verificationId) return undefined;
	if (readRow(statements, now, row.verification_id) === undefined) return undefined;
	if (report.outcome !== 'withdrawn') {
		apply(statements, row, { status: report.outcome, at: now, ...report });
		settle(statements, now, row.verification_id);
	} else if (row.status === 'sending' || row.status === 'unknown') {
		return withdraw(statements, now, report, row);
	}
	// Else a webhook knew better: what was sent can't be withdrawn.
	return readStored(statements, now, row.verification_id);
}

export function recordDelivery(statements: Statements, now: number, news: DeliveryNews): DeliveryAnswer | undefined {
	const row = findDelivery(statements, news);
	if (row === undefined || readRow(statements, now, row.verification_id) === undefined) return undefined;
	const isNew = apply(statements, row, { ...news, at: news.occurredAt });
	if (isNew) settle(statements, now, row.verification_id);
	const delivery = statements.row(deliveryRow, 'SELECT * FROM delivery WHERE send_id = :id', { id: row.send_id }) ?? row;
	return {
		news: isNew,
		delivery: toDelivery(delivery),
		verification: readStored(statements, now, row.verification_id),
	};
}

function findDelivery(statements: Statements, { provider, sendId, messageId }: DeliveryNews): DeliveryRow | undefined {
	return (
		statements.row(
			deliveryRow,
			'SELECT * FROM delivery WHERE message_id = :messageId AND provider = :provider',
			{ messageId, provider },
		) ??
		statements.row(deliveryRow, 'SELECT * FROM delivery WHERE send_id = :sendId AND provider = :provider', {
			sendId: sendId ?? '',
			provider,
		})
	);
}

function apply(statements: Statements, row: DeliveryRow, { status, at, messageId, waId, error }: Update): boolean {
	const isNew = isNews(row.status, status);
	statements.run(
		`UPDATE delivery SET status = :status, times = :times, message_id = coalesce(message_id, :messageId),
			wa_id = coalesce(:waId, wa_id), error = :error WHERE send_id = :id`,
		{
			id: row.send_id,
			status: isNew ? status : row.status,
			times: JSON.stringify({ [status]: at, ...row.times }),
			messageId: messageId ?? null,
			waId: waId ?? null,
			error: isNew ? jsonOrNull(error) : jsonOrNull(row.error ?? undefined),
		},
	);
	return isNew;
}

function jsonOrNull(error: DeliveryError | undefined): string | null {
	return error === undefined ? null : JSON.stringify(error);
}

/** A verification none of whose sends can arrive is undeliverable; one that arrives after all brings it back. */
function settle(statements: Statements, now: number, id: string): void {
	const allFailed = readDeliveries(statements, id).every(({ status }) => status === 'failed');
	const [from, to] = allFailed ? ['pending', 'undeliverable'] : ['undeliverable', 'pending'];
	statements.run('UPDATE verification SET state = :to WHERE id = :id AND state = :from AND expires_at > :now', {
		id,
		from,
		to,
		now,
	});
}

/** The builder has to mend something first, so the send counts nowhere and may be made again at once. */
function withdraw(statements: Statements, now: number, report: SendReport, row: DeliveryRow): StoredVerification | undefined {
	statements.run('DELETE FROM delivery WHERE send_id = :id', { id: row.send_id });
	for (const counter of report.counters) uncount(statements, counter, row.started_at);
	const id = row.verification_id;
	const left = readDeliveries(statements, id);
	if (left.length === 0) {
		statements.run('DELETE FROM verification WHERE id = :id', { id });
		return undefined;
	}
	statements.run('UPDATE verification SET sends = sends - 1, resend_at = :now WHERE id = :id', { id, now });
	settle(statements, now, id);
	return readStored(statements, now, id);
}

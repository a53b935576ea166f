import * as rules from '../../rules';
import type { DeliveryAnswer, DeliveryUpdate, SendReport, StoredVerification } from '../store';
import { readBySend, readCounters, take } from './phone-state';
import type { Statements } from './statements';

/** Records what the provider answered. */
export function recordSend(statements: Statements, now: number, report: SendReport): StoredVerification | undefined {
	const counters = readCounters(statements, report.outcome === 'withdrawn' ? report.counters : []);
	const known = { ...readBySend(statements, report.sendId), counters };
	return take(statements, known, rules.recordSend(known, report, now));
}

/** Records a status from a webhook. */
export function recordDelivery(
	statements: Statements,
	now: number,
	update: DeliveryUpdate,
): DeliveryAnswer | undefined {
	const known = readBySend(statements, update.sendId);
	return take(statements, known, rules.recordDelivery(known, update, now));
}

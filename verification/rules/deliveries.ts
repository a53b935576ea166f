import { isNewStatus, type DeliveryStatus } from '../state';
import type {
	DeliveryAnswer,
	DeliveryUpdate,
	SendReport,
	StoredMessage,
	StoredMessageId,
	StoredVerification,
} from '../stores/store';
import { afterWithdrawal, cooldownOf, withoutCooldown } from './cooldown';
import { uncount } from './counters';
import {
	canBeDropped,
	deliveriesOf,
	findVerification,
	toStored,
	toStoredDelivery,
	withVerification,
	type DeliveryRecord,
	type PhoneState,
	type Step,
	type VerificationRecord,
} from './phone-state';
import { withoutReplaced, withRestored } from './replaced-code';

/** A new status of a delivery, with what the provider said. */
interface StatusChange {
	status: DeliveryStatus;
	at: number;
	message?: StoredMessageId;
	waId?: string;
	error?: string;
}

/**
 * Records what the provider answered. A webhook may have come first, so the status never goes back.
 * @param known the verification with its sends, the counters that the report names, and the cool-down
 */
export function recordSend(known: PhoneState, report: SendReport, now: number): Step<StoredVerification | undefined> {
	const { sendId, verificationId, outcome } = report;
	const delivery = known.deliveries.find((each) => each.sendId === sendId && each.verificationId === verificationId);
	const record = findVerification(known, verificationId, now);
	if (delivery === undefined || record === undefined) return { state: known, answer: undefined };
	const shown = (state: PhoneState) => ({ state, answer: toStored(state, verificationId, now) });
	if (outcome === 'withdrawn') {
		// If another outcome or a webhook is known, the message may have been sent, so it can't be withdrawn.
		return isUnanswered(delivery) ? withdraw(known, report, record, delivery, now) : shown(known);
	}
	const { message, waId, error } = report;
	const changed = withStatus(known, delivery, { status: outcome, at: now, message, waId, error });
	return shown(afterStatus(changed, record, delivery, now));
}

/** A replay marks a send without an answer as `unknown`, but sets no time for it. */
function isUnanswered({ status, times }: DeliveryRecord): boolean {
	return status === 'sending' || (status === 'unknown' && times.unknown === undefined);
}

/**
 * Records a status from a webhook. Nothing changes if the key of the verification is missing.
 * @param known the verification of the send, with its sends and its cool-down
 */
export function recordDelivery(
	known: PhoneState,
	update: DeliveryUpdate,
	now: number,
): Step<DeliveryAnswer | undefined> {
	const { sendId, provider, status, occurredAt: at, message, waId, error } = update;
	const delivery = known.deliveries.find((each) => each.sendId === sendId && each.provider === provider);
	const record = delivery && findVerification(known, delivery.verificationId, now);
	if (delivery === undefined || record === undefined) return { state: known, answer: undefined };
	if (!update.keyIds.includes(record.keyId)) return { state: known, answer: { keyMissing: record.keyId } };
	const changed = withStatus(known, delivery, { status, at, message, waId, error });
	const state = afterStatus(changed, record, delivery, now);
	const isNew = isNewStatus(delivery.status, status);
	return { state, answer: { isNew, ...toMessage(state, record, sendId, now) } };
}

/**
 * Marks a send as dropped if it is due and has not arrived.
 * @param known the verification of the send, with its sends
 */
export function drop(known: PhoneState, sendId: string, now: number): Step<StoredMessage | undefined> {
	const delivery = known.deliveries.find((each) => each.sendId === sendId);
	const { dropAt } = delivery ?? {};
	if (delivery === undefined || dropAt === undefined || dropAt > now) return { state: known, answer: undefined };
	const record = findVerification(known, delivery.verificationId, now);
	const state = withStatus(known, delivery, { status: 'dropped', at: dropAt });
	return { state, answer: record && toMessage(state, record, sendId, now) };
}

function toMessage(
	state: PhoneState,
	{ verificationId }: VerificationRecord,
	sendId: string,
	now: number,
): StoredMessage {
	const verification = toStored(state, verificationId, now);
	const delivery = state.deliveries.find((each) => each.sendId === sendId);
	if (delivery === undefined) throw new Error(`send ${sendId} is gone`);
	return { verification, delivery: toStoredDelivery(delivery) };
}

/** The status changes only if it is new. Now no code from before this send can be restored. */
function withStatus(state: PhoneState, delivery: DeliveryRecord, change: StatusChange): PhoneState {
	const isNew = isNewStatus(delivery.status, change.status);
	const status = isNew ? change.status : delivery.status;
	const changed: DeliveryRecord = {
		...delivery,
		status,
		times: { [change.status]: change.at, ...delivery.times },
		message: delivery.message ?? change.message,
		waId: delivery.waId ?? change.waId,
		error: isNew ? change.error : delivery.error,
		dropAt: canBeDropped(status) ? delivery.dropAt : undefined,
	};
	const deliveries = state.deliveries.map((each) => (each === delivery ? changed : each));
	return withoutReplaced({ ...state, deliveries }, delivery, delivery.number);
}

/** If all sends have failed, the verification is undeliverable. A later delivery makes it pending again. */
function settle(state: PhoneState, record: VerificationRecord, now: number): PhoneState {
	if (record.expiresAt <= now) return state;
	const allFailed = deliveriesOf(state, record).every(({ status }) => status === 'failed');
	const [from, to] = allFailed ? (['pending', 'undeliverable'] as const) : (['undeliverable', 'pending'] as const);
	return record.state === from ? withVerification(state, { ...record, state: to }) : state;
}

/** What a new status of a send changes in its verification, and in the pause of the phone. */
function afterStatus(state: PhoneState, record: VerificationRecord, delivery: DeliveryRecord, now: number): PhoneState {
	const changed = state.deliveries.find(({ sendId }) => sendId === delivery.sendId);
	if (changed?.status !== 'failed' || delivery.status === 'failed') return settle(state, record, now);
	const freed = withoutCooldown(state, record, delivery.startedAt, now);
	if (freed === state) return settle(state, record, now);
	const ready = { ...record, resendAt: now };
	return settle(withVerification(freed, ready), ready, now);
}

/** Nothing was sent. So the send does not count, and the code before it is valid again. */
function withdraw(
	known: PhoneState,
	report: SendReport,
	record: VerificationRecord,
	withdrawn: DeliveryRecord,
	now: number,
): Step<StoredVerification | undefined> {
	const { verificationId } = record;
	const cooldown = afterWithdrawal(known, record, withdrawn, report.withdrawnCooldownMs, now);
	const rest = {
		...known,
		deliveries: known.deliveries.filter((each) => each !== withdrawn),
		counters: uncount(known.counters, report.counters, withdrawn.startedAt),
		cooldowns: { ...known.cooldowns, [cooldownOf(record)]: cooldown },
	};
	const left = deliveriesOf(rest, record);
	if (left.length === 0) {
		const verifications = known.verifications.filter((each) => each !== record);
		return { state: { ...rest, verifications }, answer: undefined };
	}
	const next = left.find(({ number }) => number > withdrawn.number);
	const uncounted = { ...record, sends: record.sends - 1, resendAt: cooldown.until };
	const restored = withRestored(withVerification(rest, uncounted), uncounted, withdrawn, next, now);
	const current = findVerification(restored, verificationId, now) ?? uncounted;
	const state = settle(restored, current, now);
	return { state, answer: toStored(state, verificationId, now) };
}

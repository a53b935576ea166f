import type { DeliveryRecord, PhoneState, VerificationRecord } from './phone-state';

// A resend replaces the code. Until the resend can't be withdrawn any more, its record keeps the old code, so that a
// failed resend can restore it (docs/decisions/0005-failed-resend-restores-the-old-code.md).

/** @param upTo the number of a send that can't be withdrawn any more: no code from before it can be restored */
export function withoutReplaced(
	state: PhoneState,
	{ verificationId }: Pick<VerificationRecord, 'verificationId'>,
	upTo = Number.MAX_SAFE_INTEGER,
): PhoneState {
	const isOver = (each: DeliveryRecord) =>
		each.verificationId === verificationId && each.number <= upTo && each.replaced !== undefined;
	if (!state.deliveries.some(isOver)) return state;
	return {
		...state,
		deliveries: state.deliveries.map((each) => (isOver(each) ? { ...each, replaced: undefined } : each)),
	};
}

/**
 * The code that a withdrawn send replaced becomes valid again. If a later send has replaced the withdrawn one's code,
 * the later send keeps it. A verification that has ended, or expired with its last code, does not change.
 * @param next the send after the withdrawn one
 */
export function withRestored(
	state: PhoneState,
	record: VerificationRecord,
	{ replaced }: DeliveryRecord,
	next: DeliveryRecord | undefined,
	now: number,
): PhoneState {
	if (next !== undefined) {
		if (next.replaced === undefined) return state;
		return { ...state, deliveries: state.deliveries.map((each) => (each === next ? { ...next, replaced } : each)) };
	}
	if (replaced === undefined || record.state !== 'pending' || record.expiresAt <= now) return state;
	const { verificationId } = record;
	return {
		...state,
		verifications: state.verifications.map((each) =>
			each.verificationId === verificationId ? { ...each, ...replaced } : each,
		),
	};
}

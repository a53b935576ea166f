/** States of a verification (docs/reference/verification-rules.md 2). */
export const verificationStates = ['pending', 'approved', 'locked', 'expired', 'canceled', 'undeliverable'] as const;
export type VerificationState = (typeof verificationStates)[number];

/**
 * What a check answers. Its words differ from the states, so that a replay is not read as an approval
 * (docs/reference/verification-rules.md 1.3).
 */
export const checkResults = [
	'approved',
	'invalid_code',
	'already_used',
	'locked',
	'expired',
	'canceled',
	'undeliverable',
	'not_found',
	'rate_limited',
	'malformed',
] as const;
export type CheckResult = (typeof checkResults)[number];

export type EndedResult = Extract<CheckResult, 'already_used' | 'locked' | 'expired' | 'canceled' | 'undeliverable'>;

/** What a check of an ended verification answers. */
export const resultOfEnded: Record<Exclude<VerificationState, 'pending'>, EndedResult> = {
	approved: 'already_used',
	locked: 'locked',
	expired: 'expired',
	canceled: 'canceled',
	undeliverable: 'undeliverable',
};

export const deliveryStatuses = [
	'sending',
	'accepted',
	'sent',
	'delivered',
	'read',
	'failed',
	'unknown',
	'dropped',
] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/**
 * The statuses that each one replaces. A status never goes back; only a receipt replaces a failure
 * (docs/reference/verification-rules.md 2).
 */
const replaces: Record<DeliveryStatus, readonly DeliveryStatus[]> = {
	sending: [],
	unknown: ['sending'],
	accepted: ['sending', 'unknown'],
	sent: ['sending', 'unknown', 'accepted'],
	dropped: ['sending', 'unknown', 'accepted', 'sent'],
	failed: ['sending', 'unknown', 'accepted', 'sent', 'dropped'],
	delivered: ['sending', 'unknown', 'accepted', 'sent', 'dropped', 'failed'],
	read: ['sending', 'unknown', 'accepted', 'sent', 'dropped', 'failed', 'delivered'],
};

/** Whether an incoming status replaces the known one. Events come repeatedly, late and in any order. */
export function isNewStatus(known: DeliveryStatus, incoming: DeliveryStatus): boolean {
	return replaces[incoming].includes(known);
}

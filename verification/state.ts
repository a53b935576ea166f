/** States of a verification (docs/reference/verification-rules.md 2). `blocked` is an answer, never stored. */
export const verificationStates = ['pending', 'approved', 'locked', 'expired', 'canceled', 'undeliverable'] as const;
export type VerificationState = (typeof verificationStates)[number];

/** What a check answers: another word than the state, so that a replay can't pass for an approval (rule 3). */
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

/** The answer to a check of a verification that has ended. */
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

/** Which statuses each one may replace: by rank, never back; only a receipt undoes a failure (section 2). */
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

/** Whether news of a delivery changes what is known of it. Events come doubled, late and in any order. */
export function isNews(known: DeliveryStatus, incoming: DeliveryStatus): boolean {
	return replaces[incoming].includes(known);
}

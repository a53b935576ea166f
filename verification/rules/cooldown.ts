import type { BeginAttempt } from '../stores/store';
import type { CooldownRecord, DeliveryRecord, PhoneState } from './phone-state';

interface PhoneAndPurpose {
	phoneKey: string;
	purpose: string;
}

/** The name of a cool-down. A sign-in does not delay a payment, so each purpose has its own. */
export function cooldownOf({ phoneKey, purpose }: PhoneAndPurpose): string {
	return `cooldown ${phoneKey} ${purpose}`;
}

/** A cool-down that is over counts no more, also while the store still keeps its record. */
function cooldownAt({ cooldowns }: PhoneState, subject: PhoneAndPurpose, now: number): CooldownRecord | undefined {
	const record = cooldowns[cooldownOf(subject)];
	return record !== undefined && record.purgeAt > now ? record : undefined;
}

/**
 * n8n's Retry On Fail makes at most five tries. They skip the pause after a withdrawn send. Otherwise the builder would
 * see the pause in place of the provider's error.
 */
const maxRetries = 4;

/** Milliseconds until the phone gets the next code for this purpose; undefined if it may get one now. */
export function cooldownWait(state: PhoneState, attempt: BeginAttempt, now: number): number | undefined {
	const record = cooldownAt(state, attempt, now);
	if (record === undefined || record.until <= now) return undefined;
	const { until, retry } = record;
	return retry !== undefined && retry.left > 0 && retry.key === attempt.idempotency.key ? undefined : until - now;
}

/** The sends of the last minutes choose how long the pause after this send is. */
export function afterSend(state: PhoneState, attempt: BeginAttempt, now: number): CooldownRecord {
	const { stepsMs, windowMs } = attempt.cooldown;
	const { sends: earlier = [], retry = undefined } = cooldownAt(state, attempt, now) ?? {};
	const sends = [...earlier.filter((moment) => moment > now - windowMs), now];
	const step = stepsMs[Math.min(sends.length, stepsMs.length) - 1] ?? 0;
	const isRetry = retry?.key === attempt.idempotency.key;
	return { until: now + step, sends, retry: isRetry ? retry : undefined, purgeAt: now + windowMs };
}

/** A withdrawn send does not count. The next one still waits, or callers could drive calls to a provider. */
export function afterWithdrawal(
	state: PhoneState,
	subject: PhoneAndPurpose,
	{ startedAt, idempotencyKey: key }: DeliveryRecord,
	pauseMs: number,
	now: number,
): CooldownRecord {
	const until = now + pauseMs;
	const earlier = cooldownAt(state, subject, now) ?? { until: 0, sends: [], retry: undefined, purgeAt: 0 };
	const { sends, retry } = earlier;
	const at = sends.indexOf(startedAt);
	return {
		// Another send may have come after it. Then its pause stays, and no retry skips it.
		...(at === sends.length - 1
			? { until, retry: { key, left: retry?.key === key ? Math.max(0, retry.left - 1) : maxRetries } }
			: { until: Math.max(until, earlier.until), retry: undefined }),
		sends: at < 0 ? sends : sends.toSpliced(at, 1),
		purgeAt: Math.max(until, earlier.purgeAt),
	};
}

/** After a failed message the person need not wait for the next one, unless another send came after it. */
export function withoutCooldown(
	state: PhoneState,
	subject: PhoneAndPurpose,
	startedAt: number,
	now: number,
): PhoneState {
	const record = cooldownAt(state, subject, now);
	if (record === undefined || record.until <= now || record.sends.at(-1) !== startedAt) return state;
	const cooldowns = { ...state.cooldowns, [cooldownOf(subject)]: { ...record, until: now } };
	return { ...state, cooldowns };
}

import type { EndAnswer, Ending } from '../stores/store';
import { findVerification, isLive, toStored, withVerification, type PhoneState, type Step } from './phone-state';
import { withoutReplaced } from './replaced-code';

/**
 * Ends a verification without a check: only a live one, and once.
 * @param known the verification, with its sends
 */
export function end(known: PhoneState, ending: Ending, now: number): Step<EndAnswer | undefined> {
	const { verificationId, namespace, phoneKey, state: word, tombstoneMs } = ending;
	const record = findVerification(known, verificationId, now);
	if (record?.namespace !== namespace || record.phoneKey !== phoneKey) return { state: known, answer: undefined };
	if (!isLive(record, now)) {
		return { state: known, answer: { ended: false, verification: toStored(known, verificationId, now) } };
	}
	const verifiedAt = word === 'approved' ? now : undefined;
	const ended = { ...record, state: word, mac: '', purgeAt: now + tombstoneMs, verifiedAt };
	const state = withoutReplaced(withVerification(known, ended), record);
	return { state, answer: { ended: true, verification: toStored(state, verificationId, now) } };
}

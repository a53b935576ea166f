import type { EndAnswer, Ending, MessageQuery, StoredVerification, VerificationQuery } from '../store';
import * as scripts from './scripts';
import type { Step } from './script-context';

/** The first of these verifications that there is. */
export async function find(step: Step, phoneKey: string, ids: string[]): Promise<StoredVerification | undefined> {
	if (ids.length === 0) return undefined;
	const keys = [step.keys.checks(phoneKey), ...ids.map((id) => step.keys.verification(phoneKey, id))];
	const decision = await step.runner.decide(scripts.find, keys, [step.now]);
	return decision.word === 'absent' ? undefined : decision.verification;
}

export async function get(
	step: Step,
	query: VerificationQuery | MessageQuery,
): Promise<StoredVerification | undefined> {
	if ('messageKeys' in query) {
		const owner = await step.pointers.ofMessage(query);
		return owner && (await find(step, owner.phoneKey, [owner.verificationId]));
	}
	const { namespace, phoneKey, verificationId, purpose = '' } = query;
	const ids = verificationId === undefined ? await step.pointers.newest(phoneKey, purpose) : [verificationId];
	const found = await find(step, phoneKey, ids);
	return found?.namespace === namespace ? found : undefined;
}

export async function end(step: Step, ending: Ending): Promise<EndAnswer | undefined> {
	const { namespace, phoneKey, verificationId, state, tombstoneMs } = ending;
	const decision = await step.runner.decide(
		scripts.end,
		[step.keys.checks(phoneKey), step.keys.verification(phoneKey, verificationId)],
		[step.now, namespace, state, tombstoneMs],
	);
	if (decision.word === 'absent') return undefined;
	return { ended: decision.word === 'ended', verification: decision.verification };
}

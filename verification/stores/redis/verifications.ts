import type { EndAnswer, Ending, MessageQuery, StoredVerification, VerificationQuery } from '../store';
import type { ScriptContext } from './script-context';
import * as scripts from './scripts';

/** Reads the first of these verifications that exists. */
export async function find(
	{ runner, keys, now }: ScriptContext,
	phoneKey: string,
	ids: string[],
): Promise<StoredVerification | undefined> {
	if (ids.length === 0) return undefined;
	const touched = [keys.checks(phoneKey), ...ids.map((id) => keys.verification(phoneKey, id))];
	const decision = await runner.decide(scripts.find, touched, [now]);
	return decision.word === 'absent' ? undefined : decision.verification;
}

export async function get(
	context: ScriptContext,
	query: VerificationQuery | MessageQuery,
): Promise<StoredVerification | undefined> {
	if ('messageKeys' in query) {
		const owner = await context.lookups.ownerOfMessage(query);
		return owner && (await find(context, owner.phoneKey, [owner.verificationId]));
	}
	const { namespace, phoneKey, verificationId, purpose = '' } = query;
	const ids = verificationId === undefined ? await context.lookups.newest(phoneKey, purpose) : [verificationId];
	const found = await find(context, phoneKey, ids);
	return found?.namespace === namespace ? found : undefined;
}

export async function end({ runner, keys, now }: ScriptContext, ending: Ending): Promise<EndAnswer | undefined> {
	const { namespace, phoneKey, verificationId, state, tombstoneMs } = ending;
	const decision = await runner.decide(
		scripts.end,
		[keys.checks(phoneKey), keys.verification(phoneKey, verificationId)],
		[now, namespace, state, tombstoneMs],
	);
	if (decision.word === 'absent') return undefined;
	return { ended: decision.word === 'ended', verification: decision.verification };
}

import { deliveryStatuses, isNewStatus, type DeliveryStatus } from '../../state';
import type { DeliveryAnswer, DeliveryUpdate, SendReport, StoredVerification } from '../store';
import { ownsCounter } from './keyspace';
import type { Owner } from './lookups';
import type { ScriptContext } from './script-context';
import * as scripts from './scripts';

export async function recordSend(context: ScriptContext, report: SendReport): Promise<StoredVerification | undefined> {
	const { verificationId, phoneKey, purpose, sendId, outcome, counters } = report;
	const { keys, runner, now } = context;
	const isOwn = (counter: string) => !runner.isCluster || ownsCounter(phoneKey, { counter });
	const keyOf = (counter: string) => keys.counter(phoneKey, counter);
	const { word, found, details } = await runner.decide(
		scripts.recordSend,
		[
			...[keys.checks(phoneKey), keys.verification(phoneKey, verificationId), keys.newest(phoneKey, purpose)],
			...counters.filter(isOwn).map(keyOf),
		],
		[now, sendId, outcome, replacedBy(outcome), ...sealedParts(report), report.withdrawnCooldownMs],
	);
	if (word === 'withdrawn') {
		const elsewhere = counters.filter((counter) => !isOwn(counter));
		for (const counter of elsewhere) await runner.run(scripts.giveBack, [keyOf(counter)], details);
	}
	const delivery = found?.deliveries.find((each) => each.sendId === sendId);
	if (delivery?.message !== undefined) await context.lookups.writeOwnerOfMessage(delivery.message.key, report);
	return found;
}

export async function recordDelivery(
	context: ScriptContext,
	news: DeliveryUpdate,
): Promise<DeliveryAnswer | undefined> {
	const owner = await context.lookups.ownerOfMessage(news);
	const answer = owner && (await recordIn(context, owner, news));
	if (answer !== undefined) return answer;
	for (const sender of await context.lookups.ownersOfSend(news)) {
		const first = await recordIn(context, sender, news);
		if (first === undefined) continue;
		const key = 'delivery' in first ? first.delivery.message?.key : undefined;
		if (key !== undefined && key === news.messageKeys[0]) await context.lookups.writeOwnerOfMessage(key, sender);
		return first;
	}
	return undefined;
}

async function recordIn(
	{ runner, keys, now }: ScriptContext,
	{ phoneKey, verificationId }: Owner,
	news: DeliveryUpdate,
): Promise<DeliveryAnswer | undefined> {
	const { provider, sendId, keyIds, status, occurredAt } = news;
	const decision = await runner.decide(
		scripts.recordDelivery,
		[keys.checks(phoneKey), keys.verification(phoneKey, verificationId)],
		[now, provider, sendId, keyIds.join(' '), status, replacedBy(status), occurredAt, ...sealedParts(news)],
	);
	const { word, details } = decision;
	if (word === 'absent') return undefined;
	if (word === 'key_missing') return { keyMissing: String(details[0]) };
	const { verification } = decision;
	const delivery = verification.deliveries.find((each) => each.sendId === sendId);
	if (delivery === undefined) throw new Error('The delivery script answered without the send that it was asked about');
	return { isNew: word === 'news', verification, delivery };
}

/** The statuses that this one may replace, for the scripts. The rule itself is in state.ts. */
export function replacedBy(incoming: DeliveryStatus | 'withdrawn'): string {
	if (incoming === 'withdrawn') return '';
	return deliveryStatuses.filter((known) => isNewStatus(known, incoming)).join(' ');
}

/** Arguments for the scripts: a missing part is empty. */
function sealedParts({ message, waId = '', error = '' }: Pick<SendReport, 'message' | 'waId' | 'error'>): string[] {
	return [message?.key ?? '', message?.sealed ?? '', waId, error];
}

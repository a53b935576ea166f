import { deliveryStatuses, isNewStatus, type DeliveryStatus } from '../../state';
import type { DeliveryAnswer, DeliveryUpdate, SendReport, StoredVerification } from '../store';
import { ownsCounter } from './keyspace';
import type { Owner } from './lookups';
import type { Step } from './script-context';
import * as scripts from './scripts';

export async function recordSend(step: Step, report: SendReport): Promise<StoredVerification | undefined> {
	const { verificationId, phoneKey, sendId, outcome, counters } = report;
	const isOwn = (counter: string) => !step.runner.isCluster || ownsCounter(phoneKey, { counter });
	const keyOf = (counter: string) => step.keys.counter(phoneKey, counter);
	const { word, found, details } = await step.runner.decide(
		scripts.recordSend,
		[
			step.keys.checks(phoneKey),
			step.keys.verification(phoneKey, verificationId),
			...counters.filter(isOwn).map(keyOf),
		],
		[step.now, sendId, outcome, replacedBy(outcome), ...sealed(report)],
	);
	if (word === 'withdrawn') {
		const foreign = counters.filter((counter) => !isOwn(counter));
		for (const counter of foreign) await step.runner.run(scripts.giveBack, [keyOf(counter)], details);
	}
	const delivery = found?.deliveries.find((each) => each.sendId === sendId);
	if (delivery?.message !== undefined) await step.pointers.rememberMessage(delivery.message.key, report);
	return found;
}

export async function recordDelivery(step: Step, news: DeliveryUpdate): Promise<DeliveryAnswer | undefined> {
	const owner = await step.pointers.ofMessage(news);
	const answer = owner && (await recordIn(step, owner, news));
	if (answer !== undefined) return answer;
	for (const sender of await step.pointers.ofSend(news)) {
		const first = await recordIn(step, sender, news);
		if (first === undefined) continue;
		const key = 'delivery' in first ? first.delivery.message?.key : undefined;
		if (key !== undefined && key === news.messageKeys[0]) await step.pointers.rememberMessage(key, sender);
		return first;
	}
	return undefined;
}

async function recordIn(
	step: Step,
	{ phoneKey, verificationId }: Owner,
	news: DeliveryUpdate,
): Promise<DeliveryAnswer | undefined> {
	const { provider, sendId, keyIds, status, occurredAt } = news;
	const decision = await step.runner.decide(
		scripts.recordDelivery,
		[step.keys.checks(phoneKey), step.keys.verification(phoneKey, verificationId)],
		[step.now, provider, sendId, keyIds.join(' '), status, replacedBy(status), occurredAt, ...sealed(news)],
	);
	if (decision.word === 'absent') return undefined;
	const { word, details } = decision;
	if (word === 'key_missing') return { keyMissing: String(details[0]) };
	const { verification } = decision;
	const delivery = verification.deliveries.find((each) => each.sendId === sendId);
	if (delivery === undefined) throw new Error('a script answered with a send that it does not have');
	return { isNew: word === 'news', verification, delivery };
}

/** The statuses that this one may replace, for the scripts: the table itself is in state.ts. */
export function replacedBy(incoming: DeliveryStatus | 'withdrawn'): string {
	if (incoming === 'withdrawn') return '';
	return deliveryStatuses.filter((known) => isNewStatus(known, incoming)).join(' ');
}

/** For the scripts; empty where there is none. */
function sealed({ message, waId = '', error = '' }: Pick<SendReport, 'message' | 'waId' | 'error'>): string[] {
	return [message?.key ?? '', message?.sealed ?? '', waId, error];
}

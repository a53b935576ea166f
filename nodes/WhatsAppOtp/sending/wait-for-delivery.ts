import { OperationalError, sleep, type IDataObject } from 'n8n-workflow';
import {
	resultOfEnded,
	StoreUnavailableError,
	type Delivery,
	type Engine,
	type Verification,
} from '../../../verification';
import { reportsDeliveries } from '../../shared/delivery-reports';
import { omitUndefined } from '../../shared/omit-undefined';
import { redactNumbers } from '../../shared/redact-numbers';
import type { SendOptions } from '../fields/send-options';
import type { OperationContext, Routed } from '../operation';
import { plain } from '../outputs';
import type { SendRouted, SentCode } from './send-code';

type WaitContext = OperationContext<{ options: SendOptions }>;

/** Milliseconds between two looks into the store. */
const interval = 1000;

/**
 * The option 'Wait for Delivery': the item leaves by Sent when the store knows that the message is on the phone. Only
 * the store is asked, so a wait costs no call of the provider (docs/reference/verification-rules.md 1.25).
 */
export function untilDelivered(context: WaitContext, sent: SendRouted): Routed<'Sent' | 'Not Sent'> {
	const { waitForDelivery: seconds } = context.parameters.options;
	if (!('sendId' in sent) || seconds === 0 || sent.items[0]?.isTest === true) return sent;
	return { ...sent, afterwards: () => wait(context, sent, Date.now() + seconds * 1000) };
}

async function wait(context: WaitContext, sent: SentCode, deadline: number): Promise<Routed<'Sent' | 'Not Sent'>> {
	const { host, parameters } = context;
	const { namespace, waitForDelivery } = parameters.options;
	const { verificationId } = sent;
	const engine = await context.engine();
	for (;;) {
		const found = await ifAvailable(engine.get({ verificationId, namespace }));
		const known = outcomeOf(sent, found);
		if (known !== undefined) return known;
		const rest = deadline - Date.now();
		if (found instanceof StoreUnavailableError) {
			if (rest <= 0) return notSent(sent, undefined, 'undelivered', `${found.message}. The code stays valid`);
		} else if (rest <= 0) {
			await ifAvailable(hintAtReports(context, engine));
			const reason = `No delivery was reported within ${waitForDelivery} seconds. The code stays valid`;
			return notSent(sent, found, 'undelivered', reason);
		}
		await sleep(Math.min(interval, rest));
		// The router discards the item of a cancelled run.
		if (host.getExecutionCancelSignal()?.aborted === true) throw new OperationalError('The execution was cancelled');
	}
}

/** The code is on its way: a store that does not answer for a moment must not lose its item. */
function ifAvailable<Answer>(asking: Promise<Answer>): Promise<Answer | StoreUnavailableError> {
	return asking.catch((error: unknown) => {
		if (error instanceof StoreUnavailableError) return error;
		throw error;
	});
}

/** @returns undefined while nothing is decided */
function outcomeOf(
	sent: SentCode,
	verification: Verification | StoreUnavailableError | undefined,
): Routed<'Sent' | 'Not Sent'> | undefined {
	if (verification instanceof StoreUnavailableError) return undefined;
	if (verification === undefined) {
		return notSent(sent, verification, 'not_found', 'The verification no longer exists');
	}
	const { status, to } = verification;
	const delivery = deliveryOf(sent, verification);
	// A person who entered the code has received it.
	if (status === 'approved' || delivery?.status === 'delivered' || delivery?.status === 'read') {
		return { output: 'Sent', items: [itemOf(sent, verification)] };
	}
	if (delivery?.status === 'failed') {
		const { error, waId } = delivery;
		const reason = error?.title ?? 'The provider could not deliver it';
		const item = notSent(sent, verification, 'undeliverable', reason);
		const providerError = error && plain({ ...redactNumbers(error, [to, waId]) });
		return { ...item, items: item.items.map((json) => ({ ...json, ...omitUndefined({ providerError }) })) };
	}
	if (status !== 'pending') {
		return notSent(sent, verification, resultOfEnded[status], `The verification is ${status}`);
	}
	// The provider's own time for the delivery is over.
	if (delivery?.status !== 'dropped') return undefined;
	const reason = 'WhatsApp has reported no delivery in its time. The code stays valid';
	return notSent(sent, verification, 'undelivered', reason);
}

function deliveryOf({ sendId }: SentCode, { deliveries }: Verification): Delivery | undefined {
	return deliveries.find((delivery) => delivery.sendId === sendId);
}

/** The item of the send, as it is now. */
function itemOf(sent: SentCode, verification: Verification | undefined): IDataObject {
	const [item = {}] = sent.items;
	if (verification === undefined) return item;
	const message = typeof item.message === 'object' ? item.message : {};
	const status = deliveryOf(sent, verification)?.status;
	return { ...item, status: verification.status, message: { ...message, ...omitUndefined({ status }) } };
}

function notSent(
	sent: SentCode,
	verification: Verification | undefined,
	result: string,
	reason: string,
): Routed<'Not Sent'> {
	const item = Object.entries(itemOf(sent, verification)).filter(([name]) => name !== 'result');
	return { output: 'Not Sent', items: [{ result, reason, ...Object.fromEntries(item) }] };
}

/** Without reports, every wait ends like this. A builder cannot see that elsewhere. */
async function hintAtReports({ host, provider }: WaitContext, engine: Engine): Promise<void> {
	if (await reportsDeliveries(engine, provider.id)) return;
	host.addExecutionHints({
		message:
			"No delivery of this provider was ever reported, so 'Wait for Delivery' waits in vain. " +
			'Publish a workflow with the WhatsApp OTP Trigger for this number, or use Record Events.',
		type: 'warning',
		location: 'outputPane',
	});
}

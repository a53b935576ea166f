import type { IWebhookFunctions } from 'n8n-workflow';
import type { RawWebhook, Receiver } from '../../../providers';
import type { Engine } from '../../../verification';
import type { TriggerParameters } from '../parameters';
import { replacedAddresses } from '../registration/previous-webhook';

/** Another system that gets the provider's events. */
export interface OtherReceiver extends Receiver {
	/** Whether the builder named it. Otherwise this trigger replaced its address, and perhaps nothing listens there. */
	isChosen: boolean;
}

/** Where the events of a trigger go on to: the address of the option, and the addresses that it replaced. */
export function otherReceivers(
	host: IWebhookFunctions,
	engine: Engine,
	{ options: { passEventsOnTo } }: TriggerParameters,
): OtherReceiver[] {
	const replaced = replacedAddresses(host, engine).map((receiver) => ({ ...receiver, isChosen: false }));
	if (passEventsOnTo === '') return replaced;
	return [{ url: passEventsOnTo, isChosen: true }, ...replaced.filter(({ url }) => url !== passEventsOnTo)];
}

/** Names the triggers that have passed a request on, so that it does not go in circles. */
const passedByHeader = 'x-whatsapp-otp-passed-by';

/** More triggers in a row than any system has. */
const maxMarks = 8;

/** @returns undefined if the request has passed this trigger before, or too many triggers */
export function nextMarks(engine: Engine, { id }: TriggerParameters, { headers }: RawWebhook): string | undefined {
	// Derived, because the id of a workflow is not for other systems.
	const own = engine.vault.derivedSecret('passed by', id).slice(0, 16);
	const marks = String(headers[passedByHeader] ?? '')
		.split(',')
		.map((mark) => mark.trim())
		.filter((mark) => mark !== '');
	return marks.includes(own) || marks.length >= maxMarks ? undefined : [...marks, own].join(', ');
}

const ordinaryHeaders = ['content-type', 'user-agent'];

/**
 * The headers of a request that goes on: those that the provider signed or set, and not the secret of this trigger.
 * Headers of proxies describe another connection.
 */
export function passedHeaders(
	{ webhook: { signatureHeaders = [] } }: TriggerParameters,
	receiver: Receiver,
	{ headers }: RawWebhook,
	marks: string,
): Record<string, string> {
	const kept = [...ordinaryHeaders, ...signatureHeaders].flatMap((name) => {
		const value = headers[name];
		return typeof value === 'string' ? [[name, value] as const] : [];
	});
	return { ...Object.fromEntries(kept), ...receiver.headers, [passedByHeader]: marks };
}

import type { StatusEvent } from '../../../providers';
import type { TriggerParameters } from '../parameters';

type Trigger = Pick<TriggerParameters, 'id' | 'provider'>;

/** Triggers that received callback data of one of our sends since this process started. */
const withCallbackData = new Set<string>();

export function noteCallbackData(trigger: Trigger): void {
	withCallbackData.add(keyOf(trigger));
}

/**
 * Whether another system sent the message, as far as it can be told without a look-up in the store. A shared number
 * reports mostly messages of other systems. All our sends carry callback data, which some providers return
 * (docs/reference/providers.md 1.10). Once a provider has returned ours, its events without callback data are foreign.
 * Failures are rare and are always looked up.
 */
export function isForeign(trigger: Trigger, { givesBackCallbackData, callbackData, status }: StatusEvent): boolean {
	if (!givesBackCallbackData || callbackData !== undefined || status === 'failed') return false;
	return withCallbackData.has(keyOf(trigger));
}

const keyOf = ({ id, provider }: Trigger) => `${provider.id} ${id}`;

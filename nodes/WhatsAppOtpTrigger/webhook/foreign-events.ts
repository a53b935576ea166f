import type { StatusEvent } from '../../../providers';
import type { TriggerParameters } from '../parameters';

type Trigger = Pick<TriggerParameters, 'node' | 'provider'>;

/** Triggers that heard of one of our messages with what its send carried, since this process started. */
const givenBack = new Set<string>();

export function noteGivenBack(trigger: Trigger): void {
	givenBack.add(nameOf(trigger));
}

/**
 * Whether a status is of a message that somebody else sent over the same number, as far as can be told without asking
 * the store: all of ours carry something that the provider gives back (docs/reference/providers.md 1.10), and here it was seen to.
 * Most of what a shared number's webhook tells is such. A failure is rare, and is looked up all the same.
 */
export function isForeign(trigger: Trigger, { givesBackCallbackData, callbackData, status }: StatusEvent): boolean {
	if (!givesBackCallbackData || callbackData !== undefined || status === 'failed') return false;
	return givenBack.has(nameOf(trigger));
}

const nameOf = ({ node, provider }: Trigger) => `${provider.id} ${node.id}`;

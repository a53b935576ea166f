import type { Answer, Call } from '../../provider';
import type { Refusal } from '../../refusal';
import { channel } from './request';

const channelStates = ['connected', 'connecting', 'disconnected', 'uninitialized', 'unregistered'] as const;

/** The channel is connected, unless a fault orders another state as its error code. */
export const getAccount: Call = {
	name: 'getAccount',
	method: 'GET',
	path: `${channel}/status`,
	handle: () => ({ status: 200, body: { status: channelStates[0] } }),
};

/** The answer of a channel in the state that the code names. Undefined if the code is not a state. */
export function channelStateAnswer({ code }: Refusal): Answer | undefined {
	const status = channelStates.find((state) => state === code);
	return status && { status: 200, body: { status } };
}

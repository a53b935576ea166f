import { z } from 'zod';
import type { Answer, ProviderRequest } from '../../provider';
import type { State } from '../../state';
import { messageOf, newWamid } from './message';
import { readSend } from './send-rules';

/** An account of the Cloud API. */
interface CloudAccount {
	displayPhoneNumber: string;
}

/** Meta takes a plus (docs/reference/verification-rules.md 5; docs/reference/providers.md 0 has digits alone). */
const recipientFormat = /^\+?[1-9]\d{6,14}$/;

/** Sends a message as the Cloud API does (docs/reference/providers.md 1.6). Throws a Refusal with Meta's codes. */
export function sendToCloud(
	provider: string,
	{ displayPhoneNumber }: CloudAccount,
	{ body, failure }: ProviderRequest,
	state: State,
): Answer {
	const send = readSend(body, { to: recipientFormat, sender: displayPhoneNumber }, state.templates, provider);
	const id = newWamid(send.to);
	state.accept(messageOf({ provider, id, send, at: state.now(), failure }));
	return {
		status: 200,
		body: {
			messaging_product: 'whatsapp',
			contacts: [{ input: send.input, wa_id: send.to }],
			messages: [{ id, message_status: 'accepted' }],
		},
	};
}

/** The digits of `to` in the body of a send. */
export function recipientIn(body: unknown): string | undefined {
	return z.object({ to: z.string() }).safeParse(body).data?.to.replace(/\D/g, '');
}

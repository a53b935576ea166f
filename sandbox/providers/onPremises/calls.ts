import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { accounts } from '../../accounts';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import { answer } from './errors';
import { readSend } from './send-rules';

type Id = 'dialog360OnPremises' | 'onPremises';

/** Looks like the server's: docs/reference/providers.md 2.3. */
const newMessageId = () => `gBEG${randomBytes(17).toString('base64url')}`;

const send = (id: Id, account: (typeof accounts)[Id]): Call => ({
	name: 'send',
	method: 'POST',
	path: '/v1/messages',
	handle({ body, failure }, world) {
		const message = readSend(body, account, world.servers[id], world.templates, id);
		const messageId = newMessageId();
		world.accept(id, messageId, message, failure);
		return answer(201, { messages: [{ id: messageId }] });
	},
});

const check = z.object({
	blocking: z.enum(['wait', 'no_wait']).default('no_wait'),
	contacts: z.array(z.string().min(1)).min(1),
	force_check: z.boolean().optional(),
});

/** Without `blocking: wait` the first answer to an unknown number is `processing` (docs/reference/providers.md 2.2). */
const checkContact = (id: Id): Call => ({
	name: 'checkContact',
	method: 'POST',
	path: '/v1/contacts',
	handle({ body }, world) {
		const read = check.safeParse(body);
		if (!read.success) throw new Refusal(1009, { details: read.error.issues.map(({ message }) => message) });
		const { blocking, contacts } = read.data;
		const server = world.servers[id];
		return answer(200, {
			contacts: contacts.map((input) => {
				const digits = input.replace(/\D/g, '');
				const before = server.contact(digits).state;
				const { state, waId } = server.check(digits);
				const status = before === 'unknown' && blocking === 'no_wait' ? 'processing' : state;
				return { input, status, ...(status === 'valid' && { wa_id: waId }) };
			}),
		});
	},
});

const getHealth: Call = {
	name: 'getHealth',
	method: 'GET',
	path: '/v1/health',
	handle: () => answer(200, { health: { gateway_status: 'connected' } }),
};

/** What one's own server and 360dialog's have in common (docs/reference/providers.md 2.2-2.5, 3.5, 3.7). */
export const messagingCalls = (id: Id, account: (typeof accounts)[Id]): Call[] => [
	send(id, account),
	checkContact(id),
	getHealth,
];

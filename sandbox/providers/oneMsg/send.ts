import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { newWamid } from '../meta/events';
import { readSend, type Send, type SendRules } from '../meta/send-rules';
import type { Call } from '../../provider';
import { Refusal } from '../../refusal';
import type { Templates } from '../../templates';
import { account, channel, id, read } from './channel';

const sendRules: SendRules = { to: /^[1-9]\d{6,14}$/, sender: account.displayPhoneNumber };

const digits = z.string().regex(/^\d+$/, 'Digits only');
const chat = z.string().regex(/^\d+@c\.us$/, 'Not a chat');

const recipient = z
	.object({ phone: digits, chatId: chat })
	.partial()
	.refine(({ phone, chatId }) => (phone === undefined) !== (chatId === undefined), {
		message: 'one of phone and chatId, never both',
		path: ['phone'],
	});

/** What is answered with 422 where it is missing or wrong (docs/reference/providers.md 4.2). */
const template = z.object({
	template: z.string().min(1),
	namespace: z.literal(account.namespace),
	language: z.object({ policy: z.literal('deterministic'), code: z.string().min(1) }),
	params: z.array(z.unknown()),
	messageSendTtlSeconds: z.number().int().min(30).max(900).or(z.literal(-1)).optional(),
});

/** Meta's rules lie behind 1MSG's own. */
function readMessage(body: unknown, templates: Templates): Send {
	const to = read(recipient, body);
	const { template: name, language, params } = read(template, body, 'unprocessable');
	const asMeta = {
		messaging_product: 'whatsapp',
		to: to.phone ?? to.chatId?.replace(/@.*$/, ''),
		type: 'template',
		template: { name, language, components: params },
	};
	return readSend(asMeta, sendRules, templates, id);
}

export const send: Call = {
	name: 'send',
	method: 'POST',
	path: `${channel}/sendTemplate`,
	handle({ body, failure, queued }, world) {
		const message = readMessage(body, world.templates);
		const wamid = newWamid(message.to);
		world.accept(id, wamid, message, failure);
		if (queued) return { status: 200, body: { sent: false, jobId: randomUUID(), message: 'Message is queued' } };
		return {
			status: 200,
			body: {
				sent: true,
				id: wamid,
				message: `Sent to ${message.to}@c.us`,
				description: 'Message has been sent to the provider',
			},
		};
	},
};

export function recipientOf(body: unknown): string | undefined {
	const { phone, chatId } = z.object({ phone: z.string(), chatId: z.string() }).partial().safeParse(body).data ?? {};
	return (phone ?? chatId)?.replace(/\D/g, '');
}

const states = ['connected', 'connecting', 'disconnected', 'uninitialized', 'unregistered'] as const;

/** A fault named like a state puts the channel into it. */
export const getAccount: Call = {
	name: 'getAccount',
	method: 'GET',
	path: `${channel}/status`,
	handle: () => ({ status: 200, body: { status: states[0] } }),
};

/** @returns the answer of a channel in that state, if it is one */
export function stateAnswer({ code }: Refusal) {
	const status = states.find((state) => state === code);
	return status && { status: 200, body: { status } };
}

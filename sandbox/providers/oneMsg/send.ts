import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Call } from '../../provider';
import type { Templates } from '../../templates';
import { messageOf, newWamid } from '../meta/message';
import { readSend, type Send, type SendRules } from '../meta/send-rules';
import { account, id } from './account';
import { channel, read } from './request';

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

/** If one of these is missing or wrong, the answer is 422 (docs/reference/providers.md 4.2). */
const template = z.object({
	template: z.string().min(1),
	namespace: z.literal(account.namespace),
	language: z.object({ policy: z.literal('deterministic'), code: z.string().min(1) }),
	params: z.array(z.unknown()),
	messageSendTtlSeconds: z.number().int().min(30).max(900).or(z.literal(-1)).optional(),
});

/** 1MSG checks its own rules first, then Meta checks its rules. */
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
	handle({ body, failure, queued }, state) {
		const accepted = readMessage(body, state.templates);
		const wamid = newWamid(accepted.to);
		state.accept(messageOf({ provider: id, id: wamid, send: accepted, at: state.now(), failure }));
		if (queued) return { status: 200, body: { sent: false, jobId: randomUUID(), message: 'Message is queued' } };
		return {
			status: 200,
			body: {
				sent: true,
				id: wamid,
				message: `Sent to ${accepted.to}@c.us`,
				description: 'Message has been sent to the provider',
			},
		};
	},
};

/** The digits of `phone` or `chatId` in the body of a send. */
export function recipientOf(body: unknown): string | undefined {
	const { phone, chatId } = z.object({ phone: z.string(), chatId: z.string() }).partial().safeParse(body).data ?? {};
	return (phone ?? chatId)?.replace(/\D/g, '');
}

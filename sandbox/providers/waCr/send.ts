import { randomInt } from 'node:crypto';
import type { z } from 'zod';
import type { Answer, Call, ProviderRequest } from '../../provider';
import { Refusal } from '../../refusal';
import type { State } from '../../state';
import type { Template } from '../../templates';
import { messageOf, newWamid } from '../meta/message';
import { id } from './account';
import { dated, succeed } from './envelope';
import { cleaned, digitsIn, fields, invalid, read } from './fields';
import { limitCalls } from './request';
import { WaCrState } from './state';

function templateOf(state: State, name: string, language: string): Template & Required<Pick<Template, 'otp'>> {
	const template = state.templates.find(id, name, language);
	if (template?.status !== 'APPROVED') throw new Refusal('RESOURCE_NOT_FOUND');
	const { otp } = template;
	if (!otp) throw invalid('template_name', 'The template must be of the AUTHENTICATION category');
	return { ...template, otp };
}

/** WA.cr leaves the maximum length of a code to Meta. */
function sendable(code: string): string {
	if ([...code].length <= 15) return code;
	throw new Refusal('MESSAGE_SEND_FAILED', { title: 'Meta refused the message: the code has over 15 characters' });
}

type Message = z.output<typeof fields.resend>;

/** Sends this code and answers with the documented fields. */
function sendCode(state: State, message: Message, code: string, failure: ProviderRequest['failure']): Answer {
	const { phone, purpose, template_name, language, expiry_minutes } = message;
	const template = templateOf(state, template_name, language);
	const to = digitsIn(phone);
	const messageId = newWamid(to);
	const accepted = { to, input: phone, template, code: sendable(code) };
	state.accept(messageOf({ provider: id, id: messageId, send: accepted, at: state.now(), failure }));
	const own = state.own(id, WaCrState);
	const { createdAt, expiresAt } = own.keepCode(to, purpose, code, expiry_minutes);
	const data = {
		message_id: messageId,
		contact_id: own.contactId(to),
		phone: cleaned(phone),
		template_name,
		language,
		code_sent: true,
		expiry_minutes,
		expires_at: dated(expiresAt),
		status: 'sent',
		sent_at: dated(createdAt),
	};
	return succeed(data, 'OTP sent successfully');
}

export const send: Call = {
	name: 'send',
	method: 'POST',
	path: '/auth/send-otp',
	handle({ body, failure }, state) {
		const { code, contact_id: contact, ...message } = read(fields.send, body);
		if (contact !== undefined && !state.own(id, WaCrState).hasContact(contact)) throw new Refusal('NOT_FOUND');
		return sendCode(state, message, code, failure);
	},
};

/** WA.cr generates a new code and does not return it (docs/reference/providers.md 5.3). */
export const resend: Call = {
	name: 'resend',
	method: 'POST',
	path: '/auth/resend',
	handle({ body, failure }, state) {
		const message = read(fields.resend, body);
		limitCalls(state, `resend ${digitsIn(message.phone)}`, 3, 5 * 60_000);
		return sendCode(state, message, String(randomInt(1_000_000)).padStart(6, '0'), failure);
	},
};

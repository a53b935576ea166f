import { randomInt } from 'node:crypto';
import type { z } from 'zod';
import { newWamid } from '../meta/events';
import type { Answer, Call, ProviderRequest } from '../../provider';
import { Refusal } from '../../refusal';
import type { Template } from '../../templates';
import type { World } from '../../state';
import { dated, succeed } from './envelope';
import { cleaned, digitsIn, fields, invalid, read } from './fields';

const id = 'waCr';
const maxAttempts = 5;
const minute = 60_000;

function limit(world: World, subject: string, most: number, windowMs: number): void {
	const seconds = world.tenant.take(subject, most, windowMs);
	if (seconds > 0) throw new Refusal('RATE_LIMIT_EXCEEDED', { fields: { retry_after: seconds } });
}

function templateOf(world: World, name: string, language: string): Template & Required<Pick<Template, 'otp'>> {
	const template = world.templates.find(id, name, language);
	if (template?.status !== 'APPROVED') throw new Refusal('RESOURCE_NOT_FOUND');
	const { otp } = template;
	if (!otp) throw invalid('template_name', 'The template must be of the AUTHENTICATION category');
	return { ...template, otp };
}

/** Meta's bound, which WA.cr leaves to Meta. */
function sendable(code: string): string {
	if ([...code].length <= 15) return code;
	throw new Refusal('MESSAGE_SEND_FAILED', { title: 'Meta refused the message: the code has over 15 characters' });
}

type Message = z.output<typeof fields.resend>;

function deliver(world: World, message: Message, code: string, failure: ProviderRequest['failure']): Answer {
	const { phone, purpose, template_name, language, expiry_minutes } = message;
	const template = templateOf(world, template_name, language);
	const to = digitsIn(phone);
	const messageId = newWamid(to);
	world.accept(id, messageId, { to, input: phone, template, code: sendable(code) }, failure);
	const { createdAt, expiresAt } = world.tenant.keep(to, purpose, code, expiry_minutes);
	const data = {
		message_id: messageId,
		contact_id: world.tenant.contactId(to),
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

const send: Call = {
	name: 'send',
	method: 'POST',
	path: '/auth/send-otp',
	handle({ body, failure }, world) {
		const { code, contact_id: contact, ...message } = read(fields.send, body);
		if (contact !== undefined && !world.tenant.hasContact(contact)) throw new Refusal('NOT_FOUND');
		return deliver(world, message, code, failure);
	},
};

/** Makes a code of its own and doesn't tell it (docs/reference/providers.md 5.3). */
const resend: Call = {
	name: 'resend',
	method: 'POST',
	path: '/auth/resend',
	handle({ body, failure }, world) {
		const message = read(fields.resend, body);
		limit(world, `resend ${digitsIn(message.phone)}`, 3, 5 * minute);
		return deliver(world, message, String(randomInt(1_000_000)).padStart(6, '0'), failure);
	},
};

const verify: Call = {
	name: 'verify',
	method: 'POST',
	path: '/auth/verify',
	handle({ body }, world) {
		const { phone, purpose, code } = read(fields.verify, body);
		const digits = digitsIn(phone);
		limit(world, `verify ${digits}`, 10, minute);
		const kept = world.tenant.code(digits, purpose);
		if (!kept) throw new Refusal('OTP_NOT_FOUND');
		if (kept.attempts >= maxAttempts) throw new Refusal('MAX_ATTEMPTS_EXCEEDED');
		if (kept.expiresAt <= world.now()) throw new Refusal('OTP_EXPIRED');
		kept.attempts += 1;
		if (kept.code !== code) {
			throw new Refusal('INVALID_CODE', { fields: { attempts_remaining: maxAttempts - kept.attempts } });
		}
		world.tenant.forget(digits, purpose);
		return succeed({ phone: cleaned(phone), purpose, verified_at: dated(world.now()) }, 'OTP verified successfully');
	},
};

const getCodeStatus: Call = {
	name: 'getCodeStatus',
	method: 'POST',
	path: '/auth/status',
	handle({ body }, world) {
		const { phone, purpose } = read(fields.status, body);
		const kept = world.tenant.code(digitsIn(phone), purpose);
		if (!kept) return succeed({ has_active_otp: false }, 'No active OTP found');
		const left = Math.floor((kept.expiresAt - world.now()) / 1000);
		const data = {
			has_active_otp: true,
			expires_at: dated(kept.expiresAt),
			expires_in_seconds: left,
			is_expired: left <= 0,
			verification_attempts: kept.attempts,
			max_attempts: maxAttempts,
			attempts_remaining: maxAttempts - kept.attempts,
			created_at: dated(kept.createdAt),
		};
		return succeed(data, 'OTP status retrieved successfully');
	},
};

export const codeCalls: Call[] = [send, resend, verify, getCodeStatus];

import { z } from 'zod';
import type { Connection } from '../connection';
import { ProviderError } from '../errors';
import type { CodeMessage, Receipt } from '../provider';
import type { Account } from './account';
import { parseOrThrow, request } from './request';

/** The lifetimes that WA.cr accepts (docs/reference/providers.md 5.1). */
const lifetime = { minMinutes: 1, maxMinutes: 60 };

/** Sends a code that the caller made. WA.cr keeps it, too (docs/reference/providers.md 5.1). */
export async function sendCode(connection: Connection<Account>, message: CodeMessage): Promise<Receipt> {
	return await post(connection, '/auth/send-otp', { ...fieldsOf(message), code: message.code });
}

/** Sends a code that WA.cr makes and does not tell (docs/reference/providers.md 5.3). */
export async function resend(
	connection: Connection<Account>,
	message: Omit<CodeMessage, 'code' | 'callbackData'>,
): Promise<Receipt> {
	return await post(connection, '/auth/resend', fieldsOf(message));
}

function fieldsOf({ to, template, expiresIn, purpose }: Omit<CodeMessage, 'code' | 'callbackData'>) {
	return {
		phone: to,
		template_name: template.name,
		language: template.language,
		expiry_minutes: expiryMinutes(expiresIn),
		purpose,
	};
}

/** Rounded up: a code must not expire at WA.cr before it expires here. */
function expiryMinutes(seconds: number): number {
	const { minMinutes, maxMinutes } = lifetime;
	const minutes = Math.max(minMinutes, Math.ceil(seconds / 60));
	if (minutes <= maxMinutes) return minutes;
	throw new ProviderError({
		class: 'permanent',
		what: `'Expires In' is ${minutes} minutes, but WA.cr keeps codes for ${minMinutes} to ${maxMinutes} minutes`,
		fix: `Set the option 'Expires In' to ${maxMinutes * 60} seconds or less`,
		providerCode: 'expiry_minutes',
		httpStatus: 0,
	});
}

const sent = z.object({
	message_id: z.union([z.string().min(1), z.number().transform(String)]),
	status: z.string().default('sent'),
});

async function post(connection: Connection<Account>, path: string, body: unknown): Promise<Receipt> {
	const { message_id: messageId, status } = parseOrThrow(
		sent,
		await request(connection, { method: 'POST', path, body }),
	);
	return { messageId, status };
}

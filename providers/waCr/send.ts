import { z } from 'zod';
import { ProviderError } from '../errors';
import type { HttpResponse } from '../http';
import type { CodeMessage, Connection, Receipt } from '../provider';
import type { Account } from './account';
import { readData } from './envelope';
import { toProviderError } from './errors';

/** How long WA.cr lets a code live (docs/reference/providers.md 5.1). */
export const lifetimes = { minMinutes: 1, maxMinutes: 60 };

/** Sends a code that the caller made; WA.cr keeps it, too (docs/reference/providers.md 5.1). */
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

/** Rounded up: at WA.cr a code may not be over before it is here. */
function expiryMinutes(seconds: number): number {
	const { minMinutes, maxMinutes } = lifetimes;
	const minutes = Math.max(minMinutes, Math.ceil(seconds / 60));
	if (minutes <= maxMinutes) return minutes;
	throw new ProviderError({
		class: 'permanent',
		what: `'Expires In' is ${minutes} minutes, and WA.cr keeps codes for ${minMinutes} to ${maxMinutes}`,
		fix: `Set the option 'Expires In' to ${maxMinutes * 60} seconds at most`,
		providerCode: 'expiry_minutes',
		httpStatus: 0,
	});
}

const sent = z.object({
	message_id: z.union([z.string().min(1), z.number().transform(String)]),
	status: z.string().default('sent'),
});

async function post({ http, account }: Connection<Account>, path: string, body: unknown): Promise<Receipt> {
	const response: HttpResponse = await http({ method: 'POST', url: `${account.baseUrl}${path}`, body });
	const receipt = sent.safeParse(readData(response)).data;
	if (receipt === undefined) throw toProviderError(response);
	return { messageId: receipt.message_id, status: receipt.status };
}

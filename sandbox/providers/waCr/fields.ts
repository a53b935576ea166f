import { z } from 'zod';
import { Refusal } from '../../refusal';

/** The sentences are WA.cr's as far as they are published (docs/reference/providers.md 5.2). */
const phone = z
	.string({ required_error: 'Phone number is required', invalid_type_error: 'Phone number must be a string' })
	.min(1, 'Phone number is required')
	.regex(/^[\d+\- ()]+$/, 'Phone number can only contain digits, +, -, spaces, and parentheses')
	.refine((text) => text.length >= 10, 'Phone number must be at least 10 digits')
	.refine((text) => text.length <= 20, 'Phone number may not be greater than 20 characters');

const purpose = z.string().max(50).default('authentication');
const codeField = (missing: string) =>
	z.string({ required_error: missing, invalid_type_error: 'The code must be a string' }).min(1, missing);

const about = z.object({ phone, purpose });

const message = about.extend({
	template_name: z.string({ required_error: 'Template name is required' }).min(1, 'Template name is required'),
	language: z.string().max(10).default('en'),
	expiry_minutes: z.number().int().min(1).max(60).default(10),
});

/** The fields of each call (docs/reference/providers.md 5.1, 5.3). Others are ignored. */
export const fields = {
	send: message.extend({
		code: codeField('Authentication code is required'),
		contact_id: z.number().int().optional(),
		additional_params: z.array(z.unknown()).optional(),
	}),
	resend: message,
	verify: about.extend({ code: codeField('Verification code is required') }),
	status: about,
};

/** Throws VALIDATION_ERROR with the wrong fields. */
export function read<Output>(type: z.ZodType<Output, z.ZodTypeDef, unknown>, body: unknown): Output {
	const result = type.safeParse(body ?? {});
	if (result.success) return result.data;
	throw new Refusal('VALIDATION_ERROR', { fields: result.error.flatten().fieldErrors });
}

export const invalid = (field: string, sentence: string) =>
	new Refusal('VALIDATION_ERROR', { title: sentence, fields: { [field]: [sentence] } });

/** Without spaces, hyphens and parentheses, as WA.cr returns a phone number. */
export const cleaned = (text: string) => text.replace(/[- ()]/g, '');
export const digitsIn = (text: string) => text.replace(/\D/g, '');

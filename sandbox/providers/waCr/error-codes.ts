import type { Answer } from '../../provider';
import type { Refusal } from '../../refusal';
import { meta } from './envelope';

/** WA.cr's codes with their HTTP status (docs/reference/providers.md 5.2, 5.3). */
const errors: Record<string, { status: number; message: string }> = {
	UNAUTHORIZED: { status: 401, message: 'Invalid or missing API token' },
	INSUFFICIENT_SCOPE: { status: 403, message: 'The token lacks the required scope' },
	FEATURE_LIMIT_EXCEEDED: { status: 403, message: 'The limit of your plan is reached' },
	CONTACT_OPTED_OUT: { status: 403, message: 'Contact has opted out of messages' },
	FEATURE_NOT_AVAILABLE: { status: 403, message: 'WhatsApp templates are not available in your plan' },
	RESOURCE_NOT_FOUND: { status: 404, message: 'Template not found or not approved' },
	NOT_FOUND: { status: 404, message: 'Contact not found' },
	VALIDATION_ERROR: { status: 422, message: 'The given data was invalid' },
	WHATSAPP_NOT_CONFIGURED: { status: 422, message: 'WhatsApp is not configured for this account' },
	OTP_NOT_FOUND: { status: 422, message: 'No active OTP found' },
	OTP_EXPIRED: { status: 422, message: 'The code has expired' },
	MAX_ATTEMPTS_EXCEEDED: { status: 422, message: 'Too many wrong codes' },
	INVALID_CODE: { status: 422, message: 'The code is not right' },
	RATE_LIMIT_EXCEEDED: { status: 429, message: 'Too many requests' },
	MESSAGE_SEND_FAILED: { status: 500, message: 'Failed to send WhatsApp message' },
	INTERNAL_ERROR: { status: 500, message: 'Unexpected server error' },
};

const unknown = { status: 400, message: 'Unknown error' };

/** The envelope is not published. It is a guess (docs/reference/providers.md 5.2). */
export function waCrRefusal({ code, options }: Refusal): Answer {
	const { status, message } = errors[code] ?? unknown;
	const text = options.title ?? options.details?.join('; ') ?? message;
	return {
		status: options.status ?? status,
		body: {
			success: false,
			error: { code, message: text, details: options.fields },
			meta: meta(),
		},
	};
}

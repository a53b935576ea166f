import type { Message } from '../../messages';
import type { Answer } from '../../provider';
import type { Refusal } from '../../refusal';

interface OnPremisesError {
	status: number;
	title: string;
}

/** Codes of the On-Premises API. Most titles are from memory, not from documents (docs/reference/providers.md 2.4). */
const errors: Record<number, OnPremisesError> = {
	102: { status: 403, title: 'Error Sending' },
	400: { status: 400, title: 'Media download error' },
	402: { status: 400, title: 'Business eligibility payment issue' },
	408: { status: 400, title: 'Message pending for more than a day' },
	410: { status: 400, title: 'Message expired' },
	430: { status: 400, title: 'Unsigned certificate' },
	432: { status: 400, title: 'Certificate mismatch' },
	433: { status: 400, title: 'Certificate not valid' },
	470: { status: 400, title: 'Message failed because more than 24 hours have passed since the customer last replied' },
	471: { status: 429, title: 'Spam rate limit hit' },
	472: { status: 400, title: "User's number is part of an experiment" },
	500: { status: 500, title: 'Generic error' },
	1000: { status: 500, title: 'Generic error' },
	1001: { status: 400, title: 'Message too long' },
	1002: { status: 400, title: 'Invalid recipient type' },
	1004: { status: 400, title: 'Resource already exists' },
	1005: { status: 401, title: 'Access denied' },
	1006: { status: 404, title: 'Resource not found' },
	1007: { status: 403, title: 'Recipient blocked to receive message' },
	1008: { status: 400, title: 'Required parameter is missing' },
	1009: { status: 400, title: 'Parameter value is not valid' },
	1010: { status: 400, title: 'Parameter is not required' },
	1011: { status: 503, title: 'Service not ready' },
	1013: { status: 404, title: 'User is not valid' },
	1014: { status: 500, title: 'Internal error' },
	1015: { status: 429, title: 'Too many requests' },
	1016: { status: 503, title: 'System overloaded' },
	1021: { status: 400, title: 'Bad user' },
	1022: { status: 400, title: 'Webhooks URL is not configured' },
	1023: { status: 500, title: 'Database error occurred' },
	1024: { status: 403, title: 'Password change required' },
	1025: { status: 400, title: 'Request is not valid' },
	1026: { status: 400, title: 'Receiver Incapable' },
	2000: { status: 400, title: 'Template parameter count mismatch' },
	2001: { status: 404, title: 'Template does not exist' },
	2002: { status: 500, title: 'Template fetch failed' },
	2003: { status: 404, title: 'Template pack missing' },
	2012: { status: 400, title: 'Template parameter format mismatch' },
};

const unknown: OnPremisesError = { status: 400, title: 'Unknown error' };
const meta = { version: 'v2.45.1', api_status: 'stable' };

/** An answer of the server, with its version. */
export const answer = (status: number, body: Record<string, unknown>): Answer => ({
	status,
	body: { ...body, meta },
});

export function onPremisesRefusal({ code, options }: Refusal): Answer {
	// This error has no code: docs/reference/providers.md 2.4.
	if (Number(code) === 429) return { status: 429, body: { errors: [{ title: 'Too many requests' }] } };
	const { status, title } = errors[Number(code)] ?? unknown;
	const details = options.details?.join('; ');
	return answer(options.status ?? status, {
		errors: [{ code: Number(code), title: options.title ?? title, details }],
	});
}

/** One element of `statuses[].errors` in a status webhook (docs/reference/providers.md 2.6). */
export function webhookError({ code, details }: NonNullable<Message['error']>): unknown {
	const { title } = errors[Number(code)] ?? unknown;
	return { code: Number(code), title, href: '/docs/whatsapp/api/errors', details };
}

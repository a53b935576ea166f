import { randomBytes } from 'node:crypto';
import type { Message } from '../../messages';
import type { Answer } from '../../provider';
import type { Refusal } from '../../refusal';

interface MetaError {
	status: number;
	title: string;
}

/** Meta's codes with their default HTTP status (docs/reference/providers.md 1.7, column ERR25). */
const errors: Record<number, MetaError> = {
	0: { status: 401, title: 'AuthException' },
	1: { status: 400, title: 'API Unknown' },
	2: { status: 503, title: 'API Service' },
	3: { status: 500, title: 'API Method' },
	4: { status: 400, title: 'Application request limit reached' },
	10: { status: 403, title: 'Permission Denied' },
	15: { status: 403, title: 'This method must be called with an app access_token' },
	17: { status: 400, title: 'User request limit reached' },
	32: { status: 400, title: 'Page request limit reached' },
	33: { status: 400, title: 'Parameter value is not valid' },
	100: { status: 400, title: 'Invalid parameter' },
	102: { status: 401, title: 'API Session' },
	190: { status: 401, title: 'Invalid OAuth access token' },
	192: { status: 400, title: 'Invalid phone number' },
	200: { status: 403, title: 'API Permission' },
	341: { status: 400, title: 'Application limit reached' },
	368: { status: 403, title: 'Temporarily blocked for policies violations' },
	506: { status: 400, title: 'Duplicate Post' },
	613: { status: 429, title: 'Calls to this api have exceeded the rate limit' },
	803: { status: 404, title: 'Some of the aliases you requested do not exist' },
	2200: { status: 400, title: 'Callback verification failed' },
	2500: { status: 400, title: 'Unknown path components' },
	80007: { status: 400, title: 'Rate limit issues' },
	80008: { status: 400, title: 'There have been too many calls to this WhatsApp Business account' },
	130403: { status: 400, title: 'Business is blocked by the user' },
	130429: { status: 400, title: 'Rate limit hit' },
	130472: { status: 400, title: "User's number is part of an experiment" },
	130497: { status: 403, title: 'Business account is restricted from messaging users in this country' },
	131000: { status: 500, title: 'Something went wrong' },
	131005: { status: 403, title: 'Access denied' },
	131008: { status: 400, title: 'Required parameter is missing' },
	131009: { status: 400, title: 'Parameter value is not valid' },
	131016: { status: 500, title: 'Service unavailable' },
	131021: { status: 400, title: 'Recipient cannot be sender' },
	131026: { status: 400, title: 'Message undeliverable' },
	131030: { status: 400, title: 'Recipient phone number not in allowed list' },
	131031: { status: 403, title: 'Business Account has been locked' },
	131037: { status: 400, title: 'WhatsApp provided number needs display name approval' },
	131042: { status: 400, title: 'Business eligibility payment issue' },
	131043: { status: 400, title: 'Message expired' },
	131044: { status: 400, title: 'No valid payment method' },
	131045: { status: 500, title: 'Incorrect certificate' },
	131047: { status: 400, title: 'Re-engagement message' },
	131048: { status: 400, title: 'Spam rate limit hit' },
	131049: {
		status: 400,
		title: 'This message was not delivered to maintain healthy ecosystem engagement.',
	},
	131050: { status: 400, title: 'User has stopped receipt of marketing messages' },
	131051: { status: 400, title: 'Unsupported message type' },
	131052: { status: 400, title: 'Media download error' },
	131053: { status: 400, title: 'Media upload error' },
	131055: { status: 400, title: 'Method not allowed' },
	131056: { status: 400, title: '(Business Account, Consumer Account) pair rate limit hit' },
	131057: { status: 500, title: 'Account in maintenance mode' },
	131062: { status: 400, title: 'Business-scoped user IDs are not supported for this message' },
	// The title of this one is not published (docs/reference/providers.md 8).
	131063: { status: 400, title: 'Message refused' },
	131064: { status: 400, title: 'Messaging limit reached due to template classification violations' },
	132000: { status: 400, title: 'Number of parameters does not match the expected number of params' },
	132001: { status: 404, title: 'Template name does not exist in the translation' },
	132005: { status: 400, title: 'Translated text too long' },
	132007: { status: 400, title: 'Template format character policy violated' },
	132008: { status: 400, title: 'Parameter value is not valid' },
	132012: { status: 400, title: 'Parameter format does not match format in the created template' },
	132015: { status: 400, title: 'Template is paused' },
	132016: { status: 400, title: 'Template is disabled' },
	132018: { status: 400, title: 'There was an issue with the parameters in your template' },
	132068: { status: 400, title: 'Flow is blocked' },
	132069: { status: 400, title: 'Flow is throttled' },
	133000: { status: 500, title: 'Incomplete deregistration' },
	133004: { status: 503, title: 'Server temporarily unavailable' },
	133005: { status: 400, title: 'Two step verification PIN mismatch' },
	133006: { status: 400, title: 'Phone number re-verification needed' },
	133008: { status: 400, title: 'Too many two step verification PIN guesses' },
	133009: { status: 400, title: 'Two step verification PIN guessed too fast' },
	133010: { status: 400, title: 'Phone number not registered' },
	133015: { status: 400, title: 'Please wait a few minutes before registering this number' },
	133016: { status: 400, title: 'Account register deregister rate limit exceeded' },
	134011: { status: 400, title: 'Payments terms of service have not been accepted' },
	135000: { status: 400, title: 'Generic user error' },
	137000: { status: 400, title: 'Identity key check failed' },
	200002: { status: 400, title: 'Template creation failed' },
};

const unknown: MetaError = { status: 400, title: 'Unknown error' };

export function metaError(code: number | string): MetaError {
	return errors[Number(code)] ?? unknown;
}

/** Meta's answer to a refused call (docs/reference/providers.md 1.7). */
export function metaRefusal({ code, options }: Refusal): Answer {
	const { status, title } = metaError(code);
	const { details, subcode } = options;
	return {
		status: options.status ?? status,
		body: {
			error: {
				message: `(#${code}) ${options.title ?? title}`,
				type: 'OAuthException',
				code: Number(code),
				error_data: details && { messaging_product: 'whatsapp', details: details.join('; ') },
				error_subcode: subcode,
				fbtrace_id: `A${randomBytes(17).toString('base64url').slice(0, 22)}`,
			},
		},
	};
}

/** One element of `statuses[].errors` in a status webhook (docs/reference/providers.md 1.10). */
export function metaWebhookError({ code, details }: NonNullable<Message['error']>): unknown {
	const { title } = metaError(code);
	return {
		code: Number(code),
		title,
		message: title,
		error_data: { details: details ?? `${title}.` },
		href: '/documentation/business-messaging/whatsapp/support/error-codes',
	};
}

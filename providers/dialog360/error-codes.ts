import type { ErrorEntry } from '../errors';

/**
 * Refusals of 360dialog's gateway (docs/reference/providers.md 3.6.2). The gateway has no error codes: its sentence
 * holds one of these words. Source: 360dialog's list of error messages, November 2026.
 */
export const dialog360Errors: readonly ErrorEntry[] = [
	{
		errorCodes: ['You have exceeded the endpoint rate limit', 'exceeded the limit', 'rate limit', 'too many'],
		class: 'throttle',
		what: 'Too many requests to 360dialog',
		fix: 'Send more slowly, or try again later',
	},
	{
		errorCodes: [
			'Could not send message due to lack of payment. Messaging can resume once overdue invoices towards 360dialog ' +
				'are settled. Please reach out to our integration partner',
			'lack of payment',
			'overdue invoice',
			'unpaid invoice',
			'outstanding invoice',
		],
		class: 'account',
		what: '360dialog waits for a payment and sends no messages until then',
		fix: 'Pay the overdue invoices: the 360dialog Hub (hub.360dialog.com) shows them, or your 360dialog partner',
	},
	{
		errorCodes: ['Invalid api_key or token expired', 'Invalid api_key', 'Invalid API key', 'token expired'],
		class: 'credential',
		what: '360dialog does not know this API key',
		fix: "Check 'API Key' in the credential: each phone number has its own key",
	},
	{
		errorCodes: [
			'Your WhatsApp for Business API has been disabled',
			'has been disabled',
			'is disabled',
			'channel disabled',
			'disabled channel',
		],
		class: 'account',
		what: 'The channel is disabled at 360dialog',
		fix: 'Enable the phone number in the 360dialog Hub (hub.360dialog.com), or ask the support of 360dialog',
	},
	{
		errorCodes: ['permission denied'],
		class: 'credential',
		what: 'This API key does not have the permission to do this',
		fix: "Check 'API Key' in the credential: it must be the key of the sending number, not of a partner",
	},
	{
		errorCodes: ['The endpoint is blocked', 'is blocked'],
		class: 'account',
		what: '360dialog has blocked this address for the channel',
		fix: 'Ask 360dialog for the reason; the details contain a link',
	},
	{
		errorCodes: ['already exist'],
		class: 'template',
		what: 'A template with this name already exists in this language',
		fix: "Choose another 'Name' or 'Language', or delete the template first",
	},
	{
		errorCodes: ['not found', 'does not exist'],
		class: 'template',
		what: '360dialog does not know this template',
		fix: "Check 'Template'; Get Many lists the templates",
	},
];

import type { ErrorEntry } from '../errors';

/**
 * Refusals of 360dialog's gateway (docs/reference/providers.md 3.6). The gateway has no error codes: its sentence holds
 * one of these words.
 */
export const dialog360Errors: readonly ErrorEntry[] = [
	{
		errorCodes: ['exceeded the limit', 'rate limit', 'too many'],
		class: 'throttle',
		what: 'Too many requests to 360dialog',
		fix: 'Send more slowly, or try again later',
	},
	{
		errorCodes: ['invalid api_key', 'token expired'],
		class: 'credential',
		what: '360dialog does not know this API key',
		fix: "Check 'API Key' in the credential: each phone number has its own key",
	},
	{
		errorCodes: ['channel is disabled', 'channel disabled', 'disabled channel'],
		class: 'account',
		what: 'The channel is disabled at 360dialog',
		fix: 'Enable the phone number in the 360dialog Hub',
	},
	{
		errorCodes: ['is blocked'],
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

import type { ErrorEntry, ErrorRange } from '../errors';

/**
 * Error codes of the On-Premises API (docs/reference/providers.md 2.4). Answers and webhooks have the same. The Cloud
 * API has others.
 */
export const onPremisesErrors: readonly ErrorEntry[] = [
	{
		errorCodes: [1005],
		class: 'credential',
		what: 'The server rejected the login',
		fix: "Check 'Username' and 'Password' in the credential",
	},
	{
		errorCodes: [1024],
		class: 'credential',
		what: 'The server requires a new password',
		fix: "Change the user's password on the server, then in the credential",
	},
	{
		errorCodes: [408, 410, 1002, 1006, 1007, 1013, 1021, 1026],
		class: 'recipient',
		what: "WhatsApp can't deliver to this number",
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		errorCodes: [429, 1015],
		class: 'throttle',
		what: 'Too many requests to the server',
		fix: "Lower 'Messages per Second', or try again later",
	},
	{
		errorCodes: [471],
		class: 'throttle',
		what: 'WhatsApp limits this number because people block or report its messages',
		fix: "Look at the number's quality rating in WhatsApp Manager before sending more",
	},
	{
		errorCodes: [2000, 2012],
		class: 'template',
		what: 'The template has parameters other than the code',
		fix: "Choose an authentication template in 'Template'",
	},
	{
		errorCodes: [2001, 2002, 2003],
		class: 'template',
		what: 'The server has no approved template with this name in this language',
		fix: "Check 'Template' and 'Language', and 'Namespace' in the credential",
	},
	{
		errorCodes: [402],
		class: 'account',
		what: "The business account's payment method does not work",
		fix: 'Update the payment method in Business Manager',
	},
	{
		errorCodes: [430, 432, 433],
		class: 'account',
		what: "The phone number's certificate is not valid",
		fix: 'Register the number on the server again, with the certificate from WhatsApp Manager',
	},
	{
		errorCodes: [1022],
		class: 'account',
		what: 'The server has no webhook address',
		fix: "Set a webhook address in the server's application settings",
	},
	{
		errorCodes: [1011, 1016],
		class: 'transient',
		what: 'The server is not ready for the message',
		fix: "Look at the server's health status and try again later",
	},
	{
		errorCodes: [500, 1000, 1014, 1023, 1025],
		class: 'transient',
		what: 'The server had an internal error',
		fix: "Look at the server's log and health status",
		mayHaveArrived: true,
	},
	{
		errorCodes: [1001, 1008, 1009, 1010],
		class: 'permanent',
		what: 'A parameter of the message is missing or invalid',
		fix: "Check 'Template': it must be an authentication template with an OTP button. A code has at most 15 characters",
	},
	{
		errorCodes: [102, 400, 470, 472, 1004],
		class: 'permanent',
		what: 'The server rejected the message',
		fix: 'Check that the template is an authentication template; the details say more',
	},
];

/** The class of error codes that are not in the table, by their range (docs/reference/providers.md 2.4). */
export const onPremisesRanges: readonly ErrorRange[] = [
	{
		from: 1000,
		to: 1099,
		class: 'permanent',
		what: 'The server rejected the message',
		fix: 'The details say more',
	},
	{
		from: 2000,
		to: 2099,
		class: 'template',
		what: 'The server rejected the template or its parameters',
		fix: "Check 'Template' and 'Language', and 'Namespace' in the credential",
	},
];

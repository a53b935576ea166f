import type { ErrorEntry, ErrorMeaning } from '../errors';

/** WA.cr's error codes (docs/reference/providers.md 5.2). */
export const waCrErrors: readonly ErrorEntry[] = [
	{
		errorCodes: ['UNAUTHORIZED'],
		class: 'credential',
		what: 'WA.cr does not accept the API token',
		fix: "Check 'API Token' in the credential",
	},
	{
		errorCodes: ['INSUFFICIENT_SCOPE'],
		class: 'credential',
		what: 'The API token lacks a scope',
		fix: 'Give the token the scopes messages:send for codes and templates:read for the list of templates',
	},
	{
		errorCodes: ['FEATURE_LIMIT_EXCEEDED'],
		class: 'account',
		what: "The WA.cr plan's limit of contacts or conversations is reached",
		fix: 'Remove contacts at WA.cr, or choose a larger plan',
	},
	{
		errorCodes: ['FEATURE_NOT_AVAILABLE'],
		class: 'account',
		what: 'The WA.cr plan does not include WhatsApp templates',
		fix: 'Choose a plan at WA.cr that includes them',
	},
	{
		errorCodes: ['WHATSAPP_NOT_CONFIGURED'],
		class: 'account',
		what: 'WhatsApp is not set up at WA.cr',
		fix: "Connect a WhatsApp number in WA.cr's settings, and set the default status and source of new contacts there",
	},
	{
		errorCodes: ['CONTACT_OPTED_OUT'],
		class: 'recipient',
		what: 'This person has opted out of your messages',
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		errorCodes: ['RESOURCE_NOT_FOUND'],
		class: 'template',
		what: 'WA.cr has no approved authentication template with this name in this language',
		fix: "Check 'Template' and 'Language'; a new template appears after Sync at WA.cr",
	},
	{
		errorCodes: ['NOT_FOUND'],
		class: 'permanent',
		what: 'WA.cr does not know this contact',
		fix: 'Check the contact at WA.cr',
	},
	{
		errorCodes: ['VALIDATION_ERROR'],
		class: 'permanent',
		what: 'WA.cr rejected a value of the request',
		fix: 'Check the fields of this node; the details name the value',
	},
	{
		errorCodes: ['RATE_LIMIT_EXCEEDED'],
		class: 'throttle',
		what: 'Too many requests to WA.cr',
		fix: "Lower 'Messages per Second', or try again later",
	},
	{
		errorCodes: ['MESSAGE_SEND_FAILED'],
		class: 'transient',
		what: 'WA.cr could not send the message to WhatsApp',
		fix: 'Check the phone number and the template at WA.cr, and try again later',
	},
	{
		errorCodes: ['INTERNAL_ERROR'],
		class: 'transient',
		what: 'WA.cr had an internal error',
		fix: "Look at WA.cr's status and try again later",
		mayHaveArrived: true,
	},
];

/** What the error code VALIDATION_ERROR means, by the field that the answer names. */
export const waCrInvalidFields: ReadonlyArray<ErrorMeaning & { field: string }> = [
	{
		field: 'phone',
		class: 'recipient',
		what: 'WA.cr rejected this number',
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		field: 'template_name',
		class: 'template',
		what: 'WA.cr rejected this template',
		fix: "Choose an approved authentication template in 'Template'",
	},
	{
		field: 'expiry_minutes',
		class: 'permanent',
		what: 'WA.cr rejected the lifetime of the code',
		fix: "Set the option 'Expires In' to 1 to 60 minutes",
	},
];

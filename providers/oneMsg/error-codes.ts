import type { ErrorEntry } from '../errors';

/**
 * Refusals of 1MSG (docs/reference/providers.md 4.3). 1MSG has no error codes. A row is found by the HTTP status or, if
 * that is 200, by the field that contains the refusal.
 */
export const oneMsgErrors: readonly ErrorEntry[] = [
	{
		errorCodes: ['sent:false'],
		class: 'permanent',
		what: '1MSG did not send the message',
		fix: "Check that the template is an approved authentication template, and 'Namespace' in the credential",
	},
	{
		errorCodes: ['response.error'],
		class: 'transient',
		what: 'WhatsApp did not accept the message from 1MSG',
		fix: "Try again later; the provider's message says more",
		mayHaveArrived: true,
	},
	{
		errorCodes: ['result'],
		class: 'template',
		what: '1MSG rejected the request',
		fix: "Check 'Template'; Get Many lists the templates",
	},
	{
		errorCodes: [400],
		class: 'permanent',
		what: '1MSG rejected a field of the request',
		fix: "Check the fields of this node; the provider's message names the field",
	},
	{
		errorCodes: [401],
		class: 'credential',
		what: '1MSG does not know this token for this channel',
		fix: "Check 'Channel ID', 'Token' and 'Token In' in the credential: each channel has its own token",
	},
	{
		errorCodes: [403],
		class: 'account',
		what: '1MSG has blocked the channel',
		fix: "Look at the channel's trial or subscription in your 1MSG account",
	},
	{
		errorCodes: [422],
		class: 'template',
		what: 'The namespace is missing or wrong, or the template has parameters other than the code',
		fix:
			"Check 'Namespace' in the credential (Get Many of templates shows it with 'Simplify' off), " +
			'and choose an authentication template',
	},
	{
		errorCodes: [429],
		class: 'throttle',
		what: 'Too many requests to 1MSG',
		fix: "Lower 'Messages per Second', or try again later",
	},
	{
		errorCodes: [500],
		class: 'transient',
		what: '1MSG had an internal error',
		fix: "Look at the channel's status at 1MSG and try again later",
		mayHaveArrived: true,
	},
];

/** Refusals that only 1MSG's sentence explains: it holds one of these words. 1MSG publishes no list of them. */
export const oneMsgWords: readonly ErrorEntry[] = [
	{
		errorCodes: [
			'not on whatsapp',
			'not a whatsapp',
			'no whatsapp',
			'undeliverable',
			'invalid phone',
			'invalid number',
		],
		class: 'recipient',
		what: "WhatsApp can't deliver to this number",
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		errorCodes: ['rate limit', 'too many', 'limit reached', 'limit exceeded'],
		class: 'throttle',
		what: 'Too many requests to 1MSG',
		fix: "Lower 'Messages per Second', or try again later",
	},
	{
		errorCodes: ['already exist'],
		class: 'template',
		what: 'A template with this name already exists in this language',
		fix: "Choose another 'Name' or 'Language', or delete the template first",
	},
	{
		errorCodes: ['template', 'namespace', 'parameter', 'params', 'button'],
		class: 'template',
		what: '1MSG did not accept the template or its parameters',
		fix: "Check 'Template' and 'Language', and 'Namespace' in the credential; the provider's message says more",
	},
];

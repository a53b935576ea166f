import type { ErrorEntry } from '../errors';

/**
 * Refusals of 1MSG (docs/reference/providers.md 4.3), which has no codes: they go by the HTTP status or, where that is 200, by the
 * field that says no.
 */
export const oneMsgErrors: readonly ErrorEntry[] = [
	{
		codes: ['sent:false'],
		class: 'permanent',
		what: '1MSG did not send the message',
		fix: "Check that the template is an approved authentication template, and 'Namespace' in the credential",
	},
	{
		codes: ['response.error'],
		class: 'transient',
		what: 'WhatsApp did not take the message from 1MSG',
		fix: "Try again later; the provider's words say more",
		mayHaveArrived: true,
	},
	{
		codes: ['result'],
		class: 'template',
		what: '1MSG did not do it',
		fix: "Check 'Template'; Get Many lists what there is",
	},
	{
		codes: [400],
		class: 'permanent',
		what: '1MSG refused a field of the request',
		fix: "Check the fields of this node; the provider's words name the one",
	},
	{
		codes: [401],
		class: 'credential',
		what: '1MSG does not know this token for this channel',
		fix: "Check 'Channel ID', 'Token' and 'Token In' in the credential: each channel has a token of its own",
	},
	{
		codes: [403],
		class: 'account',
		what: '1MSG has blocked the channel',
		fix: "Look at the channel's trial or subscription in your 1MSG account",
	},
	{
		codes: [422],
		class: 'template',
		what: 'The namespace is missing or wrong, or the template has other parameters than a code',
		fix: "Check 'Namespace' in the credential (Get Many of templates shows it with 'Simplify' off), and choose an authentication template",
	},
	{
		codes: [429],
		class: 'throttle',
		what: '1MSG is asked too often',
		fix: "Lower 'Messages per Second', or try again later",
	},
	{
		codes: [500],
		class: 'transient',
		what: '1MSG broke off inside',
		fix: "Look at the channel's state at 1MSG and try again later; the message may have been sent",
		mayHaveArrived: true,
	},
];

/** What only the words of a refusal tell apart; 1MSG publishes no list of them. */
export const oneMsgWords: readonly ErrorEntry[] = [
	{
		codes: ['not on whatsapp', 'not a whatsapp', 'no whatsapp', 'undeliverable', 'invalid phone', 'invalid number'],
		class: 'recipient',
		what: "WhatsApp can't deliver to this number",
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		codes: ['rate limit', 'too many', 'limit reached', 'limit exceeded'],
		class: 'throttle',
		what: '1MSG is asked too often',
		fix: "Lower 'Messages per Second', or try again later",
	},
	{
		codes: ['already exist'],
		class: 'template',
		what: 'A template of this name exists in this language already',
		fix: "Choose another 'Name' or 'Language', or delete the template first",
	},
	{
		codes: ['template', 'namespace', 'parameter', 'params', 'button'],
		class: 'template',
		what: '1MSG did not take the template, or what goes into it',
		fix: "Check 'Template' and 'Language', and 'Namespace' in the credential; the provider's words say more",
	},
];

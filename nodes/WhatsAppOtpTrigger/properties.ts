import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

import { providers } from '../../providers';

const tellers = providers.filter(({ webhook }) => webhook !== undefined);

/** By what hides them: the editor keeps a field out of sight by whose choices all credentials are shown. */
export const credentials: INodeCredentialDescription[] = tellers.map(({ id, credential }) => ({
	name: credential,
	required: true,
	displayOptions: { hide: { provider: tellers.map((teller) => teller.id).filter((other) => other !== id) } },
}));

export const properties: INodeProperties[] = [
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: tellers.map(({ id, name }) => ({ name, value: id })),
		default: 'dialog360',
		description: 'Who delivers your WhatsApp messages',
	},
	// The place of the credential; n8n would put it first, before the provider that it belongs to.
	{ displayName: 'Credential', name: 'credentials', type: 'credentials', default: '' },
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		noDataExpression: true,
		required: true,
		options: [
			{ name: 'Message Delivered', value: 'message.delivered', description: 'The code is on the phone' },
			{ name: 'Message Failed', value: 'message.failed', description: 'The code will not arrive' },
			{ name: 'Message Read', value: 'message.read', description: 'The person opened the message' },
			{ name: 'Message Sent', value: 'message.sent', description: 'WhatsApp has passed the message on' },
		],
		default: ['message.delivered', 'message.failed'],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Include Raw Event',
				name: 'includeRaw',
				type: 'boolean',
				default: false,
				description: "Whether to add the provider's own words to each item",
			},
			{
				displayName: 'Only OTP Messages',
				name: 'onlyOtpMessages',
				type: 'boolean',
				default: true,
				description: 'Whether to leave out messages that were not sent by the WhatsApp OTP node',
			},
			{
				displayName: 'Replace Existing Webhook',
				name: 'replaceExistingWebhook',
				type: 'boolean',
				default: false,
				description:
					"Whether to take over when the provider's webhook points to another address, and to put that address back when the workflow is deactivated",
			},
		],
	},
];

import type { IDisplayOptions, INodeCredentialDescription, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { providers, type Provider } from '../../providers';
import { storeDescription } from '../shared/store-credential';

const tellers = providers.filter(({ webhook }) => webhook !== undefined);
const idsOf = (list: readonly Provider[]) => list.map(({ id }) => id);
const signers = idsOf(tellers.filter(({ webhook }) => webhook?.byHand !== undefined));
const templateTellers = idsOf(tellers.filter(({ webhook }) => webhook?.sendsTemplateEvents));
const silent = providers.filter(({ webhook }) => webhook === undefined);

const messageEvents = [
	{ name: 'Message Delivered', value: 'message.delivered', description: 'The code is on the phone' },
	{
		name: 'Message Dropped',
		value: 'message.dropped',
		description:
			"No delivery was heard of 15 seconds after the template's time to live, or two minutes where it has none",
	},
	{ name: 'Message Failed', value: 'message.failed', description: 'The code will not arrive' },
	{ name: 'Message Read', value: 'message.read', description: 'The person opened the message' },
	{ name: 'Message Sent', value: 'message.sent', description: 'WhatsApp has passed the message on' },
];
const showTemplates: IDisplayOptions = { show: { provider: templateTellers } };
const templateEvents: INodePropertyOptions[] = [
	{
		name: 'Template Category',
		value: 'template.category',
		description: 'WhatsApp puts a template into another category, now or soon',
		displayOptions: showTemplates,
	},
	{
		name: 'Template Quality',
		value: 'template.quality',
		description: 'People like or block what is sent by a template',
		displayOptions: showTemplates,
	},
	{
		name: 'Template Status',
		value: 'template.status',
		description: 'A template was approved, rejected, paused or disabled',
		displayOptions: showTemplates,
	},
];

/** Whoever looks for a provider that sends nothing finds it, and reads what to do instead. */
const silence =
	"sends no delivery events. Ask with the operation 'Get' of the WhatsApp OTP node what became of a code.";

/** By what hides them: the editor keeps a field out of sight by whose choices all credentials are shown. */
export const credentials: INodeCredentialDescription[] = [
	...tellers.map(({ id, credential }) => ({
		name: credential,
		required: true,
		displayOptions: { hide: { provider: idsOf(providers).filter((other) => other !== id) } },
	})),
	storeDescription,
];

export const properties: INodeProperties[] = [
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: providers.map(({ id, name, webhook }) => ({
			name,
			value: id,
			...(webhook === undefined ? { description: `It ${silence}` } : {}),
		})),
		default: 'dialog360',
		description: 'Who delivers your WhatsApp messages',
	},
	// The place of the credential; n8n would put it first, before the provider that it belongs to.
	{ displayName: 'Credential', name: 'credentials', type: 'credentials', default: '' },
	...silent.map(({ id, name }): INodeProperties => ({
		displayName: `${name} ${silence}`,
		name: `${id}Notice`,
		type: 'notice',
		default: '',
		displayOptions: { show: { provider: [id] } },
	})),
	{
		displayName:
			"Your app at Meta must subscribe to the webhook fields it wants told: 'messages', and for templates those that begin with 'message_template' and 'template_category_update'.",
		name: 'fieldsNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { provider: signers } },
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		noDataExpression: true,
		required: true,
		// One field for all providers: the editor would empty one that comes and goes with the provider.
		options: [...messageEvents, ...templateEvents],
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
					"Whether to take over when the provider's webhook points to another address, and to put that address back when the workflow is deactivated. Meta puts back only addresses of this n8n, and otherwise the app's own.",
			},
			{
				displayName: 'Webhook Set by Hand',
				name: 'webhookSetByHand',
				type: 'boolean',
				default: false,
				displayOptions: { show: { '/provider': signers } },
				description:
					'Whether you enter the webhook in your app at Meta yourself, because the access token may not. Without this option, publishing says what to enter.',
			},
		],
	},
];

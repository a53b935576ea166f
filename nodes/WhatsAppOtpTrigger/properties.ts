import type { IDisplayOptions, INodeCredentialDescription, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { defaultProviderId, listName, providers, type Provider } from '../../providers';
import { testMethodOf } from '../shared/account-test';
import { omitUndefined } from '../shared/omit-undefined';
import { retiredNotices } from '../shared/retired-notices';
import { storeDescription } from '../shared/store-credential';

const idsOf = (list: readonly Provider[]) => list.map(({ id }) => id);

const withWebhook = providers.filter(({ webhook }) => webhook !== undefined);
const withoutWebhook = providers.filter(({ webhook }) => webhook === undefined);
/** Their webhook can be set by hand. */
const withManualWebhook = withWebhook.filter(({ webhook }) => webhook?.byHand !== undefined);
const withReports = withWebhook.filter(({ webhook }) => webhook?.sendsReports);
const withTemplateEvents = withWebhook.filter(({ webhook }) => webhook?.sendsTemplateEvents);

/**
 * Without events there is nothing to set, and the notice stands alone. The fields depend on a hidden field: the editor
 * would reset them at each change of the provider if they named it.
 */
const sendsEvents: INodeProperties = {
	displayName: 'Sends Events',
	name: 'sendsEvents',
	type: 'hidden',
	default: true,
	displayOptions: { show: { provider: idsOf(withWebhook) } },
};
const shownWithEvents: IDisplayOptions = { show: { [sendsEvents.name]: [true] } };

const showReports: IDisplayOptions = { show: { provider: idsOf(withReports) } };
const reportEvents: INodePropertyOptions[] = [
	{
		name: 'Code Reported',
		value: 'code.reported',
		action: 'When a person reports a code',
		description: 'The person pressed "I didn\'t request a code" below the message',
		displayOptions: showReports,
	},
];

/** `action` is the name in the list of actions, where an event stands beside operations such as 'Send code'. */
const messageEvents: INodePropertyOptions[] = [
	{
		name: 'Message Delivered',
		value: 'message.delivered',
		action: 'When a code is delivered',
		description: 'The message is on the phone',
	},
	{
		name: 'Message Failed',
		value: 'message.failed',
		action: 'When a code cannot be delivered',
		description: 'The message could not be delivered',
	},
	{
		name: 'Message Not Delivered in Time',
		value: 'message.dropped',
		action: 'When a code is not delivered in time',
		description:
			"No delivery was reported within the template's time to live plus 15 seconds, or two minutes without one",
	},
	{
		name: 'Message Read',
		value: 'message.read',
		action: 'When a code is read',
		description: 'The person opened the message',
	},
	{
		name: 'Message Sent',
		value: 'message.sent',
		action: 'When a code is sent',
		description: 'WhatsApp has sent the message',
	},
];

const showTemplateEvents: IDisplayOptions = { show: { provider: idsOf(withTemplateEvents) } };
const templateEvents: INodePropertyOptions[] = [
	{
		name: 'Template Category',
		value: 'template.category',
		action: 'When the category of a template changes',
		description: 'WhatsApp has changed the category of a template, or will change it soon',
		displayOptions: showTemplateEvents,
	},
	{
		name: 'Template Quality',
		value: 'template.quality',
		action: 'When the quality of a template changes',
		description: 'The quality rating of a template has changed, because people like or block its messages',
		displayOptions: showTemplateEvents,
	},
	{
		name: 'Template Status',
		value: 'template.status',
		action: 'When a template is approved or rejected',
		description: 'A template was approved, rejected, paused, disabled or archived',
		displayOptions: showTemplateEvents,
	},
];

/** Providers without events are listed, too, so that a builder who looks for one learns what to do instead. */
const noEvents =
	"sends no delivery events. To get the status of a code, use the operation 'Get' of the WhatsApp OTP node.";

/**
 * Each credential is hidden for the other providers, instead of shown for its own: the editor hides a field whose
 * choices decide which of all credentials is shown.
 */
export const credentials: INodeCredentialDescription[] = [
	...withWebhook.map((provider) => ({
		name: provider.credential,
		required: true,
		...omitUndefined({ testedBy: testMethodOf(provider) }),
		displayOptions: { hide: { provider: idsOf(providers).filter((other) => other !== provider.id) } },
	})),
	{ ...storeDescription, displayOptions: { hide: { provider: idsOf(withoutWebhook) } } },
];

const providerField: INodeProperties = {
	displayName: 'Provider',
	name: 'provider',
	type: 'options',
	noDataExpression: true,
	options: providers.map((provider) => {
		const option = { name: listName(provider), value: provider.id };
		return provider.webhook === undefined ? { ...option, description: `It ${noEvents}` } : option;
	}),
	default: defaultProviderId,
	description: 'The service that delivers your WhatsApp messages',
};

const noEventsNotices = withoutWebhook.map(({ id, name }) => notice(`${id}Notice`, `${name} ${noEvents}`, [id]));

/** What to know about a provider's webhook, once for each text. */
const noticesOf = (name: string, textOf: (provider: Provider) => string | undefined) =>
	[...new Set(withWebhook.flatMap((provider) => textOf(provider) ?? []))].map((text) =>
		notice(name, text, idsOf(withWebhook.filter((provider) => textOf(provider) === text))),
	);

const setUpNotices = noticesOf('fieldsNotice', ({ webhook }) => webhook?.setUpNotice);
const templateNotices = noticesOf('templateEventsNotice', ({ webhook }) => webhook?.templateEventsLimit).map(
	({ displayOptions, ...others }) => ({
		...others,
		displayOptions: { show: { ...displayOptions?.show, events: templateEvents.map(({ value }) => value) } },
	}),
);

function notice(name: string, text: string, provider: string[]): INodeProperties {
	return { displayName: text, name, type: 'notice', default: '', displayOptions: { show: { provider } } };
}

const sharedWebhooks = withWebhook.filter(({ webhook }) => (webhook?.maxAddresses ?? 1) > 1).map(({ name }) => name);
const besideLimits = withWebhook.flatMap(({ webhook }) => webhook?.besideLimit ?? []);
const restoreLimits = withWebhook.flatMap(({ webhook }) => webhook?.restoreLimit ?? []);

/** One field for each provider with a choice of places. */
const listenAt = withWebhook.flatMap(({ id, webhook }): INodeProperties[] => {
	const firstPlace = webhook?.places?.[0]?.id;
	if (firstPlace === undefined) return [];
	return [
		{
			displayName: 'Listen At',
			name: 'listenAt',
			type: 'options',
			options: webhook?.places?.map((place) => ({
				name: place.name,
				value: place.id,
				description: place.description,
			})),
			default: firstPlace,
			displayOptions: { show: { '/provider': [id] } },
			description: 'Where the provider sends the events',
		},
	];
});

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Cancel Reported Codes',
			name: 'cancelReportedCodes',
			type: 'boolean',
			default: true,
			displayOptions: { show: { '/provider': idsOf(withReports) } },
			description:
				'Whether to end a verification when the person presses "I didn\'t request a code". ' +
				'Another person may be signing in.',
		},
		{
			displayName: 'Include Raw Event',
			name: 'includeRaw',
			type: 'boolean',
			default: false,
			description: "Whether to add the provider's original event to each item",
		},
		...listenAt,
		{
			displayName: 'Only OTP Messages',
			name: 'onlyOtpMessages',
			type: 'boolean',
			default: true,
			description: 'Whether to leave out messages that were not sent by the WhatsApp OTP node',
		},
		{
			displayName: 'Pass Events On To',
			name: 'passEventsOnTo',
			type: 'string',
			noDataExpression: true,
			default: '',
			placeholder: 'e.g. https://chatbot.example.com/webhook',
			description:
				'The address of another system that also needs the events of this number, such as a chatbot. ' +
				'It gets each request of the provider unchanged.',
		},
		{
			displayName: 'Replace Existing Webhook',
			name: 'replaceExistingWebhook',
			type: 'boolean',
			default: false,
			description: [
				"Whether to replace the provider's webhook if it points to another address.",
				...sharedWebhooks.map((name) => `${name} takes several addresses, and without this option all of them stay.`),
				...besideLimits,
				'When you unpublish the workflow, the previous webhook is restored.',
				...restoreLimits,
			].join(' '),
		},
		{
			displayName: 'Webhook Set by Hand',
			name: 'webhookSetByHand',
			type: 'boolean',
			default: false,
			displayOptions: { show: { '/provider': idsOf(withManualWebhook) } },
			description:
				'Whether you set the webhook at the provider yourself, because the credential lacks the permission. ' +
				'Without this option, an error on publishing shows what to enter.',
		},
	],
};

export const properties: INodeProperties[] = [
	providerField,
	...retiredNotices,
	// Places the credential here. Otherwise n8n would show it first, before the provider it depends on.
	{ displayName: 'Credential', name: 'credentials', type: 'credentials', default: '' },
	...noEventsNotices,
	...setUpNotices,
	sendsEvents,
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		noDataExpression: true,
		required: true,
		// One field for all providers with events: the editor would empty a field that is shown for some of them only.
		options: [...messageEvents, ...reportEvents, ...templateEvents],
		default: ['message.delivered', 'message.failed'],
		displayOptions: shownWithEvents,
	},
	...templateNotices,
	{ ...options, displayOptions: shownWithEvents },
];

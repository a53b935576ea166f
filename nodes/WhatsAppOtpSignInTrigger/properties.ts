import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';
import { defaultProviderId, listName, providers } from '../../providers';
import { testMethodOf } from '../shared/account-test';
import { omitUndefined } from '../shared/omit-undefined';
import { retiredNotices } from '../shared/retired-notices';
import { storeDescription } from '../shared/store-credential';
import { lookCollection } from '../WhatsAppOtp/code-page/look';
import { defaultCountry, options } from '../WhatsAppOtp/fields/options';
import { sendOptions } from '../WhatsAppOtp/fields/send-options';
import { messageTemplate } from '../WhatsAppOtp/fields/template';
import { turnstileCredential } from './bots/turnstile';
import { browserLanguage, countriesHint, defaultPurpose, defaultTotals } from './parameters';
import { tokenCredential } from './webhook/token';

/** Hidden for the other providers, as in the trigger for events. */
export const credentials: INodeCredentialDescription[] = [
	...providers.map((provider) => ({
		name: provider.credential,
		required: true,
		...omitUndefined({ testedBy: testMethodOf(provider) }),
		displayOptions: { hide: { provider: providers.map(({ id }) => id).filter((id) => id !== provider.id) } },
	})),
	storeDescription,
	{
		name: tokenCredential,
		required: true,
		testedBy: 'testSignInToken',
		displayOptions: { show: { '/options.signInToken': [true] } },
	},
	{
		name: turnstileCredential,
		required: true,
		testedBy: 'testTurnstile',
		displayOptions: { show: { '/options.botProtection': ['turnstile'] } },
	},
];

const providerField: INodeProperties = {
	displayName: 'Provider',
	name: 'provider',
	type: 'options',
	options: providers.map((provider) => ({ name: listName(provider), value: provider.id })),
	default: defaultProviderId,
	description: 'The service that delivers your WhatsApp messages',
};

const respond: INodeProperties[] = [
	{
		displayName: 'Respond',
		name: 'respond',
		type: 'options',
		options: [
			{
				name: 'Last Node',
				value: 'lastNode',
				description: "Wait for the workflow, then use 'redirectUrl' or 'message' of the last node's first item",
			},
			{ name: 'Message', value: 'message', description: 'Show a message on the page' },
			{ name: 'Redirect', value: 'redirect', description: 'Open another address' },
		],
		default: 'message',
		description: 'What a person sees after the right code',
	},
	{
		displayName:
			'The person waits until the workflow ends, so keep it short. Its last node answers: an item with ' +
			"'redirectUrl' or 'message', for example from Edit Fields. Respond to Webhook does not work behind this trigger.",
		name: 'lastNodeNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { respond: ['lastNode'] } },
	},
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		default: '',
		placeholder: 'e.g. You are signed in',
		displayOptions: { show: { respond: ['message'] } },
		description:
			"What the page shows at the end. Leave empty for 'Your number is verified. You can close this page now.'",
	},
	{
		displayName: 'Redirect URL',
		name: 'redirectUrl',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. https://example.com/welcome',
		displayOptions: { show: { respond: ['redirect'] } },
		description: 'The address proves nothing: anyone can open it. Use the item of the workflow for access.',
	},
];

/** The options of a send that a page needs. */
const sharedOptions = [
	'allowedCountries',
	'codeAlphabet',
	'codeLength',
	'expiresIn',
	'limits',
	'maxAttempts',
	'messagesPerSecond',
	'namespace',
	'purpose',
	'testNumbers',
];

const allowedOrigins: INodeProperties = {
	displayName: 'Allowed Origins',
	name: 'allowedOrigins',
	type: 'string',
	default: '',
	placeholder: 'e.g. https://app.example.com',
	description: 'Other websites, separated by commas, whose scripts may use this address with JSON',
};

const signInToken: INodeProperties = {
	displayName: 'Sign-In Token',
	name: 'signInToken',
	type: 'boolean',
	default: false,
	description:
		'Whether to add a signed token for your app to the Redirect URL and to the JSON answer. ' +
		"Choose the credential that then appears above 'Template'.",
};

const botProtection: INodeProperties = {
	displayName: 'Bot Protection',
	name: 'botProtection',
	type: 'options',
	options: [
		{ name: 'None', value: 'none', description: 'Only the limits protect the page' },
		{
			name: 'Proof of Work',
			value: 'proofOfWork',
			description: "The visitor's browser solves a puzzle before each first code. No other service is involved.",
		},
		{
			name: 'Turnstile',
			value: 'turnstile',
			description:
				"Cloudflare looks at the visitor. Choose the credential that then appears above 'Template'. " +
				'Your privacy notice should name Cloudflare.',
		},
	],
	default: 'proofOfWork',
	description: 'What keeps out programs that request codes',
};

function isProperty(option: object): option is INodeProperties {
	return 'type' in option;
}

function propertiesIn(list: readonly object[] = []): INodeProperties[] {
	return list.filter(isProperty);
}

/** The defaults of this node, where they differ from those of a send. */
const ownDefaults: Record<string, INodeProperties['default']> = { purpose: defaultPurpose, ...defaultTotals };

const signInOptions = options(
	allowedOrigins,
	botProtection,
	signInToken,
	...propertiesIn(sendOptions.options).filter(({ name }) => sharedOptions.includes(name)),
);

/** With the defaults of this node, and without expressions: there is no item yet that they could read. */
function adapt<Property extends INodeProperties>(property: Property): Property {
	const adapted: Property = { ...property, noDataExpression: true };
	const ownDefault = ownDefaults[property.name];
	if (ownDefault !== undefined) adapted.default = ownDefault;
	if (property.options !== undefined) {
		adapted.options = property.options.map((option) => {
			if ('values' in option) return { ...option, values: option.values.map(adapt) };
			return isProperty(option) ? adapt(option) : option;
		});
	}
	return adapted;
}

/** The languages of the template, after the choice of the browser's. */
function withBrowserLanguage(property: INodeProperties): INodeProperties {
	if (property.typeOptions?.loadOptionsMethod === undefined) return property;
	return {
		...property,
		displayName: 'Language',
		typeOptions: { ...property.typeOptions, loadOptionsMethod: 'getSignInLanguages' },
		default: browserLanguage,
		description: "The language of message and page: the browser's among those of the template, or one for everybody",
	};
}

const countriesNotice: INodeProperties = {
	displayName: `${countriesHint} Add the option 'Allowed Countries'.`,
	name: 'countriesNotice',
	type: 'notice',
	default: '',
	displayOptions: { hide: { 'options.allowedCountries': [{ _cnd: { exists: true } }] } },
};

export const properties: INodeProperties[] = [
	providerField,
	...retiredNotices,
	// Places the credential here. Otherwise n8n would show it first, before the provider it depends on.
	{ displayName: 'Credential', name: 'credentials', type: 'credentials', default: '' },
	...[
		...messageTemplate.map(withBrowserLanguage),
		lookCollection(defaultCountry),
		...respond,
		countriesNotice,
		signInOptions,
	].map((property) => adapt(property)),
];

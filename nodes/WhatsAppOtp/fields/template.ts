import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { pastedText, providers, type Provider } from '../../../providers';

/** A template: from the list of the account's authentication templates, or by name. */
export const template: INodeProperties = {
	displayName: 'Template',
	name: 'template',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The authentication template for the message with the code',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a template...',
			typeOptions: { searchListMethod: 'searchTemplates', searchable: true },
		},
		{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. verification_code' },
	],
};

export const language: INodeProperties = {
	displayName: 'Language Name or ID',
	name: 'language',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getTemplateLanguages', loadOptionsDependsOn: ['template.value'] },
	default: 'en_US',
	description:
		'One of the languages in which the template is approved. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

const idsOf = (list: readonly Provider[]) => list.map(({ id }) => id);

/** Providers with lists of templates. */
const withLists = idsOf(providers.filter(({ templates }) => templates !== undefined));
const withoutLists = idsOf(providers.filter(({ templates }) => templates === undefined));

const hint = 'An approved authentication template. To create one, type a name in the list.';

/** n8n shows the label as it is, because it is not the key of one of its translations. */
const creatable = {
	...template,
	hint,
	modes: template.modes?.map((mode) =>
		mode.type !== 'list'
			? mode
			: {
					...mode,
					typeOptions: {
						...mode.typeOptions,
						allowNewResource: {
							label: 'Create template',
							method: 'createTemplate',
							defaultName: 'verification_code',
						},
					},
				},
	),
};

/** Template and language of a message: from lists if the provider has lists, otherwise as text. */
export const messageTemplate: INodeProperties[] = [
	{ ...creatable, displayOptions: { show: { provider: withLists } } },
	{
		...template,
		modes: template.modes?.slice(-1),
		default: { mode: 'name', value: '' },
		displayOptions: { show: { provider: withoutLists } },
	},
	{ ...language, displayOptions: { show: { provider: withLists } } },
	{
		displayName: 'Language',
		name: 'language',
		type: 'string',
		default: 'en_US',
		displayOptions: { show: { provider: withoutLists } },
		description: 'One of the languages in which the template is approved',
	},
];

export const templateSchema = pastedText.pipe(z.string().min(1, "'Template' is empty"));
/** Webhooks and people write en-US. Providers accept en_US. */
export const languageSchema = pastedText
	.pipe(z.string().min(1, "'Language' is empty"))
	.transform((code) => code.replace('-', '_'));

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: "Whether to return a simplified version of the response instead of the provider's own",
};

import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { providers } from '../../../providers';

/** A template by its name, or from the list of the account's authentication templates. */
export const template: INodeProperties = {
	displayName: 'Template',
	name: 'template',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The authentication template that carries the code',
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

const listing = providers.filter(({ templates }) => templates !== undefined).map(({ id }) => id);
const others = providers.map(({ id }) => id).filter((id) => !listing.includes(id));

/** Template and language of a message: from lists where the provider has them, else as text. */
export const messageTemplate: INodeProperties[] = [
	{ ...template, displayOptions: { show: { provider: listing } } },
	{
		...template,
		modes: template.modes?.slice(-1),
		default: { mode: 'name', value: '' },
		displayOptions: { show: { provider: others } },
	},
	{ ...language, displayOptions: { show: { provider: listing } } },
	{
		displayName: 'Language',
		name: 'language',
		type: 'string',
		default: 'en_US',
		displayOptions: { show: { provider: others } },
		description: 'One of the languages in which the template is approved',
	},
];

export const templateSchema = z.string().trim().min(1, "'Template' is empty");
/** Webhooks write en-US, and so do people; providers take en_US. */
export const languageSchema = z
	.string()
	.trim()
	.min(1, "'Language' is empty")
	.transform((code) => code.replace('-', '_'));

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: "Whether to return a simplified version of the response instead of the provider's own",
};

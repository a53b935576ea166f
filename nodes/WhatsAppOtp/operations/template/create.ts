import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { pastedText, providers } from '../../../../providers';
import { splitList } from '../../fields/list-field';
import { draftFields, draftProperties, hintsFor, readDraft } from '../../fields/template-draft';
import { defineOperation } from '../../operation';
import { notOffered, templateOutput, templatesOf } from '../../templates';

const name: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. verification_code',
	description: 'Lowercase letters, digits and underscores, at most 512 characters',
};

const language: INodeProperties = {
	displayName: 'Language',
	name: 'language',
	type: 'string',
	required: true,
	default: 'en_US',
	placeholder: 'e.g. en_US',
	description: 'The language in which WhatsApp writes the text',
};

/** Providers that create a template in several languages at once. */
const upserting = providers.filter(({ templates }) => templates?.upserts === true).map(({ id }) => id);

const languages: INodeProperties = {
	displayName: 'More Languages',
	name: 'languages',
	type: 'string',
	default: '',
	placeholder: 'e.g. es_ES, fr',
	displayOptions: { show: { provider: upserting } },
	description:
		'Language codes separated by commas. The template is created in all languages at once. ' +
		'Existing versions are replaced, and all buttons get the default labels of WhatsApp.',
};

export const create = defineOperation({
	resource: 'template',
	value: 'create',
	name: 'Create',
	action: 'Create template',
	description: 'Create an authentication template and submit it for approval',
	outputs: ['main'],
	offeredBy: ({ templates }) => templates?.create !== undefined,
	callsProvider: true,
	properties: [name, language, languages, ...draftProperties],
	parameters: z.object({
		name: pastedText,
		language: pastedText,
		languages: z.string().default('').transform(splitList),
		...draftFields,
	}),
	async execute({ host, connect, parameters }) {
		const target = await connect();
		const { templates, connection } = templatesOf(target);
		if (templates.create === undefined) throw notOffered(target.provider);
		const { name, language, languages: more, ...fields } = parameters;
		const draft = readDraft(fields, { name, languages: [...new Set([language, ...more])] }, templates.limits);
		const hints = hintsFor(draft, templates.limits).map((message) => ({ message }));
		if (hints.length > 0) host.addExecutionHints(...hints);
		const created = await templates.create(connection, draft);
		return { output: 'main', items: created.map((template) => templateOutput(template)) };
	},
});

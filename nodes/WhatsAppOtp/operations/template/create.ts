import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { providers } from '../../../../providers';
import { defineOperation } from '../../operation';
import { draftFields, draftProperties, hintsFor, readDraft } from '../../fields/template-draft';
import { notOffered, templateAnswer, templatesOf } from '../../templates';

const name: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. verification_code',
	description: 'Lower-case letters, digits and underscores; at most 512',
};

const language: INodeProperties = {
	displayName: 'Language',
	name: 'language',
	type: 'string',
	required: true,
	default: 'en_US',
	placeholder: 'e.g. en_US',
	description: 'WhatsApp writes the text in this language',
};

const upserting = providers.filter(({ templates }) => templates?.upserts === true).map(({ id }) => id);

const languages: INodeProperties = {
	displayName: 'More Languages',
	name: 'languages',
	type: 'string',
	default: '',
	placeholder: 'e.g. es_ES, fr',
	displayOptions: { show: { provider: upserting } },
	description:
		"Language codes separated by commas. The template is created in all of them at once, and replaced where it exists; its labels are then WhatsApp's own.",
};

export const create = defineOperation({
	resource: 'template',
	value: 'create',
	name: 'Create',
	action: 'Create an authentication template',
	description: 'Create an authentication template and hand it in for approval',
	outputs: ['main'],
	offeredBy: ({ templates }) => templates?.create !== undefined,
	callsProvider: true,
	properties: [name, language, languages, ...draftProperties],
	parameters: z.object({
		name: z.string().trim(),
		language: z.string().trim(),
		languages: z
			.string()
			.default('')
			.transform((text) => text.split(/[\s,;]+/).filter((code) => code !== '')),
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
		return { output: 'main', items: created.map((template) => templateAnswer(template)) };
	},
});

import { z } from 'zod';
import { language, languageSchema, template, templateSchema } from '../../fields/template';
import { draftFields, draftProperties, hintsFor, readDraft } from '../../fields/template-draft';
import { defineOperation } from '../../operation';
import { findTemplate, notOffered, templatesOf } from '../../templates';

export const update = defineOperation({
	resource: 'template',
	value: 'update',
	name: 'Update',
	action: 'Update template',
	description: 'Replace the content of a template in one language, and how long WhatsApp tries to deliver it',
	outputs: ['main'],
	offeredBy: ({ templates }) => templates?.update !== undefined,
	callsProvider: true,
	properties: [template, language, ...draftProperties],
	parameters: z.object({ template: templateSchema, language: languageSchema, ...draftFields }),
	async execute({ host, connect, parameters }) {
		const target = await connect();
		const { templates, connection } = templatesOf(target);
		if (templates.update === undefined) throw notOffered(target.provider);
		const { template: name, language, ...fields } = parameters;
		const draft = readDraft(fields, { name, languages: [language] }, templates.limits);
		const { id } = await findTemplate(target, name, language);
		const hints = hintsFor(draft, templates.limits).map((message) => ({ message }));
		if (hints.length > 0) host.addExecutionHints(...hints);
		await templates.update(connection, id, draft);
		return { output: 'main', items: [{ id, name, language, updated: true }] };
	},
});

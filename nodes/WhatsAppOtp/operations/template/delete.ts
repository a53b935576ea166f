import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { pastedText, providers } from '../../../../providers';
import { template, templateSchema } from '../../fields/template';
import { defineOperation } from '../../operation';
import { notOffered, templatesOf } from '../../templates';

/** Providers that can delete a template in one language. */
const deletingOne = providers.filter(({ templates }) => templates?.deletesOne === true).map(({ id }) => id);

const templateId: INodeProperties = {
	displayName: 'Template ID',
	name: 'templateId',
	type: 'string',
	default: '',
	placeholder: 'e.g. 594425479261596',
	displayOptions: { show: { provider: deletingOne } },
	description:
		'Deletes only the language version with this ID. Leave empty to delete the template in all its languages.',
};

export const remove = defineOperation({
	resource: 'template',
	value: 'delete',
	name: 'Delete',
	action: 'Delete template',
	description: 'Delete a template. Its name cannot be used again for 30 days.',
	outputs: ['main'],
	offeredBy: ({ templates }) => templates?.delete !== undefined,
	callsProvider: true,
	properties: [template, templateId],
	parameters: z.object({ template: templateSchema, templateId: pastedText.default('') }),
	async execute({ connect, parameters }) {
		const target = await connect();
		const { templates, connection } = templatesOf(target);
		if (templates.delete === undefined) throw notOffered(target.provider);
		await templates.delete(connection, parameters.template, parameters.templateId || undefined);
		return { output: 'main', items: [{ deleted: true }] };
	},
});

import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { providers } from '../../../../providers';
import { defineOperation } from '../../operation';
import { template, templateSchema } from '../../fields/template';
import { notOffered, templatesOf } from '../../templates';

const selective = providers.filter(({ templates }) => templates?.deletesOne === true).map(({ id }) => id);

const templateId: INodeProperties = {
	displayName: 'Template ID',
	name: 'templateId',
	type: 'string',
	default: '',
	placeholder: 'e.g. 594425479261596',
	displayOptions: { show: { provider: selective } },
	description: 'Deletes this language alone; leave empty to delete the template in all its languages',
};

export const remove = defineOperation({
	resource: 'template',
	value: 'delete',
	name: 'Delete',
	action: 'Delete a template',
	description: 'Delete a template; its name can not be used again for 30 days',
	outputs: ['main'],
	offeredBy: ({ templates }) => templates?.delete !== undefined,
	callsProvider: true,
	properties: [template, templateId],
	parameters: z.object({ template: templateSchema, templateId: z.string().trim().default('') }),
	async execute({ connect, parameters }) {
		const target = await connect();
		const { templates, connection } = templatesOf(target);
		if (templates.delete === undefined) throw notOffered(target.provider);
		await templates.delete(connection, parameters.template, parameters.templateId || undefined);
		return { output: 'main', items: [{ deleted: true }] };
	},
});

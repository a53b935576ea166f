import { z } from 'zod';

import { defineOperation } from '../../operation';
import { template, templateSchema } from '../../properties/template';
import { notOffered, templatesOf } from '../../templates';

export const remove = defineOperation({
	resource: 'template',
	value: 'delete',
	name: 'Delete',
	action: 'Delete a template',
	description: 'Delete a template in all its languages; its name can not be used again for 30 days',
	outputs: ['main'],
	callsProvider: true,
	properties: [template],
	parameters: z.object({ template: templateSchema }),
	async execute({ connect, parameters }) {
		const target = await connect();
		const { templates, connection } = templatesOf(target);
		if (templates.delete === undefined) throw notOffered(target.provider);
		await templates.delete(connection, parameters.template);
		return { output: 'main', items: [{ deleted: true }] };
	},
});

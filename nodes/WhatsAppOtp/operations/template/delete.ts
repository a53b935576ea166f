import { z } from 'zod';

import { defineOperation } from '../../operation';
import { template, templateSchema } from '../../properties/template';
import { templatesOf } from '../../templates';

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
		const { templates, connection } = templatesOf(await connect());
		await templates.delete(connection, parameters.template);
		return { output: 'main', items: [{ deleted: true }] };
	},
});

import { z } from 'zod';
import { simplify, template, templateSchema } from '../../fields/template';
import { defineOperation } from '../../operation';
import { eachTemplate, templateNotFound, templateOutput } from '../../templates';

export const get = defineOperation({
	resource: 'template',
	value: 'get',
	name: 'Get',
	action: 'Get template',
	description: 'Get a template in all its languages',
	outputs: ['main'],
	offeredBy: ({ templates }) => templates !== undefined,
	callsProvider: true,
	properties: [template, simplify],
	parameters: z.object({ template: templateSchema, simplify: z.boolean().default(true) }),
	async execute({ connect, parameters }) {
		const items = [];
		for await (const found of eachTemplate(await connect())) {
			if (found.name === parameters.template) items.push(templateOutput(found, parameters.simplify));
		}
		if (items.length === 0) throw templateNotFound(parameters.template);
		return { output: 'main', items };
	},
});

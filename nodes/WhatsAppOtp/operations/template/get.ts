import { z } from 'zod';
import { defineOperation } from '../../operation';
import { simplify, template, templateSchema } from '../../fields/template';
import { eachTemplate, noTemplate, templateAnswer } from '../../templates';

export const get = defineOperation({
	resource: 'template',
	value: 'get',
	name: 'Get',
	action: 'Get a template',
	description: 'Get a template in each of its languages',
	outputs: ['main'],
	offeredBy: ({ templates }) => templates !== undefined,
	callsProvider: true,
	properties: [template, simplify],
	parameters: z.object({ template: templateSchema, simplify: z.boolean().default(true) }),
	async execute({ connect, parameters }) {
		const items = [];
		for await (const found of eachTemplate(await connect())) {
			if (found.name === parameters.template) items.push(templateAnswer(found, parameters.simplify));
		}
		if (items.length === 0) throw noTemplate(parameters.template);
		return { output: 'main', items };
	},
});

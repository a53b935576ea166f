import { z } from 'zod';

import { ProviderError } from '../../../../providers';
import { defineOperation } from '../../operation';
import { simplify, template, templateSchema } from '../../properties/template';
import { eachTemplate, templateAnswer } from '../../templates';

export const get = defineOperation({
	resource: 'template',
	value: 'get',
	name: 'Get',
	action: 'Get a template',
	description: 'Get a template in each of its languages',
	outputs: ['main'],
	callsProvider: true,
	properties: [template, simplify],
	parameters: z.object({ template: templateSchema, simplify: z.boolean().default(true) }),
	async execute({ connect, parameters }) {
		const items = [];
		for await (const found of eachTemplate(await connect())) {
			if (found.name === parameters.template) items.push(templateAnswer(found, parameters.simplify));
		}
		if (items.length === 0) {
			throw new ProviderError({
				class: 'template',
				what: `There is no template '${parameters.template}'`,
				fix: "Choose one from the list in 'Template'",
				providerCode: 'not_found',
				httpStatus: 404,
			});
		}
		return { output: 'main', items };
	},
});

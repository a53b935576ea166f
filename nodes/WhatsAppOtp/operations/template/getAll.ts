import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { simplify } from '../../fields/template';
import { defineOperation } from '../../operation';
import { eachTemplate, templateOutput } from '../../templates';

const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	displayOptions: { show: { returnAll: [false] } },
	description: 'Max number of results to return',
};

export const getAll = defineOperation({
	resource: 'template',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many templates',
	description: 'Get the message templates of the account',
	outputs: ['main'],
	offeredBy: ({ templates }) => templates !== undefined,
	callsProvider: true,
	properties: [returnAll, limit, simplify],
	parameters: z.object({
		returnAll: z.boolean(),
		limit: z.number().int().min(1, "'Limit' must be at least 1").optional(),
		simplify: z.boolean().default(true),
	}),
	async execute({ connect, parameters }) {
		const maxItems = parameters.returnAll ? Infinity : (parameters.limit ?? 50);
		const items = [];
		for await (const template of eachTemplate(await connect())) {
			if (items.length >= maxItems) break;
			items.push(templateOutput(template, parameters.simplify));
		}
		return { output: 'main', items };
	},
});

import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { splitList } from '../../fields/list-field';
import { draftFields, draftProperties } from '../../fields/template-draft';
import { defineOperation } from '../../operation';
import { plain } from '../../outputs';
import { notOffered, templatesOf } from '../../templates';

const languages: INodeProperties = {
	displayName: 'Languages',
	name: 'languages',
	type: 'string',
	required: true,
	default: 'en_US',
	placeholder: 'e.g. en_US, es_ES',
	description: 'Language codes separated by commas',
};

/** The fields of a draft that change the preview. */
const shown = new Set(['addSecurityRecommendation', 'codeExpirationMinutes']);
const minutesMessage = "'Code Expiration (Minutes)' must be a whole number from 1 to 90";

export const preview = defineOperation({
	resource: 'template',
	value: 'preview',
	name: 'Preview',
	action: 'Preview template',
	description: 'Show the texts that WhatsApp will write, before the template is created',
	outputs: ['main'],
	offeredBy: ({ templates }) => templates?.preview !== undefined,
	callsProvider: true,
	properties: [languages, ...draftProperties.filter(({ name }) => shown.has(name))],
	parameters: z.object({
		languages: z
			.string()
			.transform(splitList)
			.refine((codes) => codes.length > 0, "'Languages' is empty"),
		addSecurityRecommendation: z.boolean(),
		codeExpirationMinutes: draftFields.codeExpirationMinutes.pipe(
			z
				.number({ invalid_type_error: minutesMessage })
				.int(minutesMessage)
				.min(1, minutesMessage)
				.max(90, minutesMessage)
				.optional(),
		),
	}),
	async execute({ connect, parameters }) {
		const target = await connect();
		const { templates, connection } = templatesOf(target);
		if (templates.preview === undefined) throw notOffered(target.provider);
		const { languages, addSecurityRecommendation, codeExpirationMinutes } = parameters;
		const texts = await templates.preview(connection, { languages, addSecurityRecommendation, codeExpirationMinutes });
		return { output: 'main', items: texts.map(plain) };
	},
});

import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';

import { policySchema } from '../../../../verification';
import { requireLanguage } from '../../approved-languages';
import { deliver } from '../../delivery';
import { defineOperation } from '../../operation';
import { languageSchema, messageTemplate, templateSchema } from '../../properties/template';
import { postedSchema, sendOptions, sendOptionsSchema, to } from '../../properties/verification';

const codeSource: INodeProperties = {
	displayName: 'Code',
	name: 'codeSource',
	type: 'options',
	options: [
		{
			name: 'Generate',
			value: 'generate',
			description: 'Make a random code; it appears nowhere but in the message',
		},
		{ name: 'Use My Own', value: 'custom', description: 'Send a code that the workflow made' },
	],
	default: 'generate',
};

const code: INodeProperties = {
	displayName: 'My Code',
	name: 'code',
	type: 'string',
	typeOptions: { password: true },
	required: true,
	default: '',
	displayOptions: { show: { codeSource: ['custom'] } },
	description: '6 to 15 letters, digits or symbols',
};

export const send = defineOperation({
	resource: 'otp',
	value: 'send',
	name: 'Send',
	action: 'Send a code',
	description: 'Send a one-time code over WhatsApp',
	outputs: ['Sent', 'Not Sent'],
	callsProvider: true,
	properties: [to, ...messageTemplate, codeSource, code, sendOptions],
	parameters: z.object({
		to: postedSchema,
		template: templateSchema,
		language: languageSchema,
		codeSource: z.enum(['generate', 'custom']),
		code: z.union([z.string(), z.number().transform(String)]).optional(),
		options: sendOptionsSchema,
	}),
	async execute(context) {
		const { engine, connect, pace, parameters, provider, runKey, itemIndex } = context;
		const { options } = parameters;
		// Nothing begins before the credential is known to be there.
		await requireLanguage(await connect(), parameters.template, parameters.language);
		await pace();
		const issued = await engine().begin({
			recipient: {
				to: parameters.to,
				allowedCountries: options.allowedCountries,
				...(options.defaultCountry === undefined ? {} : { defaultCountry: options.defaultCountry }),
			},
			namespace: options.namespace,
			purpose: options.purpose,
			policy: policySchema.parse(options),
			...(parameters.codeSource === 'custom' ? { customCode: parameters.code ?? '' } : {}),
			...(options.metadata === undefined ? {} : { metadata: options.metadata }),
			provider: provider.id,
			idempotencyKey: options.idempotencyKey ?? `${runKey} ${itemIndex}`,
			message: { template: parameters.template, language: parameters.language },
		});
		const template = { name: parameters.template, language: parameters.language };
		return await deliver(context, issued, template, options);
	},
});

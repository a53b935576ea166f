import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { approvedTemplate } from '../../sending/approved-languages';
import { deliver } from '../../sending/send-code';
import { defineOperation, type OperationContext } from '../../operation';
import { policyOf, recipientOf } from '../../policy';
import { languageSchema, messageTemplate, templateSchema } from '../../fields/template';
import { postedSchema, sendOptions, sendOptionsSchema, to, type SendOptions } from '../../fields/otp';

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
		const { connect, pace, parameters, provider, runKey, itemIndex } = context;
		const { options } = parameters;
		const engine = await context.engine();
		// Nothing begins before the credential is known to be there.
		const approved = await approvedTemplate(await connect(), parameters.template, parameters.language);
		recommendCountries(context);
		await pace();
		const issued = await engine.begin({
			recipient: recipientOf(parameters.to, options),
			namespace: options.namespace,
			purpose: options.purpose,
			...policyOf(options),
			...(parameters.codeSource === 'custom' ? { customCode: parameters.code ?? '' } : {}),
			provider: provider.id,
			...approved,
			idempotencyKey: options.idempotencyKey ?? `${runKey()} ${itemIndex}`,
			message: { template: parameters.template, language: parameters.language },
		});
		const template = { name: parameters.template, language: parameters.language };
		return await deliver(context, issued, template, options);
	},
});

/** While somebody builds: docs/reference/verification-rules.md 3 recommends a list. */
function recommendCountries({ host, itemIndex, parameters }: OperationContext<{ options: SendOptions }>): void {
	if (itemIndex > 0 || host.getMode() !== 'manual' || parameters.options.allowedCountries.length > 0) return;
	host.addExecutionHints({
		message:
			"Name the countries your users live in with the option 'Allowed Countries': whoever earns by messages that you pay for has them sent to other ones.",
		location: 'outputPane',
	});
}

import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { postedSchema, sendOptions, sendOptionsSchema, to, type SendOptions } from '../../fields/otp';
import { languageSchema, messageTemplate, templateSchema } from '../../fields/template';
import { defineOperation, type OperationContext } from '../../operation';
import { policyOf, recipientOf } from '../../policy';
import { approvedTemplate } from '../../sending/approved-languages';
import { sendIssuedCode } from '../../sending/send-code';

const codeSource: INodeProperties = {
	displayName: 'Code',
	name: 'codeSource',
	type: 'options',
	options: [
		{
			name: 'Generate',
			value: 'generate',
			description: 'Create a random code, which appears only in the message',
		},
		{ name: 'Use My Own', value: 'custom', description: 'Send a code that the workflow provides' },
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
	action: 'Send code',
	description: 'Send a one-time code over WhatsApp',
	outputs: ['Not Sent', 'Sent'],
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
		const { connect, parameters, provider, runKey, itemIndex } = context;
		const { options } = parameters;
		const engine = await context.engine();
		// Reads the credential before a verification begins.
		const target = await connect();
		recommendCountries(context);
		const request = {
			recipient: recipientOf(parameters.to, options),
			namespace: options.namespace,
			purpose: options.purpose,
			...policyOf(options),
		};
		const isTest = await engine.isForTestNumber(request);
		const approved = isTest ? {} : await approvedTemplate(target, parameters.template, parameters.language);
		const issued = await engine.begin({
			...request,
			customCode: parameters.codeSource === 'custom' ? (parameters.code ?? '') : undefined,
			provider: provider.id,
			...approved,
			idempotencyKey: options.idempotencyKey ?? `${runKey()} ${itemIndex}`,
			message: { template: parameters.template, language: parameters.language },
		});
		const template = { name: parameters.template, language: parameters.language };
		return await sendIssuedCode(context, issued, template, options);
	},
});

/** Recommends a list of countries while the workflow is being built (docs/reference/verification-rules.md 3). */
function recommendCountries({ host, itemIndex, parameters }: OperationContext<{ options: SendOptions }>): void {
	if (itemIndex > 0 || host.getMode() !== 'manual' || parameters.options.allowedCountries.length > 0) return;
	host.addExecutionHints({
		message:
			"Set the option 'Allowed Countries' to the countries of your users. " +
			'Fraudsters request codes for numbers in other countries, and you pay for these messages.',
		location: 'outputPane',
	});
}

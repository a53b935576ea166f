import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { postedSchema, sendOptions, sendOptionsSchema, to, type SendOptions } from '../../fields/otp';
import { languageSchema, messageTemplate, templateSchema } from '../../fields/template';
import { defineOperation, type OperationContext } from '../../operation';
import { policyOf, recipientOf } from '../../policy';
import { approvedTemplate } from '../../sending/approved-languages';
import { sendIssuedCode } from '../../sending/send-code';

const codeSource: INodeProperties = {
	displayName: 'Code Source',
	name: 'codeSource',
	type: 'options',
	options: [
		{
			name: 'Random Code',
			value: 'generate',
			description: 'Create a random code, which appears only in the message',
		},
		{ name: 'My Own Code', value: 'custom', description: 'Send a code that the workflow provides' },
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
		const approved = await approvedTemplate(await connect(), parameters.template, parameters.language);
		const issued = await engine.begin({
			recipient: recipientOf(parameters.to, options),
			namespace: options.namespace,
			purpose: options.purpose,
			...policyOf(options),
			customCode: parameters.codeSource === 'custom' ? (parameters.code ?? '') : undefined,
			provider: provider.id,
			...approved,
			idempotencyKey: options.idempotencyKey ?? `${runKey()} ${itemIndex}`,
			message: { template: parameters.template, language: parameters.language },
		});
		const template = { name: parameters.template, language: parameters.language };
		const sent = await sendIssuedCode(context, issued, template, options);
		if (sent.output === 'Sent') recommendCountries(context);
		return sent;
	},
});

/** Recommends a list of countries once a workflow that is being built sends (docs/reference/verification-rules.md 3). */
function recommendCountries({ host, itemIndex, parameters }: OperationContext<{ options: SendOptions }>): void {
	if (itemIndex > 0 || host.getMode() !== 'manual' || parameters.options.allowedCountries.length > 0) return;
	host.addExecutionHints({
		message:
			"Set the option 'Allowed Countries' to the countries of your users. " +
			'Fraudsters request codes for numbers in other countries, and you pay for these messages.',
		location: 'outputPane',
	});
}

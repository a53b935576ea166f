import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { postedSchema, to } from '../../fields/otp';
import { sendOptions, sendOptionsSchema } from '../../fields/send-options';
import { languageSchema, messageTemplate, templateSchema } from '../../fields/template';
import { defineOperation } from '../../operation';
import { sendFirstCode } from '../../sending/send-first-code';
import { untilDelivered } from '../../sending/wait-for-delivery';

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
		const { codeSource, code: ownCode, ...message } = context.parameters;
		const customCode = codeSource === 'custom' ? (ownCode ?? '') : undefined;
		return untilDelivered(context, await sendFirstCode(context, { ...message, customCode }));
	},
});

import { z } from 'zod';

import { policySchema } from '../../../../verification';
import { deliver } from '../../delivery';
import { defineOperation } from '../../operation';
import { language, languageSchema, template, templateSchema } from '../../properties/template';
import { resendOptions, sendOptionsSchema, verificationId, verificationIdSchema } from '../../properties/verification';

export const resend = defineOperation({
	resource: 'otp',
	value: 'resend',
	name: 'Resend',
	action: 'Resend a code',
	description: 'Send a new code for the same verification; the old one stops working, attempts and deadline stay',
	outputs: ['Sent', 'Not Sent'],
	callsProvider: true,
	properties: [verificationId, template, language, resendOptions],
	parameters: z.object({
		verificationId: verificationIdSchema,
		template: templateSchema,
		language: languageSchema,
		options: sendOptionsSchema,
	}),
	async execute(context) {
		const { engine, connect, parameters, runKey, itemIndex } = context;
		const { verificationId, options } = parameters;
		const { provider } = await connect();
		const issued = await engine().begin({
			recipient: { verificationId },
			namespace: options.namespace,
			purpose: options.purpose,
			policy: policySchema.parse(options),
			...(options.metadata === undefined ? {} : { metadata: options.metadata }),
			provider: provider.id,
			idempotencyKey: options.idempotencyKey ?? `${runKey} ${itemIndex}`,
			message: { template: parameters.template, language: parameters.language },
		});
		return await deliver(context, issued, { name: parameters.template, language: parameters.language });
	},
});
